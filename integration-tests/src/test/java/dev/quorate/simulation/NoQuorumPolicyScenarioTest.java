package dev.quorate.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ConfigurationChange;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Three simulated nodes, each cut off from the others, under each policy.
class NoQuorumPolicyScenarioTest {
  private static final long SECOND = 1_000_000_000L;

  private final World world = new World(7, 3, Weakness.NONE, null);
  private final Nemesis nemesis = new Nemesis(world);

  @BeforeEach
  void threeNodesWithAPrimary() {
    world.machines().forEach(world::powerOn);
    run(4);
    nemesis.propose(ClusterSetup.command(world.nodes));
    world.clients.start();
    run(30);
    assertEquals(1, writers().size(), "a primary");
  }

  @Test
  void stopLeavesNothingRunning() {
    policy("stop");
    cutAll();
    run(12);
    assertEquals(List.of(), active());
  }

  @ParameterizedTest
  @ValueSource(strings = {"freeze", "ignore"})
  void freezeAndIgnoreLeaveThePrimaryAndMakeNoSecondOne(String policy) {
    policy(policy);
    NodeId primary = primary();
    cutAll();
    run(120);
    assertTrue(up(primary), "it goes on");
    assertTrue(world.machine(primary).address, "its address stays");
    assertEquals(List.of(primary), writers());

    world.network.mendAll();
    world.networkChanged();
    run(60);
    assertEquals(1, writers().size(), "and one again");
  }

  /// An `ignore` that promoted would make a second primary here: the primary's machine has lost its
  /// power, and nobody can show it.
  @Test
  void ignorePromotesNothingWithoutAGrant() {
    policy("ignore");
    NodeId primary = primary();
    cutAll();
    world.powerOff(world.machine(primary), "test");
    long before = world.checks.promotions();
    run(120);
    assertEquals(before, world.checks.promotions());
    assertEquals(List.of(), writers());
  }

  @Test
  void demoteLeavesTheStandbysAndNoPrimary() {
    policy("demote");
    NodeId primary = primary();
    cutAll();
    run(12);
    assertEquals(List.of(), writers());
    assertFalse(world.machine(primary).address);
    assertFalse(up(primary));
    for (SimulatedMachine machine : world.machines()) {
      if (!machine.id.equals(primary)) {
        assertTrue(up(machine.id), machine.id + " serves readers");
      }
    }

    int before = world.checks.acknowledgements();
    world.network.mendAll();
    world.networkChanged();
    run(60);
    assertEquals(1, writers().size(), "a primary again, by itself");
    assertTrue(world.machine(writers().getFirst()).address, "and its address");
    assertTrue(world.checks.acknowledgements() > before, "which takes writes");
    for (SimulatedMachine machine : world.machines()) {
      assertTrue(up(machine.id), machine.id + " runs, as the former primary does");
      assertEquals(1, machine.boots, "and nobody was fenced for it");
    }
  }

  @Test
  void suicideBootsEveryMachineOnce() {
    policy("suicide");
    cutAll();
    run(3);
    for (SimulatedMachine machine : world.machines()) {
      assertFalse(machine.powered, machine.id + " has ended itself");
    }
    run(120);
    for (SimulatedMachine machine : world.machines()) {
      assertTrue(machine.powered);
      assertEquals(2, machine.boots, "once, and not again for want of a quorum");
    }
    assertEquals(List.of(), active());
  }

  private void policy(String word) {
    nemesis.propose(
        new ClusterCommand.ChangeConfiguration(
            -1, "test", List.of(new ConfigurationChange.SetProperty("no-quorum-policy", word))));
    run(1);
    assertEquals(
        word, world.chronicle.newest().configuration().properties().get("no-quorum-policy"));
  }

  private void cutAll() {
    for (NodeId from : world.nodes) {
      for (NodeId to : world.nodes) {
        for (SimulatedNetwork.Traffic traffic : SimulatedNetwork.Traffic.values()) {
          if (!from.equals(to)) {
            world.network.cut(traffic, from, to);
          }
        }
      }
    }
    world.networkChanged();
  }

  private void run(long seconds) {
    long until = world.agenda.nanos() + Duration.ofNanos(seconds * SECOND).toNanos();
    while (world.agenda.step(until)) {
      assertTrue(writers().size() <= 1, "two writers");
    }
  }

  private boolean up(NodeId node) {
    return world.machine(node).postgres.phase() != SimulatedPostgres.Phase.STOPPED;
  }

  private NodeId primary() {
    return writers().getFirst();
  }

  private List<NodeId> writers() {
    TreeSet<NodeId> found = new TreeSet<>();
    for (SimulatedMachine machine : world.machines()) {
      if (machine.postgres.mayAcknowledge()) {
        found.add(machine.id);
      }
    }
    return List.copyOf(found);
  }

  private List<NodeId> active() {
    TreeSet<NodeId> found = new TreeSet<>();
    for (SimulatedMachine machine : world.machines()) {
      if (machine.address || up(machine.id)) {
        found.add(machine.id);
      }
    }
    return List.copyOf(found);
  }
}
