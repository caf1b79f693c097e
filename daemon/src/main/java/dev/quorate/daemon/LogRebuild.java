package dev.quorate.daemon;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.LogMember;
import dev.quorate.consensus.ratis.DamagedLog;
import dev.quorate.daemon.LogMembership.Message;
import dev.quorate.daemon.LogMembership.Standing;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.NodeDefinition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives this node a new log in place of one that is damaged or gone.
///
/// In this order, each step durable before the next: the leader takes the old log out of the
/// configuration; the old files are put out of use here, and the next incarnation is written down;
/// the log is opened as a newcomer's; the leader takes it in as a listener, and makes it a voter
/// when it has caught up. Whatever interrupts it, the command goes on where it was: before the
/// second step the old log is still what is opened, and is refused; after it nothing is left that
/// could vote.
final class LogRebuild {
  private static final Logger log = LoggerFactory.getLogger(LogRebuild.class);
  private static final Duration REQUEST = Duration.ofSeconds(15);
  private static final Duration SEARCH = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Lifecycle lifecycle;
  private volatile Optional<String> outage = Optional.empty();

  LogRebuild(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  /// Why this node's log cannot be used; empty if it can, as far as is known.
  Optional<String> outage() {
    return lifecycle.node().isPresent() ? lifecycle.node().flatMap(Node::logFailure) : outage;
  }

  /// The log could not be opened.
  void unusable(LogUnusable failure) {
    outage = Optional.of(String.valueOf(failure.getMessage()));
    log.atError()
        .addKeyValue("code", "HA-NODE-025")
        .addKeyValue("reason", failure.getMessage())
        .log("this node takes no part: its log is unusable; rebuild it with 'hactl node rebuild'");
  }

  /// The node takes part with a log that was opened; if it is a newcomer's, somebody must take it
  /// in.
  void opened(Node node) {
    outage = Optional.empty();
    if (!settled(node) && !node.nodeLog().arbitrated()) {
      Thread.ofVirtual().name("log-admission").start(() -> askUntilTakenIn(node));
    }
  }

  /// Whether nobody has to be asked. What the cluster agreed on is known here up to some point
  /// only; to ask once more does no harm.
  private static boolean settled(Node node) {
    boolean votes = node.replicatedLog().members().votes(node.self());
    boolean counted =
        node.logIncarnation() == 1
            || node.machine().state().configuration().voters().contains(node.self());
    return votes && counted;
  }

  private static boolean member(Node node) {
    return node.replicatedLog().members().of(node.self()).isPresent();
  }

  /// Rebuilds, and waits until the log is whole again.
  List<String> rebuild() {
    NodeFacts.Phase phase = lifecycle.phase();
    if (phase == NodeFacts.Phase.UNJOINED) {
      throw HactlError.failed("this node belongs to no cluster", "use 'hactl cluster join'");
    }
    List<String> lines = new ArrayList<>();
    if (phase == NodeFacts.Phase.STOPPED) {
      lifecycle.startOrWait();
    }
    if (lifecycle.phase() == NodeFacts.Phase.DAMAGED) {
      lines.addAll(replace());
    } else if (lifecycle.node().filter(LogRebuild::member).isPresent()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-026",
          "the log of this node is not damaged",
          "nothing needs to be done; see 'hactl quorum status'");
    }
    lines.add(awaitMembership());
    return lines;
  }

  private List<String> replace() {
    List<String> lines = putOutOfUse();
    lifecycle.start();
    return lines;
  }

  /// Lets the cluster and this node forget the old log; nothing is left that could vote.
  List<String> putOutOfUse() {
    return putOutOfUse(() -> {});
  }

  /// As above.
  ///
  /// @param between what is done when the others have forgotten it, and this node has not
  List<String> putOutOfUse(Runnable between) {
    DaemonConfig config = lifecycle.config();
    DamagedLog old =
        DamagedLog.of(LogPlace.of(config, config.identity().orElseThrow(), lifecycle.liveTls()));
    int lost;
    try {
      lost = old.incarnation();
    } catch (IOException e) {
      log.atWarn().addKeyValue("reason", e.getMessage()).log("number of the log not known");
      lost = known(config);
    }
    int next = retire(lost) + 1;
    between.run();
    lifecycle.setAside();
    try {
      old.putOutOfUse(next);
    } catch (IOException e) {
      throw HactlError.failed(
          "the damaged log cannot be put away: " + e.getMessage(),
          "make room or mend the directory, then type the command again");
    }
    return List.of(
        "The damaged log is kept in " + old.aside() + " until the next rebuild.",
        "This node's log is number " + next + " now, and is copied from the others.");
  }

