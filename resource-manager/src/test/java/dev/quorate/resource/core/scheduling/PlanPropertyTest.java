package dev.quorate.resource.core.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.Action.FenceAction;
import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.transition.TransitionExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// Random clusters whose plans are carried out step by step, in random order, in a world that knows
/// what really runs.
class PlanPropertyTest {
  private static final int SEEDS = 100;
  private static final int STEPS = 250;
  private static final List<Presence> PRESENCES =
      List.of(
          Presence.ONLINE,
          Presence.ONLINE,
          Presence.ONLINE,
          Presence.ONLINE,
          Presence.ONLINE,
          Presence.LOST,
          Presence.DAEMON_GONE,
          Presence.LEFT,
          Presence.FENCED,
          Presence.NEVER_SEEN);

  @Test
  void plansAreSafeAndEnd() {
    run(PlanPropertyTest::cluster);
  }

  @Test
  void plansOfGroupsAndClonesAreSafeAndEnd() {
    run(random -> {
      String cluster = cluster(random);
      return cluster + collectives(random, cluster);
    });
  }

  private static void run(Function<RandomGenerator, String> clusters) {
    int actions = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      String text = clusters.apply(random);
      try {
        actions += new World(Scenario.of(text), random).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ":\n" + text + e.getMessage(), e);
      }
    }
    assertTrue(actions > SEEDS, "the worlds were too quiet: " + actions);
  }

  private static String cluster(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    int nodes = 1 + random.nextInt(5);
    for (int n = 1; n <= nodes; n++) {
      Presence presence = PRESENCES.get(random.nextInt(PRESENCES.size()));
      text.append("node n").append(n).append(' ').append(presence);
      text.append(random.nextInt(8) == 0 ? " standby" : "");
      text.append(random.nextInt(12) == 0 ? " maintenance\n" : "\n");
    }
    List<String> names = List.of("pg", "drbd", "a", "b", "c");
    text.append("promotable pg data\npromotable drbd\n");
    for (String name : List.of("a", "b", "c")) {
      text.append("primitive ").append(name);
      text.append(random.nextBoolean() ? " resource-stickiness=100" : "");
      text.append(random.nextInt(10) == 0 ? " target-role=Stopped\n" : "\n");
    }
    for (int i = 0; i < random.nextInt(7); i++) {
      constraint(random, text, names, nodes, i);
    }
    for (String name : names) {
      boolean promotable = name.equals("pg") || name.equals("drbd");
      int home = 1 + random.nextInt(nodes);
      for (int n = 1; n <= nodes; n++) {
        boolean active = promotable ? random.nextBoolean() : n == home && random.nextBoolean();
        Role role =
            !active
                ? Role.STOPPED
                : !promotable ? Role.STARTED : n == home ? Role.PROMOTED : Role.UNPROMOTED;
        Certainty certainty =
            switch (random.nextInt(12)) {
              case 0 -> Certainty.UNKNOWN;
              case 1 -> Certainty.FAILED;
              default -> Certainty.KNOWN;
            };
        text.append("is %s n%d %s %s\n".formatted(name, n, role, certainty));
        if (name.equals("pg") && role == Role.PROMOTED) {
          text.append("held pg n").append(n).append('\n');
        }
        text.append(
            name.equals("drbd")
                ? "attribute n%d master-drbd %d\n".formatted(n, random.nextInt(20) - 3)
                : "");
      }
    }
    text.append(random.nextInt(5) == 0 ? "property stonith-enabled false\n" : "");
    text.append(random.nextInt(6) == 0 ? "switchover pg n1\n" : "");
    return text.toString();
  }

  /// A group of some of the primitives, or a clone of it, and a plain clone, with constraints.
  private static String collectives(RandomGenerator random, String cluster) {
    StringBuilder text = new StringBuilder();
    boolean cloned = random.nextInt(3) == 0;
    // What binds primitives to each other may contradict what a group of them is.
    boolean bound =
        cluster.lines().anyMatch(l -> l.matches("(colocation|order) \\S+ [abc]( START)? [abc] .*"));
    String members = bound ? "c" : List.of("a,b", "b,a", "a,b,c", "c").get(random.nextInt(4));
    text.append("group g ").append(members).append(cloned ? " clone" : "");
    text.append(random.nextInt(10) == 0 ? " target-role=Stopped\n" : "\n");
    text.append("clone p");
    text.append(random.nextBoolean() ? " clone:interleave=true" : "");
    text.append(random.nextInt(3) == 0 ? " clone:clone-max=2\n" : "\n");
    for (int n = 1; n <= 5; n++) {
      if (random.nextBoolean()) {
        text.append(
            "is p n%d %s\n".formatted(n, random.nextInt(8) == 0 ? "STARTED FAILED" : "STARTED"));
      }
    }
    String group = cloned ? "g-clone" : "g";
    String score = List.of("100", "-100", "INFINITY", "-INFINITY").get(random.nextInt(4));
    switch (random.nextInt(6)) {
      case 0 -> text.append("colocation cp %s p-clone %s\n".formatted(group, score));
      case 1 -> text.append("order op p-clone START %s START\n".formatted(group));
      case 2 -> text.append("colocation cp %s pg-clone %s PROMOTED\n".formatted(group, score));
      case 3 -> text.append("order op pg-clone PROMOTE %s START\n".formatted(group));
      case 4 -> text.append("location lp %s n1 %s\n".formatted(group, score));
      default -> text.append("colocation cp p-clone %s %s\n".formatted(group, score));
    }
    return text.toString();
  }

  private static void constraint(
      RandomGenerator random, StringBuilder text, List<String> names, int nodes, int number) {
    String one = names.get(random.nextInt(names.size()));
    String other = names.get(random.nextInt(names.size()));
    String score = List.of("100", "-100", "INFINITY", "-INFINITY").get(random.nextInt(4));
    int node = 1 + random.nextInt(nodes);
    boolean promoted = other.length() > 1 && random.nextBoolean();
    switch (random.nextInt(3)) {
      case 0 -> text.append("location l%d %s n%d %s\n".formatted(number, one, node, score));
      case 1 -> {
        if (!one.equals(other)) {
          String role = promoted ? " PROMOTED" : "";
          text.append("colocation c%d %s %s %s%s\n".formatted(number, one, other, score, role));
        }
      }
      default -> {
        if (!one.equals(other)) {
          text.append(
              "order o%d %s %s %s START%s%s\n"
                  .formatted(
                      number,
                      other,
                      promoted ? "PROMOTE" : "START",
                      one,
                      random.nextBoolean() ? " optional" : "",
                      random.nextBoolean() ? " asymmetrical" : ""));
        }
      }
    }
  }

  /// Executes plans and knows what really runs.
  private static final class World {
    private final Scenario scenario;
    private final RandomGenerator random;
    private final SortedMap<String, Role> truth = new TreeMap<>();
    private int begun;

    World(Scenario scenario, RandomGenerator random) {
      this.scenario = scenario;
      this.random = random;
      ClusterState state = scenario.state();
      for (ResourceDefinition resource : scenario.resources) {
        for (NodeId node : scenario.nodes.keySet()) {
          Presence presence = state.node(node).orElseThrow().presence();
          boolean gone =
              presence == Presence.LEFT
                  || presence == Presence.FENCED
                  || presence == Presence.NEVER_SEEN;
          Role role = state.instance(resource.id(), node).orElseThrow().role();
          truth.put(at(resource.id(), node), gone ? Role.STOPPED : role);
          boolean surprise =
              !gone
                  && !state.configuration().cloned(resource)
                  && state.instance(resource.id(), node).orElseThrow().certainty()
                      == Certainty.UNKNOWN
                  && state
                      .instances()
                      .getOrDefault(resource.id(), new TreeMap<>())
                      .values()
                      .stream()
                      .noneMatch(i -> i.role().active())
                  && scenario.nodes.keySet().stream()
                      .noneMatch(
                          n -> truth.getOrDefault(at(resource.id(), n), Role.STOPPED).active());
          if (surprise) {
            truth.put(at(resource.id(), node), Role.STARTED);
          }
          if (gone) {
            know(resource.id(), node, Role.STOPPED);
            release(resource.id(), node, Holder.Proof.FENCED);
          }
        }
      }
    }

    private static String at(ResourceId resource, NodeId node) {
      return resource + "@" + node;
    }

    int run() {
      for (int step = 0; step < STEPS; step++) {
        ClusterState state = scenario.state();
        Plan plan = PlacementScheduler.plan(state, true);
        assertEquals(plan, PlacementScheduler.plan(scenario.state(), true), "not deterministic");
        List<Action> ready = TransitionExecutor.STANDARD.ready(state, plan.graph(), 0).actions();
        for (Action action : ready) {
          assertTrue(plan.graph().predecessors(action).isEmpty());
        }
        List<Runnable> choices = new ArrayList<>();
        ready.forEach(a -> choices.add(() -> begin(state, a)));
        scenario.intents.values().forEach(i -> choices.add(() -> finish(i)));
        plan.placement()
            .assignments()
            .values()
            .forEach(a -> {
              if (a.promoted().electionWanted() && !a.promoted().electorate().isEmpty()) {
                choices.add(() -> elect(a));
              }
            });
        if (choices.isEmpty()) {
          assertTrue(plan.graph().isEmpty(), () -> "stuck:\n" + plan.text());
          checkGroups(state);
          return begun;
        }
        choices.get(random.nextInt(choices.size())).run();
      }
      return fail("does not end:\n" + scenario.plan().text() + scenario.intents.keySet());
    }

    /// In the end a group is on one node, unless something there may not be touched.
    private void checkGroups(ClusterState state) {
      boolean free =
          scenario.nodes.values().stream()
              .allMatch(n -> !n.maintenance() && scenario.state().online(n.id()));
      if (free) {
        for (var group : state.configuration().groups()) {
          long places =
              scenario.nodes.keySet().stream()
                  .filter(n ->
                      group.members().stream()
                          .anyMatch(m -> truth.getOrDefault(at(m, n), Role.STOPPED).active()))
                  .count();
          assertTrue(group.form().cloned() || places <= 1, () -> group + " is torn apart");
        }
      }
    }

    private void elect(Placement.Assignment assignment) {
      List<NodeId> voters = assignment.promoted().electorate();
      NodeId winner = voters.get(random.nextInt(voters.size()));
      Primacy old = primacy(assignment.resource());
      scenario.primacies.put(
          assignment.resource(),
          new Primacy(
              old.resource(),
              old.epoch(),
              old.holder(),
              old.promise(),
              new Election.Won(old.election().round() + 1, winner, "b1", 1, 1, ""),
              old.switchoverTo()));
    }

    private void begin(ClusterState state, Action action) {
      begun++;
      if (action instanceof OperationAction(var kind, var resource, var node)) {
        assertTrue(state.online(node), () -> action + " on a node that is not online");
        assertFalse(
            Objects.requireNonNull(scenario.nodes.get(node)).maintenance()
                && kind != OperationKind.MONITOR);
        if (kind == OperationKind.START || kind == OperationKind.PROMOTE) {
          checkAlone(state, action, kind, resource, node);
        }
        if (kind == OperationKind.START) {
          checkTurn(state, resource, node);
        }
        if (kind == OperationKind.PROMOTE && scenario.primacies.containsKey(resource)) {
          grant(resource, node);
        }
      }
      scenario.begin(action);
    }

    /// A member of a group starts after those before it.
    private void checkTurn(ClusterState state, ResourceId resource, NodeId node) {
      state
          .configuration()
          .groupOf(resource)
          .ifPresent(g ->
              g.members().stream()
                  .takeWhile(m -> !m.equals(resource))
                  .forEach(m ->
                      assertTrue(
                          truth.getOrDefault(at(m, node), Role.STOPPED).active(),
                          () -> resource + " starts before " + m)));
    }

    private void checkAlone(
        ClusterState state, Action action, OperationKind kind, ResourceId resource, NodeId node) {
      boolean cloned =
          state
              .configuration()
              .resource(resource)
              .filter(state.configuration()::cloned)
              .isPresent();
      for (NodeId other : scenario.nodes.keySet()) {
        Role role = truth.getOrDefault(at(resource, other), Role.STOPPED);
        boolean rises =
            scenario.intents.values().stream()
                .map(Intent::action)
                .anyMatch(a -> a.equals(new OperationAction(kind, resource, other)));
        boolean clashes =
            kind == OperationKind.PROMOTE
                ? role == Role.PROMOTED || rises
                : !cloned && (role.active() || rises);
        assertFalse(!other.equals(node) && clashes, () -> action.key() + " clashes with " + other);
      }
    }

    private Primacy primacy(ResourceId resource) {
      return Objects.requireNonNull(scenario.primacies.get(resource));
    }

    private void grant(ResourceId resource, NodeId node) {
      Primacy old = primacy(resource);
      boolean won = old.election() instanceof Election.Won w && w.winner().equals(node);
      assertTrue(won || old.heldBy(node, "b1"), "a promotion without election or grant");
      scenario.primacies.put(
          resource,
          new Primacy(
              resource,
              old.epoch() + 1,
              new Holder.Held(node, "b1"),
              old.promise(),
              new Election.Idle(old.election().round()),
              ""));
    }

    private void finish(Intent intent) {
      scenario.intents.remove(intent.id());
      switch (intent.action()) {
        case FenceAction(var node, _, _) -> {
          scenario.statuses.put(node, Scenario.presence(Presence.FENCED, "b1"));
          for (ResourceDefinition resource : scenario.resources) {
            know(resource.id(), node, Role.STOPPED);
            release(resource.id(), node, Holder.Proof.FENCED);
          }
        }
        case OperationAction(var kind, var resource, var node) -> {
          boolean promotable =
              scenario.resources.stream().anyMatch(r -> r.id().equals(resource) && r.promotable());
          Role role =
              switch (kind) {
                case START -> promotable ? Role.UNPROMOTED : Role.STARTED;
                case STOP -> Role.STOPPED;
                case PROMOTE -> Role.PROMOTED;
                case DEMOTE -> Role.UNPROMOTED;
                case MONITOR, RELOAD -> truth.getOrDefault(at(resource, node), Role.STOPPED);
              };
          know(resource, node, role);
          if (kind == OperationKind.DEMOTE || kind == OperationKind.STOP) {
            release(resource, node, Holder.Proof.CLEAN_STOP);
          }
        }
      }
    }

    private void know(ResourceId resource, NodeId node, Role role) {
      truth.put(at(resource, node), role);
      scenario.set(resource.name(), node.name(), Scenario.status(role, Certainty.KNOWN));
    }

    private void release(ResourceId resource, NodeId node, Holder.Proof proof) {
      Primacy old = scenario.primacies.get(resource);
      if (old != null && old.heldBy(node, "b1")) {
        Holder released = new Holder.Released(node, "b1", proof, 1, 1);
        scenario.primacies.put(
            resource,
            new Primacy(
                resource,
                old.epoch(),
                released,
                old.promise(),
                old.election(),
                old.switchoverTo()));
      }
    }
  }
}
