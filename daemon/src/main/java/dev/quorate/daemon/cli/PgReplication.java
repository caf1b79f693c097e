package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.PostgresFigures;
import dev.quorate.agents.core.postgresql.replication.InstanceReport;
import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// `pg list`, `lag`, `topology` and `replication`: what the instances say of themselves.
final class PgReplication {
  private PgReplication() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "pg list",
            "[RESOURCE] [-o json]",
            "Shows every instance: role, timeline, state, how far it is behind the primary, and its"
                + " slots.",
            PgReplication::list),
        Command.of(
            "pg lag",
            "[RESOURCE] [-o json]",
            "Shows how many bytes and seconds each standby is behind the primary, whoever it"
                + " streams from, and why commits do not wait for it.",
            PgReplication::lag),
        Command.of(
            "pg topology",
            "[RESOURCE] [-o json]",
            "Shows who streams from whom as a tree, and for whom commits wait.",
            PgReplication::topology),
        Command.of(
            "pg replication",
            "[RESOURCE] [-o json]",
            "Shows every streaming connection with the columns of pg_stat_replication, and why"
                + " commits do not wait for a standby.",
            PgReplication::connections));
  }

  private static ResourceDefinition named(Invocation in) {
    ResourceDefinition resource =
        in.words().has() ? in.resource(in.words().take("RESOURCE")) : PgCommands.only(in);
    in.words().end();
    return resource;
  }

  /// The nodes that may have an instance.
  private static List<NodeId> hosts(Invocation in) {
    return in.configuration().nodes().values().stream()
        .filter(n -> !n.witness())
        .map(NodeDefinition::id)
        .toList();
  }

  private static Optional<Replication.Member> member(Replication replication, NodeId node) {
    return Optional.ofNullable(replication.members().get(node));
  }

  private static void print(
      Invocation in, ResourceDefinition resource, String key, List<Map<String, Object>> rows) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put("resource", resource.publicId().name());
    json.put(key, rows);
    in.out().line(JsonText.pretty(json));
  }

  // List.

  private static void list(Invocation in) {
    ResourceDefinition resource = named(in);
    Replication replication = in.cluster().replication(resource.id());
    if (in.options().json()) {
      print(
          in,
          resource,
          "instances",
          hosts(in).stream().map(n -> instanceJson(in, resource, replication, n)).toList());
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NODE", "ROLE", "TIMELINE", "STATE", "LAG", "SLOTS"));
    for (NodeId node : hosts(in)) {
      Optional<Replication.Member> member = member(replication, node);
      rows.add(
          List.of(
              node.name(),
              role(in.cluster().state(), resource, node),
              member
                  .map(m -> m.report().figures().timeline())
                  .filter(t -> t > 0)
                  .map(String::valueOf)
                  .orElse("-"),
              state(in.cluster().state(), resource, replication, node),
              member.flatMap(Replication.Member::lag).map(PgReplication::lagText).orElse("-"),
              member.map(m -> slots(m.report())).orElse("-")));
    }
    Columns.of(rows, "").forEach(in.out()::line);
  }

  private static Map<String, Object> instanceJson(
      Invocation in, ResourceDefinition resource, Replication replication, NodeId node) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("node", node.name());
    json.put("role", role(in.cluster().state(), resource, node));
    json.put("state", state(in.cluster().state(), resource, replication, node));
    member(replication, node)
        .ifPresent(member -> {
          InstanceReport report = member.report();
          json.put("timeline", report.figures().timeline());
          json.put("end", report.end().toString());
          json.put("replayed", report.replayed().toString());
          json.put("upstream", report.upstream().map(NodeId::name).orElse(""));
          json.put("streaming", report.streaming());
          json.put("last_commit_ms", report.figures().lastCommitMillis());
          member.lag().ifPresent(lag -> lagJson(json, lag));
          json.put(
              "slots", report.figures().slots().stream().map(s -> slotJson(report, s)).toList());
        });
    return json;
  }

  private static Map<String, Object> slotJson(InstanceReport report, PostgresFigures.SlotUse slot) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", slot.name());
    json.put("active", slot.active());
    json.put("lost", slot.lost());
    json.put("kept_bytes", kept(report, slot));
    return json;
  }

  private static long kept(InstanceReport report, PostgresFigures.SlotUse slot) {
    return slot.from().isValid() ? report.replayed().beyond(slot.from()) : 0;
  }

  private static String slots(InstanceReport report) {
    List<PostgresFigures.SlotUse> slots = report.figures().slots();
    long active = slots.stream().filter(PostgresFigures.SlotUse::active).count();
    long lost = slots.stream().filter(PostgresFigures.SlotUse::lost).count();
    long most = slots.stream().mapToLong(s -> kept(report, s)).max().orElse(0);
    return "%d active, %d idle%s, keep %s"
        .formatted(
            active,
            slots.size() - active - lost,
            lost == 0 ? "" : ", " + lost + " lost",
            Amounts.bytes(most));
  }

  private static String role(ClusterState state, ResourceDefinition resource, NodeId node) {
    InstanceStatus status = Placements.statuses(state, resource).get(node);
    return status == null ? "-" : PostgresText.role(status);
  }

  /// What it does, in PostgreSQL's words where its upstream has one.
  private static String state(
      ClusterState state, ResourceDefinition resource, Replication replication, NodeId node) {
    Optional<InstanceReport> report = member(replication, node).map(Replication.Member::report);
    if (report.isEmpty()) {
      return Optional.ofNullable(Placements.statuses(state, resource).get(node))
          .filter(s -> s.certainty() == InstanceStatus.Certainty.KNOWN)
          .map(s -> s.role() == Role.STOPPED ? "stopped" : s.reason())
          .filter(text -> !text.isEmpty())
          .orElse("not heard");
    }
    if (report.get().primary()) {
      return "running";
    }
    Optional<String> seen =
        report
            .get()
            .upstream()
            .flatMap(u -> member(replication, u))
            .flatMap(u -> u.report().link(node))
            .map(PostgresFigures.Link::state);
    return report.get().streaming() ? seen.orElse("streaming") : "not streaming";
  }

  // Lag.

  static String lagText(Replication.Lag lag) {
    return Amounts.bytes(lag.unreplayed()) + ", " + Amounts.seconds(lag.behind());
  }

  private static void lagJson(Map<String, Object> json, Replication.Lag lag) {
    json.put("missing_bytes", lag.missing());
    json.put("lag_bytes", lag.unreplayed());
    json.put("lag_seconds", lag.behind().toMillis() / 1e3);
  }

  private static void lag(Invocation in) {
    ResourceDefinition resource = named(in);
    Replication replication = in.cluster().replication(resource.id());
    if (in.options().json()) {
      List<Map<String, Object>> rows = new ArrayList<>();
      replication
          .members()
          .forEach((node, member) ->
              member
                  .lag()
                  .ifPresent(lag -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("node", node.name());
                    json.put("upstream", upstream(member));
                    json.put("received", member.report().end().toString());
                    json.put("replayed", member.report().replayed().toString());
                    lagJson(json, lag);
                    rows.add(json);
                  }));
      print(in, resource, "standbys", rows);
      return;
    }
    in.out()
        .line(
            replication
                .primary()
                .flatMap(
                    p -> member(replication, p).map(m -> p + " has written " + m.report().end()))
                .orElse("No primary is heard: what follows is behind the last one that was."));
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("NODE", "STREAMS FROM", "RECEIVED", "MISSING", "REPLAYED", "BEHIND", "SECONDS"));
    replication
        .members()
        .forEach((node, member) ->
            member
                .lag()
                .ifPresent(lag ->
                    rows.add(
                        List.of(
                            node.name(),
                            upstream(member),
                            member.report().end().toString(),
                            Amounts.bytes(lag.missing()),
                            member.report().replayed().toString(),
                            Amounts.bytes(lag.unreplayed()),
                            Amounts.seconds(lag.behind())))));
    Columns.of(rows, "").forEach(in.out()::line);
    AsyncReason.lines(in.cluster().state(), resource, replication).forEach(in.out()::line);
  }

  private static String upstream(Replication.Member member) {
    return member.report().upstream().map(NodeId::name).orElse("-");
  }

  // Topology.

  private static void topology(Invocation in) {
    ResourceDefinition resource = named(in);
    Replication replication = in.cluster().replication(resource.id());
    if (in.options().json()) {
      print(
          in,
          resource,
          "trees",
          replication.trees().stream().map(b -> branchJson(replication, b)).toList());
      return;
    }
    in.out().line(resource.publicId() + ":");
    for (Replication.Branch tree : replication.trees()) {
      branch(in, replication, tree, "  ");
    }
    for (NodeId node : hosts(in)) {
      if (!replication.members().containsKey(node)) {
        in.out()
            .line(
                "  %s: %s"
                    .formatted(node, state(in.cluster().state(), resource, replication, node)));
      }
    }
  }

  private static void branch(
      Invocation in, Replication replication, Replication.Branch branch, String indent) {
    InstanceReport report = member(replication, branch.node()).orElseThrow().report();
    String role = report.primary() ? "primary" : "standby";
    String how =
        report.primary()
            ? ""
            : ", "
                + branch
                    .link()
                    .map(l -> "%s, %s, priority %d".formatted(l.state(), l.sync(), l.priority()))
                    .orElse("not streaming");
    in.out()
        .line(
            "%s%s: %s%s, timeline %d"
                .formatted(indent, branch.node(), role, how, report.figures().timeline()));
    branch.children().forEach(child -> branch(in, replication, child, indent + "  "));
  }

  private static Map<String, Object> branchJson(
      Replication replication, Replication.Branch branch) {
    InstanceReport report = member(replication, branch.node()).orElseThrow().report();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("node", branch.node().name());
    json.put("role", report.primary() ? "primary" : "standby");
    json.put("timeline", report.figures().timeline());
    branch.link().ifPresent(link -> linkJson(json, link));
    json.put(
        "children",
        branch.children().stream().map(child -> branchJson(replication, child)).toList());
    return json;
  }

  // Connections.

  private static void linkJson(Map<String, Object> json, PostgresFigures.Link link) {
    json.put("application_name", link.application());
    json.put("client_addr", link.client());
    json.put("state", link.state());
    json.put("sync_state", link.sync());
    json.put("sync_priority", link.priority());
    json.put("sent_lsn", link.sent().toString());
    json.put("write_lsn", link.written().toString());
    json.put("flush_lsn", link.flushed().toString());
    json.put("replay_lsn", link.replayed().toString());
  }

  private static void connections(Invocation in) {
    ResourceDefinition resource = named(in);
    Replication replication = in.cluster().replication(resource.id());
    List<Map<String, Object>> rows = new ArrayList<>();
    replication
        .members()
        .forEach((node, member) ->
            member
                .report()
                .figures()
                .links()
                .forEach(link -> {
                  Map<String, Object> row = new LinkedHashMap<>();
                  row.put("node", node.name());
                  linkJson(row, link);
                  why(in, resource, replication, link).ifPresent(w -> row.put("async_reason", w));
                  rows.add(row);
                }));
    if (in.options().json()) {
      print(in, resource, "connections", rows);
      return;
    }
    List<String> columns =
        List.of(
            "node",
            "application_name",
            "client_addr",
            "state",
            "sync_state",
            "sync_priority",
            "sent_lsn",
            "write_lsn",
            "flush_lsn",
            "replay_lsn");
    List<List<String>> table = new ArrayList<>();
    table.add(columns.stream().map(c -> c.toUpperCase(Locale.ROOT)).toList());
    rows.forEach(row -> table.add(columns.stream().map(c -> String.valueOf(row.get(c))).toList()));
    Columns.of(table, "").forEach(in.out()::line);
    AsyncReason.lines(in.cluster().state(), resource, replication).forEach(in.out()::line);
  }

  /// Why commits do not wait for who is at the other end; empty for strangers.
  private static Optional<String> why(
      Invocation in,
      ResourceDefinition resource,
      Replication replication,
      PostgresFigures.Link link) {
    return replication.members().keySet().stream()
        .filter(n -> n.name().equals(link.application()))
        .findFirst()
        .flatMap(n -> AsyncReason.of(in.cluster().state(), resource, replication, n));
  }
}
