package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.NoQuorumPolicy;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// The text of `hactl status`: the sections and the order of `pcs status`.
final class StatusText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

  private final ClusterState state;
  private final NodeFacts facts;
  private final ZonedDateTime now;
  private final boolean full;
  private final Function<ResourceId, Replication> replication;
  private final List<String> lines = new ArrayList<>();

  private StatusText(
      ClusterState state,
      NodeFacts facts,
      ZonedDateTime now,
      boolean full,
      Function<ResourceId, Replication> replication) {
    this.state = state;
    this.facts = facts;
    this.now = now;
    this.full = full;
    this.replication = replication;
  }

  static List<String> of(
      ClusterState state,
      NodeFacts facts,
      ZonedDateTime now,
      boolean full,
      Function<ResourceId, Replication> replication) {
    StatusText text = new StatusText(state, facts, now, full, replication);
    text.all();
    return text.lines;
  }

  static List<String> summary(ClusterState state, NodeFacts facts, ZonedDateTime now) {
    StatusText text = new StatusText(state, facts, now, false, _ -> Replication.UNKNOWN);
    text.head();
    text.nodes();
    return text.lines;
  }

  private void all() {
    head();
    nodes();
    line("");
    line("Full List of Resources:");
    lines.addAll(ResourceText.of(state, facts, full));
    postgres();
    if (full) {
      attributes();
      migration();
    }
    failures();
    fencing();
    daemons();
  }

  private void line(String text) {
    lines.add(text);
  }

  private void head() {
    line("Cluster name: " + facts.cluster());
    line("Health: " + Health.of(state, facts).verdict());
    List<String> warnings = new ArrayList<>(facts.warnings());
    warnings.addAll(warnings(state));
    if (!warnings.isEmpty()) {
      line("");
      line("WARNINGS:");
      warnings.forEach(this::line);
    }
    line("");
    line("Cluster Summary:");
    line("  * Stack: quorate (quorated is running)");
    line(
        "  * Current DC: "
            + facts.leader().map(NodeId::name).orElse("NONE")
            + facts.leader().map(l -> " (version " + facts.version() + ")").orElse("")
            + " - partition "
            + (facts.quorum() ? "with quorum" : "WITHOUT quorum" + reason(facts.quorumReason())));
    line("  * Last updated: " + TIME.format(now) + " on " + self());
    line(
        "  * Last change:  version "
            + state.configuration().version()
            + (state.lastChangeBy().isEmpty() ? "" : " by " + state.lastChangeBy()));
    line("  * " + count(state.configuration().nodes().size(), "node") + " configured");
    line("  * " + count(instances(), "resource instance") + " configured");
    line("");
  }

  private static String reason(String text) {
    return text.isEmpty() ? "" : " (" + text + ")";
  }

  private String self() {
    return facts.self().map(NodeId::name).orElse("this node");
  }

  private int instances() {
    ClusterConfiguration configuration = state.configuration();
    int count = configuration.fenceDevices().size();
    for (ResourceDefinition resource : configuration.resources()) {
      ResourceDefinition.Form form =
          configuration.groupOf(resource.id()).map(GroupDefinition::form).orElse(resource.form());
      count += form.instances(configuration.hosts().size());
    }
    return count;
  }

  private static String count(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /// What an operator must not get used to.
  static List<String> warnings(ClusterState state) {
    List<String> warnings = new ArrayList<>(chosen(state.configuration()));
    warnings.addAll(faults(state));
    return warnings;
  }

  /// What an operator chose to do without.
  static List<String> chosen(ClusterConfiguration configuration) {
    List<String> warnings = new ArrayList<>();
    if (unfenced(configuration)) {
      warnings.add(
          "Fencing is disabled (stonith-enabled=false): a lost node is never proven to be off");
    }
    if ("true".equals(configuration.properties().get("maintenance-mode"))) {
      warnings.add("The cluster is in maintenance mode: nothing is looked after");
    }
    if (NoQuorumPolicy.of(configuration) == NoQuorumPolicy.IGNORE) {
      warnings.add(
          "no-quorum-policy=ignore: a node that is cut off goes on, and what it acknowledges may be"
              + " lost");
    }
    return warnings;
  }

  /// Whether an operator chose to do without fencing.
  static boolean unfenced(ClusterConfiguration configuration) {
    return "false".equals(configuration.properties().get("stonith-enabled"));
  }

  /// What nobody chose.
  static List<String> faults(ClusterState state) {
    List<String> warnings = new ArrayList<>();
    ClusterConfiguration configuration = state.configuration();
    if (!unfenced(configuration) && configuration.fenceDevices().isEmpty()) {
      warnings.add("No stonith devices and stonith-enabled is not false");
    }
    warnings.addAll(MissingMembers.lines(state));
    warnings.addAll(PairText.warnings(state));
    for (ResourceDefinition resource : configuration.resources()) {
      PostgresText.waiting(state, resource)
          .ifPresent(why ->
              warnings.add("Nothing of " + resource.publicId() + " is promoted because " + why));
    }
    state
        .nodes()
        .forEach((node, status) -> {
          if (status.unclean()) {
            warnings.add("Node " + node + " is lost: " + PostgresText.fencing(state, node));
          }
        });
    return warnings;
  }

  private void nodes() {
    line("Node List:");
    List<String> online = new ArrayList<>();
    List<String> offline = new ArrayList<>();
    for (NodeDefinition node : state.configuration().nodes().values()) {
      NodeStatus status = state.node(node.id()).orElse(null);
      String odd = oddState(node, status);
      if (!odd.isEmpty()) {
        line("  * Node " + node.id() + ": " + odd);
      } else if (status != null && status.online()) {
        online.add(node.id().name());
      } else {
        offline.add(node.id().name());
      }
    }
    if (!online.isEmpty()) {
      line("  * Online: [ " + String.join(" ", online) + " ]");
    }
    if (!offline.isEmpty()) {
      line("  * OFFLINE: [ " + String.join(" ", offline) + " ]");
    }
  }

  private String oddState(
      NodeDefinition node, @org.jspecify.annotations.Nullable NodeStatus status) {
    if (status == null) {
      return "";
    }
    return switch (status.presence()) {
      case LOST ->
          (node.witness() ? "offline (witness)" : "UNCLEAN (offline)")
              + (status.reason().isEmpty() ? "" : " - " + status.reason());
      case DAEMON_GONE ->
          state.vouchedFor(node.id())
              ? "degraded - the daemon lives, and the ring does not hear it"
              : "pending - the daemon is gone, the node lives";
      case ONLINE ->
          node.maintenance() ? "maintenance" : node.standby() && !node.witness() ? "standby" : "";
      case NEVER_SEEN, LEFT, FENCED -> "";
    };
  }

  private void postgres() {
    for (ResourceDefinition resource : state.configuration().resources()) {
      if (state.primacies().containsKey(resource.id())) {
        line("");
        line("PostgreSQL:");
        PostgresText.table(state, resource, replication.apply(resource.id()))
            .forEach(l -> line("  " + l));
      }
    }
  }

  private void attributes() {
    line("");
    line("Node Attributes:");
    for (NodeDefinition node : state.configuration().nodes().values()) {
      SortedMap<String, String> all = new TreeMap<>(node.attributes());
      all.putAll(state.attributes().getOrDefault(node.id(), new TreeMap<>()));
      if (!all.isEmpty()) {
        line("  * Node: " + node.id() + ":");
        all.forEach((name, value) -> line("    * " + name + " : " + value));
      }
    }
  }

  private void migration() {
    line("");
    line("Migration Summary:");
    for (NodeId node : state.configuration().nodes().keySet()) {
      List<String> failed = new ArrayList<>();
      state
          .failCounts()
          .forEach((resource, byNode) -> {
            var failure = byNode.get(node);
            if (failure != null) {
              String threshold =
                  state
                      .configuration()
                      .resource(resource)
                      .flatMap(r -> state.configuration().meta(r, "migration-threshold"))
                      .orElse("INFINITY");
              failed.add(
                  "    * "
                      + resource
                      + ": migration-threshold="
                      + threshold
                      + " fail-count="
                      + new dev.quorate.resource.Score(failure.count())
                      + " last-failure='"
                      + time(failure.lastFailureMillis())
                      + "'");
            }
          });
      if (!failed.isEmpty()) {
        line("  * Node: " + node + ":");
        lines.addAll(failed);
      }
    }
  }

  private void failures() {
    List<String> failed = new ArrayList<>();
    state
        .failCounts()
        .forEach((resource, byNode) ->
            byNode.forEach((node, failure) ->
                failed.add(
                    "  * "
                        + resource
                        + " "
                        + failure.operation().name().toLowerCase(Locale.ROOT)
                        + " on "
                        + node
                        + " failed: "
                        + failure.reason()
                        + " at "
                        + time(failure.lastFailureMillis()))));
    if (!failed.isEmpty()) {
      line("");
      line("Failed Resource Actions:");
      lines.addAll(failed);
    }
  }

  private void fencing() {
    List<FencingRecord> records = state.fencings();
    List<FencingRecord> shown =
        full ? records : records.stream().filter(r -> !r.confirmed()).toList();
    if (!shown.isEmpty()) {
      line("");
      line(full ? "Fencing History:" : "Failed Fencing Actions:");
      shown.reversed().stream().limit(10).forEach(record -> line("  * " + fencing(record)));
    }
  }

  static String fencing(FencingRecord record) {
    String verb = record.reboot() ? "reboot" : "off";
    return verb
        + " of "
        + record.target()
        + (record.confirmed() ? " successful" : " failed (" + record.reason() + ")")
        + ": executor="
        + record.executor()
        + ", client="
        + record.client()
        + (record.device().isEmpty() ? "" : ", device=" + record.device())
        + (record.proof().isEmpty() ? "" : ", proof=" + record.proof())
        + ", completed='"
        + time(record.wallMillis())
        + "'";
  }

  private static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
  }

  private void daemons() {
    line("");
    line("Daemon Status:");
    line("  quorated: active on " + self() + ", version " + facts.version());
    if (full) {
      line(
          "  ring: "
              + facts
                  .view()
                  .map(v ->
                      v.id()
                          + " [ "
                          + String.join(" ", v.nodes().stream().map(NodeId::name).toList())
                          + " ]")
                  .orElse("no view"));
      line(
          "  log: applied "
              + facts.applied().epoch()
              + "."
              + facts.applied().term()
              + "."
              + facts.applied().index());
    }
  }
}
