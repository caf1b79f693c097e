package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.NearestWord;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.stream.Stream;

/// `cluster …`
final class ClusterCommands {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ClusterCommands() {}

  static List<Command> all() {
    return Stream.of(members(), CibCommands.ofCluster(), trust()).flatMap(List::stream).toList();
  }

  private static List<Command> members() {
    return List.of(
        Command.of(
                "cluster setup",
                "NAME NODE=ADDRESS[,ADDRESS…] NODE=ADDRESS[,ADDRESS…]… [--witness NODE[,NODE…]]"
                    + " [--force]",
                "Founds a cluster; this node is its first member, the others must be reachable."
                    + " Several addresses are several links of the ring. A witness votes and hosts"
                    + " nothing.",
                ClusterCommands::setup)
            .with(Options.WITNESS)
            .anywhere(),
        Command.of(
                "cluster join",
                "TOKEN",
                "Makes this node a member; the token says of which cluster.",
                ClusterCommands::join)
            .anywhere(),
        Command.of(
            "cluster token",
            "NODE",
            "Makes a new token with which a node can join.",
            ClusterCommands::token),
        Command.of("cluster start", "[--all|NODE…]", "Takes part again.", ClusterCommands::start)
            .anywhere(),
        Command.of(
                "cluster stop",
                "[--all|NODE…] [--force]",
                "Stops the resources and leaves, until the next start.",
                ClusterCommands::stop)
            .anywhere(),
        Command.of(
            "cluster status", "", "Shows the summary of the cluster.", StatusCommands::cluster),
        Command.of(
            "cluster verify", "[--full]", "Checks the configuration.", ClusterCommands::verify),
        Command.of(
                "cluster auth",
                "[NODE…]",
                "Says how nodes are trusted here.",
                ClusterCommands::auth)
            .anywhere());
  }

  private static List<Command> trust() {
    return List.of(
        Command.of(
                "host auth", "[NODE…]", "Says how nodes are trusted here.", ClusterCommands::auth)
            .anywhere());
  }

