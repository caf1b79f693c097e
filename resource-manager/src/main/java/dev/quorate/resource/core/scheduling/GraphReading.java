package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.Action.FenceAction;
import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.NodeStatus.Verdict;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.scheduling.ActionPlan.Held;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Instance.Footing;
import dev.quorate.resource.core.transition.Edge;
import dev.quorate.resource.core.transition.TransitionGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads out of a decision what is to be done on the live cluster, and in which order.
///
/// What the cluster adds to the decision: an instance that nobody knows is probed; of a resource
/// with data to lose nothing is promoted that neither holds the grant nor won the election, and
/// nothing before the last holder's node is fenced; a failed instance of it is not asked to demote;
/// at most a minority is fenced at once. A step that cannot be taken holds back all that wait for
/// it.
final class GraphReading {
  private final Eligibility eligibility;
  private final Decision decision;
  private final List<Optional<Action>> actions = new ArrayList<>();
  private final List<List<Integer>> inputs = new ArrayList<>();
  private final SortedMap<Action, Held> held = new TreeMap<>();
  private final TreeSet<Action> taken = new TreeSet<>();
  private final TreeSet<Edge> edges = new TreeSet<>();

  private GraphReading(Eligibility eligibility, Decision decision) {
    this.eligibility = eligibility;
    this.decision = decision;
  }

  /// Both of the last two phases.
  record Read(ActionPlan actions, TransitionGraph graph) {}

  static Read of(Eligibility eligibility, Decision decision, Placement placement) {
    GraphReading reading = new GraphReading(eligibility, decision);
    reading.steps();
    reading.take();
    reading.order();
    reading.probes();
    reading.fencesBeforePromotions();
    reading.fencesInTurn();
    for (Decision.Held each : decision.held()) {
      reading.action(each.step()).ifPresent(a -> reading.hold(a, each.reason()));
    }
    HeldReasons reasons = new HeldReasons(eligibility, placement);
    reading.held.replaceAll((_, each) -> reasons.better(each));
    return new Read(
        new ActionPlan(placement, List.copyOf(reading.taken), List.copyOf(reading.held.values())),
        new TransitionGraph(List.copyOf(reading.taken), reading.withoutCircles()));
  }

  private void steps() {
    for (Decision.Step step : decision.steps()) {
      actions.add(action(step).filter(a -> !absorbed(a)));
      inputs.add(new ArrayList<>());
    }
    for (Decision.Edge edge : decision.edges()) {
      inputs.get(edge.then()).add(edge.first());
    }
  }

  private Optional<Action> action(Decision.Step step) {
    Optional<OperationKind> kind =
        switch (step.kind()) {
          case "start" -> Optional.of(OperationKind.START);
          case "stop" -> Optional.of(OperationKind.STOP);
          case "promote" -> Optional.of(OperationKind.PROMOTE);
          case "demote" -> Optional.of(OperationKind.DEMOTE);
          case "probe" -> Optional.of(OperationKind.MONITOR);
          default -> Optional.empty();
        };
    if (kind.isPresent()) {
      return Optional.of(
          new OperationAction(
              kind.get(), new ResourceId(step.resource()), new NodeId(step.node())));
    }
    return step.kind().equals("fence") ? fence(new NodeId(step.node())) : Optional.empty();
  }

  private Optional<Action> fence(NodeId node) {
    return eligibility
        .state()
        .node(node)
        .map(status ->
            new FenceAction(node, status.incarnation().bootId(), reboot(status.verdict())));
  }

  /// What the operator asked for, else what the cluster's property says.
  private boolean reboot(Verdict verdict) {
    return switch (verdict) {
      case REBOOT -> true;
      case OFF -> false;
      case NONE, FENCE -> eligibility.settings().reboot();
    };
  }

  /// Whether an action is as good as done: a failed instance with data is stopped, not demoted.
  private boolean absorbed(Action action) {
    if (!(action instanceof OperationAction(var kind, var resource, var node))
        || kind != OperationKind.DEMOTE
        || !eligibility.hasData(resource)) {
      return false;
    }
    Candidate candidate = eligibility.resources().get(resource);
    if (candidate == null) {
      return false;
    }
    Instance instance = candidate.instance(node);
    boolean stopping =
        instance.footing() == Footing.PENDING
            && instance.flight().filter(f -> f == OperationKind.STOP).isPresent();
    return instance.footing() == Footing.FAILED || stopping;
  }