  /// Which log of this node's the others know, where that cannot be read here. Once they have taken
  /// it out nobody knows, and a number that was used must not come back.
  private int known(DaemonConfig config) {
    int known = askMembers("/v1/log/retire", 0).incarnation();
    if (known == 0) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-043",
          "the number of this node's log cannot be read, and the others know none",
          "stop quorated, remove all of %s, and join with a new token"
              .formatted(config.stateDirectory()));
    }
    return known;
  }

  /// Has the leader take the lost log out of the configuration.
  ///
  /// @return the highest number that a log of this node is known to have had
  private int retire(int lost) {
    Message first = askMembers("/v1/log/retire", lost);
    if (first.incarnation() <= lost) {
      return lost;
    }
    // What was written down here is older than what the others know.
    Message second = askMembers("/v1/log/retire", first.incarnation());
    return Math.max(second.incarnation(), first.incarnation());
  }

  /// Asks one member after the other for the leader, for a while: it may just be elected, or the
  /// members of the log be changed by somebody else.
  private Message askMembers(String path, int incarnation) {
    long end = System.nanoTime() + SEARCH.toNanos();
    while (true) {
      List<String> failures = new ArrayList<>();
      Optional<HactlError> busy = Optional.empty();
      for (Map.Entry<NodeId, String> peer :
          lifecycle.config().identity().orElseThrow().peers().entrySet()) {
        try {
          return ask(peer.getValue(), path, incarnation);
        } catch (HactlError e) {
          if (e.code().equals(LogMembership.BUSY)) {
            busy = Optional.of(e);
          } else if (!e.code().equals(LogMembership.ELSEWHERE) && !e.code().equals("HA-CLI-002")) {
            throw e;
          }
          failures.add(peer.getKey() + ": " + e.message());
        }
      }
      if (System.nanoTime() > end) {
        throw busy.orElseGet(() -> noLeader(failures));
      }
      rest();
    }
  }

  private Message ask(String address, String path, int incarnation) {
    DaemonConfig config = lifecycle.config();
    NodeId self = config.identity().orElseThrow().node();
    String body = new Message(self, incarnation, Standing.OUTSIDE).text();
    return Message.parse(
        MemberClient.post(lifecycle.tls(), address, config.ports().admin(), path, body, REQUEST));
  }

  private static HactlError noLeader(List<String> failures) {
    return new HactlError(
        ExitCode.NO_QUORUM,
        "HA-NODE-028",
        "no leader of the others can be reached, and without a quorum no log can be rebuilt: "
            + String.join("; ", failures),
        "bring up a majority of the other nodes; nothing was changed");
  }

  /// Waits until the others have taken this node's log in.
  ///
  /// @return what is to be said of it
  String awaitMembership() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      Optional<Node> node = lifecycle.node();
      Optional<LogMember> member = node.flatMap(n -> n.replicatedLog().members().of(n.self()));
      if (member.filter(LogMember::voter).isPresent()) {
        return "The log of this node is whole, and it votes again.";
      }
      if (node.filter(Node::listensForGood).isPresent()) {
        return "The log of this node is whole; there are enough voters, so it listens.";
      }
      rest();
    }
    throw HactlError.timeout(
        "the log is not whole after " + PATIENCE.toSeconds() + " s",
        "it goes on by itself; see 'hactl status' here, and the log of quorated on the leader");
  }

  private void askUntilTakenIn(Node node) {
    String last = "";
    while (takesPart(node)) {
      try {
        Message answer = askMembers("/v1/log/admit", node.logIncarnation());
        boolean listens = answer.standing() == Standing.LISTENS;
        if (listens || answer.standing() == Standing.VOTES) {
          node.takenIn(listens);
        }
        if (answer.standing() == Standing.VOTES || (listens && !vacant(node))) {
          return;
        }
      } catch (HactlError e) {
        if (!last.equals(e.message())) {
          last = e.message();
          log.atWarn()
              .addKeyValue("reason", last)
              .log("the others do not take this node's log in yet; asking again");
        }
      }
      rest();
    }
  }

  @SuppressWarnings("ReferenceEquality") // it is about the very same run of the node
  private boolean takesPart(Node node) {
    return lifecycle.node().filter(n -> n == node).isPresent() && node.logFailure().isEmpty();
  }

  /// Waits until one of the voters is gone, since a node that is to vote listens only for want of
  /// room.
  ///
  /// @return whether to ask again
  private boolean vacant(Node node) {
    while (takesPart(node)) {
      NodeDefinition own = node.machine().state().configuration().nodes().get(node.self());
      int voters = node.replicatedLog().members().voters().size();
      if (own != null && (own.listener() || voters < ConsensusConfig.MAX_VOTERS)) {
        return !own.listener();
      }
      rest();
    }
    return false;
  }

  /// Pauses before something is looked at again.
  static void rest() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HactlError.failed("interrupted", "type the command again");
    }
  }
}
