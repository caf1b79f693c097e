package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.TwoNodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How the arbitration of two voters is shown.
final class PairText {
  private PairText() {}

  static List<String> lines(PairFacts pair) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Two nodes:    "
            + pair.unprotected()
                .map(why -> "NOT PROTECTED: this node cannot go on alone: " + why)
                .orElse("protected: the fence device for the other node answers"));
    pair.unprotected()
        .ifPresent(_ ->
            lines.add(
                "              see 'hactl stonith config' and the device itself; it is asked again"
                    + " every few seconds"));
    lines.add("Arbitration:  " + pair.standing() + "; on disk: " + pair.record());
    return lines;
  }

  /// Daemons that would have to arbitrate and cannot before their next start.
  static List<String> warnings(ClusterState state) {
    return TwoNodes.wanted(state.configuration())
        ? unable(state).stream()
            .map(node ->
                "two-node=true, and the daemon of %s began as one of more nodes: nobody goes on alone before it is restarted there with 'systemctl restart quorate'"
                    .formatted(node))
            .toList()
        : List.of();
  }

  /// What it would take to switch the arbitration on, where there are two nodes and it is off; and
  /// who began as one of two and is one of more now.
  static List<String> off(ClusterState state) {
    ClusterConfiguration configuration = state.configuration();
    List<NodeId> unable = unable(state);
    if (configuration.nodes().size() == 2 && configuration.voters().size() == 2) {
      String first =
          unable.isEmpty()
              ? ""
              : " after a restart of quorated on " + unable + ", which began as one of more nodes";
      return List.of(
          "Two nodes:    off: the loss of either ends the quorum; 'hactl property set two-node=true'"
              + first);
    }
    List<NodeId> able =
        state.nodes().entrySet().stream()
            .filter(e -> TwoNodes.arbitrates(state.attributes(), e.getKey(), e.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    return able.isEmpty() || configuration.nodes().size() <= 2
        ? List.of()
        : List.of(
            "Two nodes:    off; quorated on %s began as one of two, and keeps the log of all nevertheless"
                .formatted(able));
  }

  private static List<NodeId> unable(ClusterState state) {
    return state.nodes().entrySet().stream()
        .filter(e -> e.getValue().online())
        .filter(e -> !TwoNodes.arbitrates(state.attributes(), e.getKey(), e.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  static Map<String, Object> json(PairFacts pair) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("protected", pair.unprotected().isEmpty());
    json.put("problem", pair.unprotected().orElse(""));
    json.put("standing", pair.standing());
    json.put("waiting", pair.waiting());
    json.put("record", pair.record());
    return json;
  }
}