  /// Takes the actions that can be taken, in the order of the decision.
  private void take() {
    int[] state = new int[actions.size()];
    for (int i = 0; i < actions.size(); i++) {
      reachable(i, state);
    }
  }

  /// Whether a step and all that it waits for can be done.
  ///
  /// @param state 0 not looked at yet, 1 can be done, 2 cannot
  private boolean reachable(int step, int[] state) {
    if (state[step] != 0) {
      return state[step] == 1;
    }
    state[step] = 1;
    Optional<String> obstacle = actions.get(step).flatMap(this::obstacle);
    for (int input : inputs.get(step)) {
      if (!reachable(input, state) && obstacle.isEmpty()) {
        obstacle = Optional.of("what it waits for cannot be done now");
      }
    }
    if (obstacle.isPresent()) {
      state[step] = 2;
      String why = obstacle.get();
      actions.get(step).ifPresent(a -> hold(a, why));
      return false;
    }
    actions.get(step).ifPresent(taken::add);
    return true;
  }

  private void hold(Action action, String reason) {
    if (action instanceof OperationAction operation) {
      held.putIfAbsent(operation, new Held(operation, reason));
    }
  }

  private Optional<String> obstacle(Action action) {
    Standing standing = eligibility.standing(action.node());
    return switch (action) {
      case FenceAction _ ->
          standing.kind() == Standing.Kind.CONDEMNED
              ? Optional.empty()
              : Optional.of(standing.node() + " " + standing.reason());
      case OperationAction(var kind, var resource, var node) -> {
        if (!standing.acts()) {
          yield Optional.of(node + " " + standing.reason());
        }
        Candidate candidate = eligibility.resources().get(resource);
        if (kind != OperationKind.MONITOR
            && candidate != null
            && candidate.instance(node).footing() == Footing.UNKNOWN
            && candidate.instance(node).role().active()) {
          yield Optional.of("what it is on " + node + " is not known: it is probed first");
        }
        if (kind == OperationKind.PROMOTE && !mayPromote(resource, node)) {
          yield Optional.of("it neither holds the grant nor won the election");
        }
        boolean up = kind == OperationKind.START || kind == OperationKind.PROMOTE;
        yield up && !eligibility.mayStart() ? Optional.of("there is no quorum") : Optional.empty();
      }
    };
  }

  private boolean mayPromote(ResourceId resource, NodeId node) {
    Primacy primacy = eligibility.state().primacies().get(resource);
    if (primacy == null) {
      return true;
    }
    boolean holds =
        eligibility
            .state()
            .node(node)
            .filter(s -> primacy.heldBy(node, s.incarnation().bootId()))
            .isPresent();
    return holds || (primacy.election() instanceof Election.Won won && won.winner().equals(node));
  }

  private void order() {
    for (int i = 0; i < actions.size(); i++) {
      Optional<Action> after = actions.get(i).filter(taken::contains);
      if (after.isPresent()) {
        TreeSet<Action> before = new TreeSet<>();
        collect(i, before, new boolean[actions.size()]);
        for (Action each : before) {
          if (taken.contains(each) && !each.equals(after.get())) {
            edges.add(new Edge(each, after.get(), reason(each, after.get())));
          }
        }
      }
    }
  }

  /// The nearest actions before a step, through those that are none.
  private void collect(int step, Set<Action> before, boolean[] seen) {
    for (int input : inputs.get(step)) {
      if (seen[input]) {
        continue;
      }
      seen[input] = true;
      if (actions.get(input).isPresent()) {
        before.add(actions.get(input).get());
      } else {
        collect(input, before, seen);
      }
    }
  }

  /// The edges but for those that would close a circle, as constraints may ask for.
  private List<Edge> withoutCircles() {
    List<Edge> kept = new ArrayList<>();
    for (Edge edge : edges) {
      if (!TransitionGraph.reaches(kept, edge.after(), edge.before())) {
        kept.add(edge);
      }
    }
    return kept;
  }

