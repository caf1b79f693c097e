package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogMember;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.http.HttpRequest;
import dev.quorate.daemon.secrets.FounderSeats;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leader does for a node that needs a new log: it takes the lost one out of the log's
/// configuration, and takes the new one in, first as a listener and then as a voter.
///
/// Every request may be repeated. Each makes at most one step, and none that was made already; the
/// node asks until it is through. A node asks for itself only: its certificate says who it is.
final class LogMembership {
  /// What a node that must not ask, or asks the wrong one, is told.
  static final String ELSEWHERE = "HA-NODE-027";

  /// What a node is told that should ask again.
  static final String BUSY = "HA-NODE-031";

  /// What a node is told where two arbitrate between themselves.
  static final String ARBITRATED = "HA-NODE-033";

  private static final Logger log = LoggerFactory.getLogger(LogMembership.class);

  private final Supplier<Optional<Node>> node;
  private final Supplier<DaemonConfig> config;

  private final Consumer<ClusterCommand> agree;

  /// @param agree proposes a command and waits until it is applied here
  LogMembership(
      Supplier<Optional<Node>> node,
      Supplier<DaemonConfig> config,
      Consumer<ClusterCommand> agree) {
    this.node = node;
    this.config = config;
    this.agree = agree;
  }

  /// How far a node is.
  enum Standing {
    /// It is not a member yet; ask again.
    OUTSIDE,
    /// It is a listener and is to vote; ask again.
    CATCHING_UP,
    /// It is a listener and stays one.
    LISTENS,
    /// It votes.
    VOTES
  }

  /// A question or an answer about a log.
  ///
  /// @param incarnation in a question, that of the asking node's log; in an answer, the one that is
  ///   a member, or 0
  record Message(NodeId node, int incarnation, Standing standing) {
    String text() {
      ObjectNode json = ClusterJson.mapper().createObjectNode();
      json.put("node", node.name());
      json.put("incarnation", incarnation);
      json.put("standing", standing.name());
      return json.toString();
    }

    static Message parse(String text) {
      try {
        JsonNode json = ClusterJson.mapper().readTree(text);
        return new Message(
            new NodeId(json.path("node").asText()),
            json.path("incarnation").asInt(),
            Standing.valueOf(json.path("standing").asText()));
      } catch (IOException | IllegalArgumentException e) {
        throw HactlError.failed(
            "this is not a message about a log (" + e.getMessage() + ")",
            "do both nodes run the same version?");
      }
    }
  }

  /// What a member is answered; empty if it asks for something else.
  Optional<String> answer(String route, HttpRequest request) {
    return switch (route) {
      case "POST /v1/log/retire" -> Optional.of(retire(request));
      case "POST /v1/log/admit" -> Optional.of(admit(request));
      case "POST /v1/log/remove" -> {
        remove(Message.parse(request.body()).node());
        yield Optional.of("{}");
      }
      case "POST /v1/log/disk" -> Optional.of(opened().disk().answer());
      case "POST /v1/log/relief" -> Optional.of(opened().relief());
      default -> Optional.empty();
    };
  }

  private NodeLog opened() {
    return node.get()
        .orElseThrow(
            () -> elsewhere("this node does not take part", "start it: hactl cluster start"))
        .nodeLog();
  }

  /// Takes a lost log out of the configuration, unless the member is of a later incarnation than
  /// the node says that it has lost: then the node learns which. Who goes on alone takes out a copy
  /// that only listens.
  private String retire(HttpRequest request) {
    Message asked = fromItself(request);
    ReplicatedLog replicated = led(asked.standing() == Standing.LISTENS);
    Optional<LogMember> member = replicated.members().of(asked.node());
    int known = member.map(LogMember::incarnation).orElse(0);
    if (known == 0 || known > asked.incarnation()) {
      return new Message(asked.node(), known, Standing.OUTSIDE).text();
    }
    change(replicated, replicated.members().without(asked.node()));
    say("lost log taken out", asked);
    return new Message(asked.node(), 0, Standing.OUTSIDE).text();
  }

