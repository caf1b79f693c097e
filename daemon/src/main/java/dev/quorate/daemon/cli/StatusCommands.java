package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `status`, `explain`, `config` and `history`.
final class StatusCommands {
  /// The quorum comes and goes without a change of the agreed state.
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  private StatusCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
                "status",
                "[--full] [--wait[=S]] [-o json]",
                "Shows the whole cluster, with --wait once everything runs.",
                StatusCommands::status)
            .anywhere(),
        Command.of("status resources", "", "Shows where resources run.", StatusCommands::resources),
        Command.of("status nodes", "", "Shows the nodes.", StatusCommands::cluster),
        Command.of(
            "explain",
            "RESOURCE [on NODE]",
            "Says why a resource is where it is: every score and its constraint.",
            StatusCommands::explain),
        Command.of("config", "[-o json]", "Shows the configuration.", ConfigText::all),
        Command.of(
            "history",
            "",
            "Shows the last things that happened on this node.",
            in -> in.cluster().history().forEach(in.out()::line)));
  }

  private static void status(Invocation in) {
    in.words().end();
    Optional<Health> health = in.options().patience().map(atMost -> settled(in.cluster(), atMost));
    show(in);
    health
        .flatMap(Health::lacking)
        .ifPresent(what -> {
          throw HactlError.timeout(
              "not everything runs: " + what, "see 'hactl explain RESOURCE' and 'hactl history'");
        });
  }

  /// How it is once everything runs, or after a while.
  private static Health settled(Cluster cluster, Duration atMost) {
    long begun = System.nanoTime();
    ClusterState seen = cluster.state();
    while (cluster.facts().phase() == NodeFacts.Phase.RUNNING
        && Health.of(seen, cluster.facts()).lacking().isPresent()
        && System.nanoTime() - begun < atMost.toNanos()) {
      ClusterState last = seen;
      cluster.await(now -> !now.equals(last), LOOK_AGAIN);
      seen = cluster.state();
    }
    return Health.of(seen, cluster.facts());
  }

  private static void show(Invocation in) {
    NodeFacts facts = in.cluster().facts();
    switch (facts.phase()) {
      case UNJOINED -> notRunning(in, "unjoined", "This node belongs to no cluster.");
      case STOPPED ->
          notRunning(in, "stopped", "Cluster '" + facts.cluster() + "' is stopped on this node.");
      case DAMAGED -> notRunning(in, "log damaged", damaged(facts));
      case RUNNING -> {
        if (in.options().json()) {
          in.out()
              .line(
                  JsonText.pretty(StatusJson.of(in.cluster().state(), facts, in.cluster().now())));
        } else {
          StatusText.of(
                  in.cluster().state(),
                  facts,
                  in.cluster().now(),
                  in.options().full(),
                  in.cluster()::replication)
              .forEach(in.out()::line);
        }
      }
    }
  }

  private static String damaged(NodeFacts facts) {
    return "Node %s of cluster '%s' takes no part, since its log cannot be used: %s%nTo let the others give it a new one, type here: hactl node rebuild --yes"
        .formatted(
            facts.self().map(NodeId::name).orElse("?"), facts.cluster(), facts.quorumReason());
  }

  private static void notRunning(Invocation in, String phase, String sentence) {
    if (in.options().json()) {
      in.out().line(JsonText.pretty(Map.of("schema", 1, "health", phase)));
    } else {
      in.out().line(sentence);
    }
  }

  static void resources(Invocation in) {
    ResourceText.of(in.cluster().state(), in.cluster().facts(), in.options().full())
        .forEach(in.out()::line);
  }

  static void cluster(Invocation in) {
    StatusText.summary(in.cluster().state(), in.cluster().facts(), in.cluster().now())
        .forEach(in.out()::line);
  }

  private static void explain(Invocation in) {
    Target target = in.target(in.words().take("RESOURCE"));
    in.words().skip("on");
    Optional<NodeId> node =
        in.words().has() ? Optional.of(in.node(in.words().take("NODE"))) : Optional.empty();
    in.words().end();
    List<String> lines =
        target.parts().stream().flatMap(r -> in.cluster().explain(r, node).stream()).toList();
    if (in.options().json()) {
      in.out().line(JsonText.pretty(Map.of("resource", target.id().name(), "lines", lines)));
      return;
    }
    lines.forEach(in.out()::line);
    target
        .parts()
        .forEach(r ->
            PostgresText.waiting(in.cluster().state(), r)
                .ifPresent(why -> in.out().line("Nothing is promoted because " + why)));
  }
}
