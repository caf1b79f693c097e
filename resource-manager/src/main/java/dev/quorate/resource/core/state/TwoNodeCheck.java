package dev.quorate.resource.core.state;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.TimeText;
import dev.quorate.resource.TwoNodes;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/// What must hold where a survivor of two may go on alone.
final class TwoNodeCheck {
  private TwoNodeCheck() {}

  static void check(ClusterConfiguration configuration, ConfigurationProblems problems) {
    if (!TwoNodes.wanted(configuration)) {
      return;
    }
    List<NodeDefinition> voters =
        configuration.nodes().values().stream().filter(NodeDefinition::voter).toList();
    if (voters.size() != 2 || voters.stream().anyMatch(NodeDefinition::witness)) {
      problems.add(
          "HA-CONF-073",
          "two-node=true is for two voters with resources, and here vote "
              + voters.stream().map(v -> v.id() + (v.witness() ? " (witness)" : "")).toList(),
          "with a third voter the majority decides: set two-node=false");
      return;
    }
    if (configuration.nodes().size() != 2) {
      problems.add(
          "HA-CONF-073",
          "two-node=true is for exactly two nodes, and here are " + configuration.nodes().keySet(),
          "remove those that only listen with 'hactl node remove', or set two-node=false");
      return;
    }
    for (NodeDefinition node : voters) {
      checkDevices(configuration, node.id(), problems);
    }
  }

  /// The arbitration is not switched off under a node that decides alone by it: its vote would
  /// count as one of two at once.
  static void checkEnd(
      ClusterConfiguration before,
      ClusterConfiguration after,
      SortedMap<NodeId, SortedMap<String, String>> attributes,
      ConfigurationProblems problems) {
    List<NodeId> alone =
        before.nodes().keySet().stream()
            .filter(node -> TwoNodes.how(attributes, node).isPresent())
            .toList();
    if (TwoNodes.wanted(before) && !TwoNodes.wanted(after) && !alone.isEmpty()) {
      problems.add(
          "HA-CONF-076",
          "two-node=true cannot be taken back while %s goes on alone".formatted(alone.getFirst()),
          "start the other node, and wait until both vote: see 'hactl quorum status'");
    }
  }

  /// The arbitration is switched on only where both daemons can take part in it now: one that began
  /// as one of more nodes cannot before its next start.
  static void checkBegin(
      ClusterConfiguration before,
      ClusterConfiguration after,
      SortedMap<NodeId, NodeStatus> nodes,
      SortedMap<NodeId, SortedMap<String, String>> attributes,
      ConfigurationProblems problems) {
    if (TwoNodes.wanted(before) || !TwoNodes.wanted(after) || after.nodes().size() != 2) {
      return;
    }
    for (NodeId node : after.nodes().keySet()) {
      NodeStatus status = nodes.get(node);
      if (status == null || !status.online()) {
        problems.add(
            "HA-CONF-077",
            "two-node=true needs both nodes, and %s does not take part now".formatted(node),
            "start it, and see it online in 'hactl status'");
      } else if (!TwoNodes.arbitrates(attributes, node, status)) {
        problems.add(
            "HA-CONF-077",
            "two-node=true needs two daemons that can arbitrate, and that of %s began as one of more nodes, or begins just now"
                .formatted(node),
            "try again; if it says the same, restart it there with 'systemctl restart quorate': the services go on");
      }
    }
  }

  private static void checkDevices(
      ClusterConfiguration configuration, NodeId node, ConfigurationProblems problems) {
    List<FenceDeviceDefinition> able =
        configuration.fenceDevices().stream().filter(d -> mayFence(d, node)).toList();
    if (able.isEmpty()) {
      problems.add(
          "HA-CONF-074",
          "two-node=true needs a fence device for " + node + ", and there is none",
          "create one with 'hactl stonith create', see its pcmk_host_list");
    }
    Duration delay = TwoNodes.delay(configuration);
    Duration spread =
        able.stream().map(TwoNodeCheck::spread).max(Duration::compareTo).orElse(Duration.ZERO);
    if (delay.compareTo(spread.multipliedBy(2)) <= 0) {
      problems.add(
          "HA-CONF-075",
          "%s is %d ms, and the devices for %s may begin up to %d ms later: both nodes could fence each other"
              .formatted(TwoNodes.DELAY, delay.toMillis(), node, spread.toMillis()),
          "set %s to more than twice that, or remove pcmk_delay_base and pcmk_delay_max"
              .formatted(TwoNodes.DELAY));
    }
  }

  /// A device without a list of hosts may be able to fence every node; whether it is, is found out
  /// by asking it.
  private static boolean mayFence(FenceDeviceDefinition device, NodeId node) {
    String hosts =
        device.parameters().getOrDefault("pcmk_host_list", "")
            + " "
            + device.parameters().getOrDefault("pcmk_host_map", "");
    boolean enabled = !"Stopped".equals(device.parameters().get("target-role"));
    return enabled
        && (hosts.isBlank()
            || Stream.of(hosts.split("[\\s,;]+"))
                .map(word -> word.split(":", 2)[0])
                .anyMatch(node.name()::equals));
  }

  /// By how much later than at once a device may begin.
  private static Duration spread(FenceDeviceDefinition device) {
    return Stream.of("pcmk_delay_base", "pcmk_delay_max")
        .flatMap(name -> TimeText.parse(device.parameters().getOrDefault(name, "")).stream())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}
