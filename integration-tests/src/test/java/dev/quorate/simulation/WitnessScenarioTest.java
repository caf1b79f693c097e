package dev.quorate.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.Role;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Two simulated nodes with a database and a third that only votes; and a cold start that waits.
class WitnessScenarioTest {
  private static final long SECOND = 1_000_000_000L;
  private static final NodeId WITNESS = new NodeId("n3");

  private final World world = new World(11, 3, Weakness.NONE, null);
  private final Nemesis nemesis = new Nemesis(world);

  @Test
  void theSurvivorAndTheWitnessPromote() {
    build();
    NodeId primary = primary();
    world.powerOff(world.machine(primary), "test");
    run(20);
    assertFalse(primary().equals(primary), "the other data node took over");
    nothingOnTheWitness();
  }

  @Test
  void theLossOfTheWitnessChangesNothing() {
    build();
    NodeId primary = primary();
    long promotions = world.checks.promotions();
    world.powerOff(world.machine(WITNESS), "test");
    run(30);
    assertEquals(primary, primary());
    assertEquals(promotions, world.checks.promotions());
    assertEquals(
        NodeStatus.Presence.LOST,
        world.chronicle.newest().node(WITNESS).map(NodeStatus::presence).orElseThrow(),
        "and nobody fences what runs nothing");

    world.powerOn(world.machine(WITNESS));
    run(20);
    assertTrue(world.chronicle.newest().online(WITNESS), "it is back by itself");
    nothingOnTheWitness();
  }

  @Test
  void aColdStartWaitsForAllAndAWarmOneDoesNot() {
    build();
    nemesis.propose(
        new ClusterCommand.ChangeConfiguration(
            -1, "test", List.of(new ConfigurationChange.SetProperty("wait-for-all", "true"))));
    run(2);
    NodeId first = primary();
    world.machines().forEach(m -> world.powerOff(m, "outage"));
    run(5);
    world
        .machines()
        .forEach(m -> {
          if (!m.id.equals(first)) {
            world.powerOn(m);
          }
        });
    run(60);
    for (SimulatedMachine machine : world.machines()) {
      assertEquals(SimulatedPostgres.Phase.STOPPED, machine.postgres.phase(), "it waits");
    }
    assertFalse(world.machine(first).powered, "and fences nobody: that would have switched it on");

    world.powerOn(world.machine(first));
    run(60);
    NodeId now = primary();
    world.powerOff(world.machine(now), "test");
    run(20);
    assertFalse(primary().equals(now), "once established, it does not wait");
  }

  private void build() {
    world.machines().forEach(world::powerOn);
    run(4);
    nemesis.propose(ClusterSetup.command(world.nodes, List.of(WITNESS)));
    world.clients.start();
    run(30);
    assertTrue(world.checks.acknowledgements() > 0);
    nothingOnTheWitness();
  }

  private void nothingOnTheWitness() {
    assertEquals(SimulatedPostgres.Phase.STOPPED, world.machine(WITNESS).postgres.phase());
    assertFalse(world.machine(WITNESS).address);
    for (var resource : world.chronicle.newest().instances().entrySet()) {
      InstanceStatus there = Objects.requireNonNull(resource.getValue().get(WITNESS));
      assertEquals(Role.STOPPED, there.role(), resource.getKey().name());
      assertEquals(InstanceStatus.Certainty.KNOWN, there.certainty(), resource.getKey().name());
    }
  }

  private void run(long seconds) {
    long until = world.agenda.nanos() + seconds * SECOND;
    while (world.agenda.step(until)) {
      world.checks.afterEvent();
    }
  }

  private NodeId primary() {
    for (SimulatedMachine machine : world.machines()) {
      if (machine.postgres.mayAcknowledge()) {
        return machine.id;
      }
    }
    throw new AssertionError("no primary");
  }
}
