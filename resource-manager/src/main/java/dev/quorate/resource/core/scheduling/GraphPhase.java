package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.Action.FenceAction;
import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Constraint.Colocation;
import dev.quorate.resource.Constraint.Ordering;
import dev.quorate.resource.Holder;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Instance.Footing;
import dev.quorate.resource.core.transition.Edge;
import dev.quorate.resource.core.transition.TransitionGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Makes the graph from phase 4: which action waits for which.
///
/// Rules of safety come first. An edge of a constraint that would close a circle is left out.
final class GraphPhase {
  private static final List<OperationKind> SEQUENCE =
      List.of(OperationKind.DEMOTE, OperationKind.STOP, OperationKind.START, OperationKind.PROMOTE);

  private final ActionPlan plan;
  private final Eligibility eligibility;
  private final TreeSet<Edge> edges = new TreeSet<>();

  private GraphPhase(ActionPlan plan) {
    this.plan = plan;
    this.eligibility = plan.placement().scores().eligibility();
  }

  static TransitionGraph of(ActionPlan plan) {
    GraphPhase phase = new GraphPhase(plan);
    for (Candidate candidate : phase.eligibility.resources().values()) {
      phase.within(candidate);
      phase.afterFencing(candidate);
    }
    phase.fencesInTurn();
    for (Constraint constraint : phase.eligibility.state().configuration().constraints()) {
      switch (constraint) {
        case Ordering ordering -> phase.order(ordering);
        case Colocation colocation -> phase.apart(colocation);
        case Constraint.Location _ -> {}
      }
    }
    return new TransitionGraph(plan.actions(), List.copyOf(phase.edges));
  }

  private List<OperationAction> operations(Candidate candidate, OperationKind kind) {
    return plan.operations(candidate.id(), kind);
  }

  private void add(Action before, Action after, String reason) {
    edges.add(new Edge(before, after, reason));
  }

  private void within(Candidate candidate) {
    List<OperationAction> probes = operations(candidate, OperationKind.MONITOR);
    List<OperationAction> stops = operations(candidate, OperationKind.STOP);
    List<OperationAction> demotes = operations(candidate, OperationKind.DEMOTE);
    List<OperationAction> starts = operations(candidate, OperationKind.START);
    List<OperationAction> promotes = operations(candidate, OperationKind.PROMOTE);
    for (NodeId node : candidate.instances().keySet()) {
      Optional<OperationAction> last = Optional.empty();
      for (OperationKind kind : SEQUENCE) {
        OperationAction next = new OperationAction(kind, candidate.id(), node);
        if (plan.actions().contains(next)) {
          last.ifPresent(before -> add(before, next, "same instance"));
          last = Optional.of(next);
        }
      }
    }
    probes.forEach(p -> starts.forEach(s -> add(p, s, "probe first")));
    probes.forEach(p -> promotes.forEach(s -> add(p, s, "probe first")));
    if (candidate.definition().form() instanceof Form.Primitive) {
      stops.forEach(stop -> starts.forEach(start -> add(stop, start, "one instance")));
      return;
    }
    for (OperationAction demote : demotes) {
      promotes.forEach(promote -> add(demote, promote, "one promoted"));
      stops.stream()
          .filter(s -> candidate.instance(s.node()).footing() != Footing.FAILED)
          .forEach(stop -> add(demote, stop, "the promoted one first"));
    }
    stops.stream()
        .filter(s -> candidate.instance(s.node()).role() == Role.PROMOTED)
        .forEach(stop -> promotes.forEach(promote -> add(stop, promote, "one promoted")));
  }

  private void afterFencing(Candidate candidate) {
    for (FenceAction fence : plan.fences()) {
      for (OperationKind kind : List.of(OperationKind.START, OperationKind.PROMOTE)) {
        for (OperationAction action : operations(candidate, kind)) {
          if (mayClash(candidate, fence.node(), action)) {
            add(fence, action, "fencing first");
          }
        }
      }
    }
  }

  /// Whether something on the lost node may be in the way of an action elsewhere.
  private boolean mayClash(Candidate candidate, NodeId lost, OperationAction action) {
    Instance there = candidate.instance(lost);
    boolean promotes = action.kind() == OperationKind.PROMOTE;
    Primacy primacy = eligibility.state().primacies().get(candidate.id());
    if (primacy != null) {
      boolean heldThere = primacy.holder() instanceof Holder.Held(var node, _) && node.equals(lost);
      boolean heldHere =
          primacy.holder() instanceof Holder.Held(var node, _) && node.equals(action.node());
      return promotes && (heldThere || (there.role() == Role.PROMOTED && !heldHere));
    }
    return switch (candidate.definition().form()) {
      case Form.Primitive() -> there.mayRun();
      case Form.Promotable(_, var cloneMax, _, _) -> there.mayRun() && (promotes || cloneMax > 0);
    };
  }

