package dev.quorate.simulation;

import dev.quorate.agents.postgresql.PostgresAgent;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.vip.linux.VirtualIpAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The configuration of every simulated cluster: a database on all nodes, and an address that goes
/// with its primary.
final class ClusterSetup {
  static final ResourceId DATABASE = new ResourceId("pgsqld");
  static final ResourceId CLONE = new ResourceId("pgsqld-clone");
  static final ResourceId ADDRESS = new ResourceId("pgsql-vip");

  private ClusterSetup() {}

  static ClusterCommand command(List<NodeId> nodes) {
    return command(nodes, List.of());
  }

  static ClusterCommand command(List<NodeId> nodes, List<NodeId> witnesses) {
    List<ConfigurationChange> changes = new ArrayList<>();
    for (NodeId node : nodes) {
      SortedMap<String, String> attributes = new TreeMap<>();
      if (witnesses.contains(node)) {
        attributes.put(NodeDefinition.WITNESS, "on");
      }
      changes.add(
          new ConfigurationChange.PutNode(new NodeDefinition(node, node.name(), true, attributes)));
    }
    changes.add(
        new ConfigurationChange.PutFenceDevice(
            new FenceDeviceDefinition(
                new ResourceId("power"), "fence_simulated", new TreeMap<>())));
    changes.add(new ConfigurationChange.CreateResource(database()));
    changes.add(new ConfigurationChange.CreateResource(address()));
    changes.add(
        new ConfigurationChange.PutConstraint(
            new Constraint.Colocation(
                "vip-with-primary", ADDRESS, Role.STARTED, CLONE, Role.PROMOTED, Score.MUST)));
    changes.add(
        new ConfigurationChange.PutConstraint(
            new Constraint.Ordering(
                "promote-then-vip",
                CLONE,
                OperationKind.PROMOTE,
                ADDRESS,
                OperationKind.START,
                Constraint.Ordering.Kind.MANDATORY,
                true)));
    return new ClusterCommand.ChangeConfiguration(-1, "operator", changes);
  }

  private static ResourceDefinition database() {
    SortedMap<String, String> meta = new TreeMap<>();
    meta.put("holds-data", "true");
    meta.put("durability", "sync");
    return new ResourceDefinition(
        DATABASE,
        AgentType.parse("ocf:heartbeat:pgsqlms"),
        new TreeMap<>(),
        new TreeMap<>(),
        new PostgresAgent().metadata().operations(),
        new ResourceDefinition.Form.Promotable(CLONE, 0, 1, meta));
  }

  private static ResourceDefinition address() {
    return new ResourceDefinition(
        ADDRESS,
        AgentType.parse("ocf:heartbeat:IPaddr2"),
        new TreeMap<>(),
        new TreeMap<>(),
        new VirtualIpAgent().metadata().operations(),
        new ResourceDefinition.Form.Primitive());
  }
}