  /// Takes a new log in, by one step.
  private String admit(HttpRequest request) {
    Message asked = fromItself(request);
    ReplicatedLog replicated = led();
    LogMembers members = replicated.members();
    Optional<LogMember> member = members.of(asked.node());
    if (member.isEmpty()) {
      change(
          replicated,
          members.withListener(asked.node(), asked.incarnation(), endpoint(asked.node())));
      say("new log taken in as a listener", asked);
      return answer(asked, Standing.CATCHING_UP);
    }
    if (member.get().incarnation() < asked.incarnation()) {
      // It lost the one before, and has written down that it did.
      change(replicated, members.without(asked.node()));
      say("lost log taken out", asked);
      return answer(asked, Standing.OUTSIDE);
    }
    if (member.get().incarnation() > asked.incarnation()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-029",
          "the log of %s is known as number %d, and asks as number %d"
              .formatted(asked.node(), member.get().incarnation(), asked.incarnation()),
          "type 'hactl node rebuild' on " + asked.node());
    }
    Optional<NodeDefinition> definition = definition(asked.node());
    if (!member.get().voter()) {
      boolean full = members.voters().size() >= ConsensusConfig.MAX_VOTERS;
      if (full || definition.filter(NodeDefinition::listener).isPresent()) {
        return answer(asked, Standing.LISTENS);
      }
      if (!replicated.caughtUp(asked.node())) {
        return answer(asked, Standing.CATCHING_UP);
      }
      change(replicated, members.withVoter(asked.node()));
      say("new log votes", asked);
    }
    // The cluster counts on its vote only now that the log does.
    definition
        .filter(d -> !d.voter())
        .ifPresent(d -> agree(new ConfigurationChange.PutNode(d.voting())));
    return answer(asked, Standing.VOTES);
  }

  private void agree(ConfigurationChange change) {
    agree.accept(new ClusterCommand.ChangeConfiguration(-1, "log", List.of(change)));
  }

  private Optional<NodeDefinition> definition(NodeId of) {
    return node.get()
        .map(n -> n.machine().state().configuration().nodes())
        .map(nodes -> nodes.get(of));
  }

  /// Takes the log of a node that is to be removed out of the configuration. The node must have
  /// left, or be shown to be off.
  void remove(NodeId leaver) {
    ReplicatedLog replicated = led();
    ClusterState state = node.get().orElseThrow().machine().state();
    boolean gone =
        state
            .node(leaver)
            .map(NodeStatus::presence)
            .filter(p ->
                p != NodeStatus.Presence.NEVER_SEEN
                    && p != NodeStatus.Presence.LEFT
                    && p != NodeStatus.Presence.FENCED)
            .isEmpty();
    if (!gone) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-035",
          "nothing shows that %s has left or is off".formatted(leaver),
          "stop it, fence it with 'hactl stonith fence %s', or vouch that it is off with 'hactl stonith confirm %s'"
              .formatted(leaver, leaver));
    }
    if (replicated.members().of(leaver).isPresent()) {
      change(replicated, replicated.members().without(leaver));
      log.atInfo().addKeyValue("node", leaver).log("log of a leaving node taken out");
    }
  }

  /// What log a node is to have that is about to join. Only a founder that never took part founds.
  Enrolment.LogSeat seat(NodeId joining) {
    Node here =
        node.get()
            .orElseThrow(() ->
                HactlError.failed(
                    "this node does not take part", "start it first: hactl cluster start"));
    if (here.nodeLog().arbitrated()) {
      return new Enrolment.LogSeat(0, copied(here, joining), 1);
    }
    int number = number(here, joining);
    // Two nodes may have founded their log anew before they became more.
    return new Enrolment.LogSeat(number, 0, Math.max(1, here.applied().epoch()));
  }

  /// Which epoch a node copies that lost what it had. As long as it may have decided something with
  /// this one that nobody else knows, or this one without it, it must not begin.
  private static long copied(Node here, NodeId joining) {
    long epoch =
        here.nodeLog()
            .epochAlone()
            .orElseThrow(() ->
                new HactlError(
                    ExitCode.REFUSED,
                    "HA-NODE-041",
                    "with two-node=true %s joins again only a node that goes on alone, and this node does not"
                        .formatted(joining),
                    "fence it with 'hactl stonith fence %s', see in 'hactl quorum status' that this node goes on without it, then join with a new token"
                        .formatted(joining)));
    ReplicatedLog replicated = here.replicatedLog();
    if (replicated.members().of(joining).isPresent()) {
      // It listened with a copy that is gone.
      change(replicated, replicated.members().without(joining));
    }
    return epoch;
  }

  /// Takes a quorum, once there was one.
  ///
  /// @return 0 for a founder
  private int number(Node here, NodeId joining) {
    FounderSeats founders = FounderSeats.in(config.get().secretsDirectory());
    boolean letIn = founders.taken(joining);
    boolean heard =
        here.logIncarnation() > 1 || here.machine().state().configuration().version() > 0;
    if (heard || letIn) {
      // What is known here may be old: whoever took part without this node's knowing would found
      // its log again, and vote after it lost one.
      try {
        agree.accept(new ClusterCommand.PassTime(0));
      } catch (HactlError e) {
        throw heard || e.exit() != ExitCode.NO_QUORUM
            ? e
            : SecondSeat.refused(config.get(), founders, joining);
      }
    }
    ClusterState state = here.machine().state();
    Optional<LogMember> member = here.replicatedLog().members().of(joining);
    boolean seen =
        state.node(joining).filter(s -> s.presence() != NodeStatus.Presence.NEVER_SEEN).isPresent();
    if (member.isPresent()) {
      int last = member.get().incarnation();
      return seen || last > 1 ? last + 1 : 0;
    }
    // Rises with every change, the one that named the node among them.
    return here.replicatedLog().members().equals(LogMembers.NONE)
        ? 0
        : Math.toIntExact(Math.max(2, state.configuration().version()));
  }

  private static String answer(Message asked, Standing standing) {
    return new Message(asked.node(), asked.incarnation(), standing).text();
  }

  private static void say(String what, Message asked) {
    log.atInfo()
        .addKeyValue("node", asked.node())
        .addKeyValue("incarnation", asked.incarnation())
        .log(what);
  }

  private static Message fromItself(HttpRequest request) {
    Message asked = Message.parse(request.body());
    if (!request.trusted() || !request.client().equals("CN=" + asked.node())) {
      throw new HactlError(
          ExitCode.PERMISSION,
          "HA-NODE-030",
          request.client() + " may not speak for the log of node " + asked.node(),
          "each node speaks for its own log");
    }
    return asked;
  }

  private ReplicatedLog led() {
    return led(false);
  }

  /// @param copy whether it is about a copy of what this node decides alone
  private ReplicatedLog led(boolean copy) {
    Node here =
        node.get()
            .orElseThrow(
                () -> elsewhere("this node does not take part", "start it: hactl cluster start"));
    boolean alone = copy && here.nodeLog().epochAlone().isPresent();
    if (here.nodeLog().arbitrated() && !alone) {
      throw new HactlError(
          ExitCode.REFUSED,
          ARBITRATED,
          "of two voters with two-node=true the survivor takes the other in by itself",
          "restart quorated there, or fence it with 'hactl stonith fence': it copies the log anew once"
              + " this node has gone on alone");
    }
    ReplicatedLog replicated = here.replicatedLog();
    return switch (replicated.leadership()) {
      case Leadership.Leader _ -> replicated;
      case Leadership.Follower(_, var leader) -> throw elsewhere(leader + " leads", "ask there");
      case Leadership.Leaderless _ ->
          throw elsewhere(
              "no leader is known: " + here.quorumReason(), "bring up a majority of the nodes");
    };
  }

  private static HactlError elsewhere(String message, String hint) {
    return new HactlError(ExitCode.NO_QUORUM, ELSEWHERE, message, hint);
  }

  private ConsensusConfig.Endpoint endpoint(NodeId asking) {
    DaemonConfig now = config.get();
    String address =
        definition(asking)
            .map(NodeDefinition::address)
            .orElseGet(() -> now.identity().map(i -> i.everyone().get(asking)).orElse(null));
    if (address == null) {
      throw HactlError.failed("node '" + asking + "' is not of this cluster", "join it first");
    }
    return new ConsensusConfig.Endpoint(address, now.ports().raft());
  }

  private static void change(ReplicatedLog replicated, LogMembers target) {
    switch (replicated.changeMembers(target).join()) {
      case MemberChangeOutcome.Done _ -> {}
      case MemberChangeOutcome.Refused(var reason) ->
          throw new HactlError(
              ExitCode.REFUSED,
              BUSY,
              "the members of the log cannot be changed now: " + Objects.requireNonNull(reason),
              "see 'hactl quorum status', then try again");
      case MemberChangeOutcome.Unknown(var reason) ->
          throw HactlError.timeout(
              "nobody knows yet whether the log's members were changed: " + reason,
              "try again: what was done is not done twice");
    }
  }
}
