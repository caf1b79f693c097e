package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Election;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.ResourceDefinition;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `hactl status -o json`. Keys are only ever added.
final class StatusJson {
  private StatusJson() {}

  static Map<String, Object> of(ClusterState state, NodeFacts facts, ZonedDateTime now) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put("cluster", facts.cluster());
    json.put("health", Health.of(state, facts).verdict().split(" - ", 2)[0]);
    json.put("warnings", StatusText.warnings(state));
    json.put("leader", facts.leader().map(NodeId::name).orElse(""));
    json.put("quorum", facts.quorum());
    json.put("time", now.toInstant().toString());
    json.put("reporter", facts.self().map(NodeId::name).orElse(""));
    json.put("version", state.configuration().version());
    json.put("applied", state.position().index());
    json.put("intents", state.intents().values().stream().map(i -> i.action().key()).toList());
    List<Object> nodes = new ArrayList<>();
    state
        .configuration()
        .nodes()
        .forEach((id, node) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("name", id.name());
          one.put("address", node.address());
          one.put("presence", state.node(id).map(s -> lower(s.presence())).orElse("never_seen"));
          one.put("standby", node.standby());
          one.put("maintenance", node.maintenance());
          nodes.add(one);
        });
    json.put("nodes", nodes);
    json.put(
        "resources",
        state.configuration().resources().stream().map(r -> resource(state, r)).toList());
    json.put("fencings", state.fencings().stream().map(StatusJson::fencing).toList());
    return json;
  }

  private static Map<String, Object> resource(ClusterState state, ResourceDefinition resource) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", resource.id().name());
    json.put("public_id", resource.publicId().name());
    json.put("agent", resource.agent().toString());
    json.put("promotable", resource.promotable());
    json.put("clone", state.configuration().cloned(resource));
    state
        .configuration()
        .groupOf(resource.id())
        .ifPresent(g -> json.put("group", g.publicId().name()));
    List<Object> instances = new ArrayList<>();
    Placements.statuses(state, resource)
        .forEach((node, status) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("node", node.name());
          one.put("role", lower(status.role()));
          one.put("certainty", lower(status.certainty()));
          one.put("reason", status.reason());
          instances.add(one);
        });
    json.put("instances", instances);
    if (state.primacies().containsKey(resource.id())) {
      json.put("primacy", primacy(state, resource));
    }
    return json;
  }

  static Map<String, Object> primacy(ClusterState state, ResourceDefinition resource) {
    Map<String, Object> json = new LinkedHashMap<>();
    PgCommands.primacy(state, resource)
        .ifPresent(p -> {
          json.put("epoch", p.epoch());
          json.put("holder", p.holder().toString());
          json.put("sync_members", p.promise().members().stream().map(NodeId::name).toList());
          json.put("sync_required", p.promise().required());
          json.put("election", p.election().getClass().getSimpleName().toLowerCase(Locale.ROOT));
          json.put(
              "last_election",
              p.election() instanceof Election.Idle(_, var outcome) ? outcome : "");
          json.put("switchover_to", p.switchoverTo());
          json.put("waiting", PostgresText.waiting(state, resource).orElse(""));
        });
    return json;
  }

  private static Map<String, Object> fencing(FencingRecord record) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("target", record.target().name());
    json.put("confirmed", record.confirmed());
    json.put("device", record.device());
    json.put("proof", record.proof());
    json.put("reason", record.reason());
    json.put("client", record.client());
    json.put("time_ms", record.wallMillis());
    return json;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