  /// At most a minority is fenced at once, holders of a grant first.
  private void fencesInTurn() {
    int atOnce = Math.max(1, (eligibility.nodes().size() - 1) / 2);
    List<FenceAction> turn = new ArrayList<>(plan.fences());
    turn.sort(
        Comparator.<FenceAction>comparingInt(
                f -> eligibility.state().inFlight(f).isPresent() ? 0 : 1)
            .thenComparingInt(f -> holdsGrant(f.node()) ? 0 : 1)
            .thenComparing(Comparator.naturalOrder()));
    for (int i = atOnce; i < turn.size(); i++) {
      add(turn.get(i - atOnce), turn.get(i), "at most a minority at once");
    }
  }

  private boolean holdsGrant(NodeId node) {
    return eligibility.state().primacies().values().stream()
        .anyMatch(p -> p.holder() instanceof Holder.Held(var holder, _) && holder.equals(node));
  }

  /// Adds the edge of a constraint, unless it would close a circle.
  private void wish(Action before, Action after, String reason) {
    if (!before.equals(after) && !TransitionGraph.reaches(edges, after, before)) {
      add(before, after, reason);
    }
  }

  private void order(Ordering ordering) {
    Candidate first = eligibility.find(ordering.first()).orElse(null);
    Candidate then = eligibility.find(ordering.then()).orElse(null);
    if (first == null || then == null) {
      return;
    }
    String reason = "order " + ordering.id();
    List<OperationAction> befores = operations(first, ordering.firstAction());
    List<OperationAction> afters = operations(then, ordering.thenAction());
    befores.forEach(b -> afters.forEach(a -> wish(b, a, reason)));
    if (!ordering.symmetrical()) {
      return;
    }
    Optional<OperationKind> undoFirst = Constraint.inverse(ordering.firstAction());
    Optional<OperationKind> undoThen = Constraint.inverse(ordering.thenAction());
    if (undoFirst.isEmpty() || undoThen.isEmpty()) {
      return;
    }
    List<OperationAction> undone = undoing(then, undoThen.get());
    for (OperationAction before : undone) {
      undoing(first, undoFirst.get()).forEach(after -> wish(before, after, reason));
      // What is restarted for the sake of `first` is down before `first` comes up.
      boolean restarts = afters.stream().anyMatch(a -> a.node().equals(before.node()));
      if (restarts && ordering.kind() == Ordering.Kind.MANDATORY) {
        befores.forEach(after -> wish(before, after, reason));
      }
    }
  }

  /// The actions that undo: a stop also demotes what is promoted and not demoted before.
  private List<OperationAction> undoing(Candidate candidate, OperationKind kind) {
    List<OperationAction> undoing = new ArrayList<>(operations(candidate, kind));
    if (kind == OperationKind.DEMOTE) {
      operations(candidate, OperationKind.STOP).stream()
          .filter(s -> candidate.instance(s.node()).role() == Role.PROMOTED)
          .forEach(undoing::add);
    }
    return undoing;
  }

  /// What must not be together on a node leaves before the other comes.
  private void apart(Colocation colocation) {
    Candidate one = eligibility.find(colocation.resource()).orElse(null);
    Candidate other = eligibility.find(colocation.with()).orElse(null);
    if (one == null || other == null || colocation.score().value() > -Score.INFINITY) {
      return;
    }
    String reason = "colocation " + colocation.id();
    leave(one, colocation.role(), other, colocation.withRole(), reason);
    leave(other, colocation.withRole(), one, colocation.role(), reason);
  }

  private void leave(Candidate from, Role lost, Candidate to, Role gained, String reason) {
    OperationKind down = lost == Role.PROMOTED ? OperationKind.DEMOTE : OperationKind.STOP;
    OperationKind up = gained == Role.PROMOTED ? OperationKind.PROMOTE : OperationKind.START;
    for (OperationAction before : undoing(from, down)) {
      operations(to, up).stream()
          .filter(after -> after.node().equals(before.node()))
          .forEach(after -> wish(before, after, reason));
    }
  }
}