  private String reason(Action before, Action after) {
    if (before instanceof FenceAction) {
      return "fencing first";
    }
    if (!(before instanceof OperationAction(_, var one, _))
        || !(after instanceof OperationAction(_, var other, _))) {
      return "in turn";
    }
    if (one.equals(other)) {
      return "same resource";
    }
    for (Constraint constraint : eligibility.state().configuration().constraints()) {
      switch (constraint) {
        case Constraint.Ordering o -> {
          if (connects(o.first(), o.then(), one, other)) {
            return "order " + o.id();
          }
        }
        case Constraint.Colocation c -> {
          if (connects(c.resource(), c.with(), one, other)) {
            return "colocation " + c.id();
          }
        }
        case Constraint.Location _, Constraint.Written _ -> {}
      }
    }
    return eligibility
        .state()
        .configuration()
        .groupOf(one)
        .filter(g -> g.members().contains(other))
        .map(g -> "group " + g.id())
        .orElse("follows from the constraints");
  }

  private boolean connects(ResourceId a, ResourceId b, ResourceId one, ResourceId other) {
    return (covers(a, one) && covers(b, other)) || (covers(a, other) && covers(b, one));
  }

  private boolean covers(ResourceId name, ResourceId resource) {
    Candidate candidate = eligibility.resources().get(resource);
    return candidate != null
        && eligibility.state().configuration().covers(name, candidate.definition());
  }

  /// What nobody knows is found out.
  private void probes() {
    for (Candidate candidate : eligibility.resources().values()) {
      for (Instance instance : candidate.instances().values()) {
        if (instance.footing() == Footing.UNKNOWN && eligibility.standing(instance.node()).acts()) {
          taken.add(new OperationAction(OperationKind.MONITOR, candidate.id(), instance.node()));
        }
      }
    }
  }

  /// Nothing is promoted before the node of the one who may still be promoted is fenced.
  private void fencesBeforePromotions() {
    for (FenceAction fence : fences()) {
      for (Action action : List.copyOf(taken)) {
        if (action instanceof OperationAction(var kind, var resource, var node)
            && kind == OperationKind.PROMOTE
            && mayStillBePromoted(resource, fence.node(), node)) {
          edges.add(new Edge(fence, action, "fencing first"));
        }
      }
    }
  }

  private boolean mayStillBePromoted(ResourceId resource, NodeId lost, NodeId here) {
    Primacy primacy = eligibility.state().primacies().get(resource);
    Candidate candidate = eligibility.resources().get(resource);
    if (primacy == null || candidate == null) {
      return false;
    }
    boolean heldThere = primacy.holder() instanceof Holder.Held(var node, _) && node.equals(lost);
    boolean heldHere = primacy.holder() instanceof Holder.Held(var node, _) && node.equals(here);
    return heldThere || (candidate.instance(lost).role() == Role.PROMOTED && !heldHere);
  }

  private List<FenceAction> fences() {
    return taken.stream()
        .filter(FenceAction.class::isInstance)
        .map(FenceAction.class::cast)
        .toList();
  }

  /// At most a minority is fenced at once, holders of a grant first.
  private void fencesInTurn() {
    int atOnce = Math.max(1, (eligibility.nodes().size() - 1) / 2);
    List<FenceAction> turn = new ArrayList<>(fences());
    turn.sort(
        Comparator.<FenceAction>comparingInt(
                f -> eligibility.state().inFlight(f).isPresent() ? 0 : 1)
            .thenComparingInt(f -> holdsGrant(f.node()) ? 0 : 1)
            .thenComparing(Comparator.naturalOrder()));
    for (int i = atOnce; i < turn.size(); i++) {
      edges.add(new Edge(turn.get(i - atOnce), turn.get(i), "at most a minority at once"));
    }
  }

  private boolean holdsGrant(NodeId node) {
    return eligibility.state().primacies().values().stream()
        .anyMatch(p -> p.holder() instanceof Holder.Held(var holder, _) && holder.equals(node));
  }
}
