package dev.quorate.simulation;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import dev.quorate.membership.core.RingState;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.Role;
import java.util.Optional;
import java.util.TreeSet;

/// Whether a cluster without faults is as it should be (P9, P11).
final class Convergence {
  private final World world;

  Convergence(World world) {
    this.world = world;
  }

  /// What is still missing, or nothing.
  @SuppressWarnings("ReferenceEquality") // what the nodes share is the very same state
  Optional<String> missing() {
    ClusterState agreed = world.chronicle.newest();
    TreeSet<String> views = new TreeSet<>();
    SimulatedMachine primary = null;
    for (SimulatedMachine machine : world.machines()) {
      SimulatedDaemon daemon = machine.daemon;
      if (!machine.powered || daemon == null || !daemon.quorate()) {
        return Optional.of(machine.id + " has no daemon with a quorum");
      }
      if (daemon.ring().state() != RingState.OPERATIONAL
          || daemon.ring().view().map(v -> v.members().size()).orElse(0) != world.nodes.size()) {
        return Optional.of(machine.id + " does not see everyone in its ring");
      }
      daemon.ring().view().map(View::id).map(Object::toString).ifPresent(views::add);
      if (daemon.state() != agreed) {
        return Optional.of(machine.id + " has not applied everything");
      }
      if (!agreed.online(machine.id)) {
        return Optional.of(machine.id + " is " + agreed.node(machine.id).map(NodeStatus::presence));
      }
      if (machine.postgres.phase() == SimulatedPostgres.Phase.PRIMARY) {
        primary = machine;
      }
    }
    if (views.size() != 1) {
      return Optional.of("views differ: " + views);
    }
    return primary == null ? Optional.of("there is no primary") : missingOf(agreed, primary);
  }

  private Optional<String> missingOf(ClusterState agreed, SimulatedMachine primary) {
    Primacy primacy = agreed.primacies().get(ClusterSetup.DATABASE);
    if (primacy == null
        || !(primacy.holder() instanceof Holder.Held(var holder, _))
        || !holder.equals(primary.id)) {
      return Optional.of("the primary " + primary.id + " does not hold the grant");
    }
    if (!primary.address) {
      return Optional.of("the address is not on " + primary.id);
    }
    for (NodeId node : world.nodes) {
      boolean first = node.equals(primary.id);
      if (!first && !world.machine(node).postgres.follows(primary.postgres)) {
        return Optional.of(node + " does not follow " + primary.id);
      }
      Role role = first ? Role.PROMOTED : Role.UNPROMOTED;
      boolean known =
          agreed
              .instance(ClusterSetup.DATABASE, node)
              .filter(i -> i.role() == role && i.certainty() == InstanceStatus.Certainty.KNOWN)
              .isPresent();
      if (!known) {
        return Optional.of("the state does not say that " + node + " is " + role);
      }
    }
    if (primacy.promise().required() == 0) {
      return Optional.of("nothing is promised");
    }
    return agreed.intents().isEmpty()
        ? Optional.empty()
        : Optional.of("in flight: " + agreed.intents().keySet());
  }
}