  private static void setup(Invocation in) {
    String name = in.options().name().orElseGet(() -> in.words().take("NAME"));
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,14}")) {
      throw HactlError.usage(
          "'" + name + "' is not a name for a cluster",
          "use 1 to 15 letters, digits, '.', '_' or '-'");
    }
    SortedMap<NodeId, List<String>> nodes = FoundingNodes.read(in.words());
    if (nodes.isEmpty()) {
      in.words().take("NODE=ADDRESS");
    }
    if (nodes.size() > 7) {
      throw HactlError.usage(
          nodes.size() + " nodes are too many", "a cluster has at most 7 voting nodes");
    }
    SortedSet<NodeId> witnesses = FoundingNodes.witnesses(in.options(), nodes.keySet());
    SortedMap<NodeId, String> tokens =
        in.cluster().setup(name, nodes, witnesses, in.options().force());
    in.out().line("Cluster '" + name + "' is founded; this node is its first member.");
    tokens.forEach((node, token) -> {
      in.out().line("On node " + node + " type:");
      in.out().line("  hactl cluster join " + token);
    });
    if (nodes.size() == 2) {
      in.out()
          .remark(
              "Warning: with two voting nodes the loss of either one ends the quorum. Best name a"
                  + " third machine as witness: --witness NODE. Without one, give each node a fence"
                  + " device for the other with 'hactl stonith create', then type"
                  + " 'hactl property set two-node=true'");
    }
  }

  private static void join(Invocation in) {
    String token = in.words().take("TOKEN");
    in.words().end();
    NodeId node = in.cluster().join(token);
    in.out()
        .line(
            "This node is now '" + node + "' of cluster '" + in.cluster().facts().cluster() + "'.");
  }

  private static void token(Invocation in) {
    String name = in.words().take("NODE");
    in.words().end();
    in.out().line("hactl cluster join " + in.cluster().token(new NodeId(name)));
  }

  static List<NodeId> targets(Invocation in) {
    List<NodeId> known = in.cluster().nodes();
    if (in.options().all()) {
      in.words().end();
      return known;
    }
    List<NodeId> named = new ArrayList<>();
    for (String word : in.words().rest()) {
      NodeId node = new NodeId(word);
      if (!known.contains(node)) {
        List<String> names = known.stream().map(NodeId::name).toList();
        throw HactlError.usage(
            "node '" + word + "' does not exist",
            NearestWord.of(word, names)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("known are " + String.join(", ", names)));
      }
      named.add(node);
    }
    return named.isEmpty() ? in.cluster().facts().self().stream().toList() : named;
  }

  private static void start(Invocation in) {
    NodeFacts facts = in.cluster().facts();
    if (facts.phase() == NodeFacts.Phase.UNJOINED) {
      throw HactlError.failed(
          "this node belongs to no cluster", "use 'hactl cluster setup' or 'hactl cluster join'");
    }
    each(in, targets(in), "start");
  }

  private static void stop(Invocation in) {
    boolean here = !in.words().has() && !in.options().all();
    if (here && in.cluster().facts().phase() == NodeFacts.Phase.STOPPED) {
      in.out().line("The cluster is stopped on this node already.");
      return;
    }
    CommandTree.requireJoined(in.cluster().facts());
    List<NodeId> targets = targets(in);
    List<NodeId> voters = in.configuration().voters();
    long staying =
        voters.stream()
            .filter(in.cluster().state()::online)
            .filter(node -> !targets.contains(node))
            .count();
    boolean everybody = staying == 0;
    // Of two that vote, one goes on when the other leaves in peace.
    boolean handsOver = in.cluster().pair().filter(pair -> !pair.waiting()).isPresent();
    boolean ends = staying <= voters.size() / 2 && !handsOver;
    if (!everybody && ends && !in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-CLI-006",
          "without " + names(targets) + " the others have no quorum and stop everything",
          "stop the whole cluster with --all, or insist with --force");
    }
    FreshOath.warning(in.cluster().state(), targets, in.cluster().now().toInstant())
        .ifPresent(in.out()::remark);
    each(in, targets, "stop");
  }

  private static void each(Invocation in, List<NodeId> targets, String verb) {
    NodeId self = in.cluster().facts().self().orElseThrow();
    Duration patience = in.options().patience().orElse(PATIENCE);
    List<String> failed = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> relays = new ArrayList<>();
    for (NodeId node : targets) {
      if (!node.equals(self)) {
        relays.add(
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    in.cluster().relay(node, verb, patience);
                  } catch (HactlError e) {
                    failed.add(node + ": " + e.message());
                  }
                }));
      }
    }
    if (targets.contains(self)) {
      if (verb.equals("stop")) {
        in.cluster().stop(patience);
      } else {
        in.cluster().start();
      }
    }
    for (Thread relay : relays) {
      try {
        relay.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (!failed.isEmpty()) {
      throw new HactlError(
          failed.size() == targets.size() ? ExitCode.FAILED : ExitCode.PARTLY,
          "HA-CLI-007",
          "not everywhere: " + String.join("; ", failed),
          "is quorated running there? systemctl status quorate");
    }
    in.out().line(verb.equals("stop") ? "Stopped " + names(targets) : "Started " + names(targets));
  }

  private static String names(List<NodeId> nodes) {
    return String.join(", ", nodes.stream().map(NodeId::name).toList());
  }

  /// Fails for what is wrong, and not for what an operator chose, which it says, too.
  private static void verify(Invocation in) {
    List<String> chosen = StatusText.chosen(in.configuration());
    List<String> faults = new ArrayList<>(StatusText.faults(in.cluster().state()));
    faults.addAll(NameCheck.lines(in));
    faults.addAll(MemberTargets.lines(in.configuration()));
    chosen.forEach(in.out()::line);
    faults.forEach(in.out()::line);
    if (!faults.isEmpty()) {
      throw HactlError.failed("the configuration is not safe", "see the lines above");
    }
    in.out()
        .line(
            chosen.isEmpty()
                ? "The configuration is valid."
                : "The configuration is valid; what it does without is above.");
  }

  private static void auth(Invocation in) {
    in.words().rest();
    in.out()
        .line(
            "Nothing is to be done: nodes trust each other by certificates, which 'hactl cluster"
                + " setup' and 'hactl cluster join' make. There is no shared password.");
  }
}
