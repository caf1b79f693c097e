package dev.quorate.simulation;

import dev.quorate.resource.ClusterState;
import dev.quorate.resource.core.scheduling.PlacementScheduler;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One simulated cluster from its foundation to its recovery from the last fault.
///
/// The same seed gives the same run, on every machine.
public final class SimulatedCluster {
  private static final long SECOND = 1_000_000_000L;
  private static final long SHORTEST = 30 * 60 * SECOND;
  private static final long FIRST_FAULT = 40 * SECOND;
  private static final long HEALING = 28 * 60 * SECOND;
  private static final long SETUP_LIMIT = 40 * SECOND;

  /// The longest recovery after all faults: two boots, a fencing at the slow pace, and copies.
  private static final long HEALED_WITHIN = 150 * SECOND;

  private final long seed;
  private final World world;
  private final Nemesis nemesis;
  private final Convergence convergence;
  private long healing;

  /// Prepares the run of a seed.
  ///
  /// @param weakness what shall not work
  /// @param out where the whole trace goes, if anywhere
  public SimulatedCluster(long seed, Weakness weakness, @Nullable PrintStream out) {
    this.seed = seed;
    RandomGenerator random =
        java.util.random.RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int size = List.of(3, 3, 3, 4, 5, 5).get(random.nextInt(6));
    world = new World(seed, size, weakness, out);
    nemesis = new Nemesis(world);
    convergence = new Convergence(world);
    FaultPlan plan = FaultPlan.of(world.random("plan"), FIRST_FAULT, HEALING);
    for (SimulatedMachine machine : world.machines()) {
      long boot = World.between(random, 0, 2_000);
      world.agenda.at(boot, Agenda.Kind.FAULT, () -> world.powerOn(machine));
    }
    world.agenda.at(4 * SECOND, Agenda.Kind.FAULT, this::configure);
    world.clients.start();
    nemesis.schedule(plan);
  }

  private void configure() {
    if (world.chronicle.newest().configuration().nodes().isEmpty()) {
      nemesis.propose(ClusterSetup.command(world.nodes));
      world.agenda.after(Duration.ofSeconds(3), Agenda.Kind.FAULT, this::configure);
    }
  }

  /// Runs to the end, or to the first violation.
  public SimulationOutcome run() {
    try {
      awaitConvergence(SETUP_LIMIT);
      runUntil(HEALING);
      nemesis.heal();
      int before = world.checks.acknowledgements();
      long start = world.agenda.nanos();
      awaitConvergence(start + HEALED_WITHIN);
      healing = world.agenda.nanos() - start;
      runUntil(Math.max(SHORTEST, world.agenda.nanos() + 10 * SECOND));
      check(world.checks.acknowledgements() > before, "no write was acknowledged after healing");
      Optional<String> missing = convergence.missing();
      check(missing.isEmpty(), "did not stay converged: " + missing);
      for (SimulatedMachine machine : world.machines()) {
        if (machine.postgres.mayAcknowledge()) {
          world.checks.checkNothingLost(machine);
        }
      }
      return outcome(Optional.empty(), "");
    } catch (Violation violation) {
      explain();
      String message = String.valueOf(violation.getMessage());
      world.trace.note("FAILED", message);
      return outcome(Optional.of(message), violation.property());
    }
  }

  /// What a leader would do next, for the report of a failure.
  private void explain() {
    ClusterState state = world.chronicle.newest();
    state.primacies().values().forEach(p -> world.trace.note("state", p.toString()));
    state.instances().forEach((id, nodes) -> world.trace.note("state", id + " " + nodes));
    state.nodes().forEach((id, status) -> world.trace.note("state", id + " " + status));
    state.intents().values().forEach(i -> world.trace.note("state", i.toString()));
    PlacementScheduler.plan(state, true)
        .text()
        .lines()
        .forEach(line -> world.trace.note("plan", line));
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new Violation("P9", otherwise);
    }
  }

  private void runUntil(long limit) {
    while (world.agenda.step(limit)) {
      world.checks.afterEvent();
    }
  }

  private void awaitConvergence(long limit) {
    Optional<String> missing = convergence.missing();
    while (missing.isPresent()) {
      if (world.agenda.nanos() >= limit) {
        throw new Violation("P9", "not converged in time: " + missing.get());
      }
      runUntil(Math.min(limit, world.agenda.nanos() + SECOND / 2));
      missing = convergence.missing();
    }
  }

  private SimulationOutcome outcome(Optional<String> violation, String property) {
    TreeMap<String, Long> events = new TreeMap<>();
    for (Agenda.Kind kind : Agenda.Kind.values()) {
      events.put(kind.name(), world.agenda.count(kind));
    }
    TreeMap<String, Long> faults = new TreeMap<>();
    nemesis.injected().forEach((kind, count) -> faults.put(kind.name(), (long) count));
    return new SimulationOutcome(
        seed,
        world.nodes.size(),
        violation,
        property,
        events,
        faults,
        Duration.ofNanos(world.agenda.nanos()),
        Duration.ofNanos(healing),
        world.checks.acknowledgements(),
        world.checks.promotions(),
        world.agenda.hash(),
        world.trace.last());
  }
}
