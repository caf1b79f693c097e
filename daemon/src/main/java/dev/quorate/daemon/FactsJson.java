package dev.quorate.daemon;

import dev.quorate.daemon.cli.JsonText;
import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.membership.NodeId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What a daemon knows of itself, as JSON.
final class FactsJson {
  private FactsJson() {}

  static String of(NodeFacts facts) {
    Map<String, Object> json = new TreeMap<>();
    json.put("applied", facts.applied().index());
    json.put("cluster", facts.cluster());
    json.put("leader", facts.leader().map(NodeId::name).orElse(""));
    json.put("node", facts.self().map(NodeId::name).orElse(""));
    json.put("phase", facts.phase().name().toLowerCase(Locale.ROOT));
    json.put("quorum", facts.quorum());
    json.put("quorum_reason", facts.quorumReason());
    json.put("ring", facts.view().map(v -> v.id().toString()).orElse(""));
    json.put(
        "ring_members",
        facts.view().map(v -> v.nodes().stream().map(NodeId::name).toList()).orElse(List.of()));
    json.put("version", facts.version());
    json.put("warnings", facts.warnings());
    return JsonText.object(json);
  }
}
