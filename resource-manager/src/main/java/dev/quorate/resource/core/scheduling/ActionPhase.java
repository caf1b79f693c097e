package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.Action.FenceAction;
import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Constraint.Colocation;
import dev.quorate.resource.Constraint.Ordering;
import dev.quorate.resource.Election;
import dev.quorate.resource.NodeStatus.Verdict;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.scheduling.ActionPlan.Held;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Instance.Footing;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Makes phase 4 from phase 3: compares what is with what shall be, and lets mandatory constraints
/// take away what cannot be had and add the restarts that they demand.
///
/// It repeats until nothing changes. That ends, for each round only lowers what shall be, bars more
/// or restarts more.
final class ActionPhase {
  private final Eligibility eligibility;
  private final SortedMap<ResourceId, TreeMap<NodeId, Role>> wanted = new TreeMap<>();

  /// Stops and demotes of what would otherwise have stayed.
  private final TreeSet<Action> forced = new TreeSet<>();

  private final SortedMap<Action, Held> barred = new TreeMap<>();
  private List<OperationAction> operations = List.of();

  private ActionPhase(Placement placement) {
    this.eligibility = placement.scores().eligibility();
    placement.assignments().forEach((id, a) -> wanted.put(id, new TreeMap<>(a.roles())));
  }

  static ActionPlan of(Placement placement) {
    ActionPhase phase = new ActionPhase(placement);
    do {
      phase.operations = phase.compare();
    } while (phase.enforce());
    List<Action> actions = new ArrayList<>(phase.operations);
    actions.addAll(phase.fences());
    return new ActionPlan(placement, actions, List.copyOf(phase.barred.values()));
  }

  private List<FenceAction> fences() {
    List<FenceAction> fences = new ArrayList<>();
    for (Standing standing : eligibility.nodes().values()) {
      if (standing.kind() == Standing.Kind.CONDEMNED) {
        eligibility
            .state()
            .node(standing.node())
            .ifPresent(status ->
                fences.add(
                    new FenceAction(
                        standing.node(), status.incarnation().bootId(), reboot(status.verdict()))));
      }
    }
    return fences;
  }

  /// What the operator asked for, else what the cluster's property says.
  private boolean reboot(Verdict verdict) {
    return switch (verdict) {
      case REBOOT -> true;
      case OFF -> false;
      case NONE, FENCE -> eligibility.settings().reboot();
    };
  }

  private List<OperationAction> compare() {
    List<OperationAction> all = new ArrayList<>();
    for (Candidate candidate : eligibility.resources().values()) {
      for (Instance instance : candidate.instances().values()) {
        Standing standing = eligibility.standing(instance.node());
        if (standing.acts() && instance.footing() == Footing.UNKNOWN) {
          all.add(new OperationAction(OperationKind.MONITOR, candidate.id(), instance.node()));
        } else if (standing.acts()
            && !standing.pins()
            && candidate.managed()
            && instance.footing() != Footing.BLOCKED) {
          all.addAll(steps(candidate, instance));
        }
      }
    }
    return all;
  }

  private Role wanted(ResourceId resource, NodeId node) {
    TreeMap<NodeId, Role> roles = wanted.get(resource);
    return roles == null ? Role.STOPPED : roles.getOrDefault(node, Role.STOPPED);
  }

  private static OperationAction act(OperationKind kind, Candidate candidate, Instance instance) {
    return new OperationAction(kind, candidate.id(), instance.node());
  }

  private List<OperationAction> steps(Candidate candidate, Instance instance) {
    List<OperationAction> steps = new ArrayList<>();
    OperationAction stop = act(OperationKind.STOP, candidate, instance);
    OperationAction demote = act(OperationKind.DEMOTE, candidate, instance);
    Role to = wanted(candidate.id(), instance.node());
    Role from = instance.role();
    boolean data = eligibility.hasData(candidate.id());
    boolean failed = instance.footing() == Footing.FAILED;
    boolean stopping = in(instance, OperationKind.STOP);
    if (failed || stopping || forced.contains(stop) || (from.active() && !to.active())) {
      if (from == Role.PROMOTED && !stopping && !(failed && data)) {
        steps.add(demote);
      }
      steps.add(stop);
      from = Role.STOPPED;
    } else if (from == Role.PROMOTED
        && (to != Role.PROMOTED || in(instance, OperationKind.DEMOTE) || forced.contains(demote))) {
      steps.add(demote);
      from = candidate.base();
    }
    if (to.active()) {
      steps.addAll(up(candidate, instance, from, to));
    }
    return steps;
  }

  private List<OperationAction> up(Candidate candidate, Instance instance, Role from, Role to) {
    List<OperationAction> steps = new ArrayList<>();
    if (!from.active() || in(instance, OperationKind.START)) {
      OperationAction start = act(OperationKind.START, candidate, instance);
      if (!eligibility.mayStart()) {
        bar(start, "there is no quorum");
      }
      clashes(candidate, start);
      if (barred.containsKey(start)) {
        return steps;
      }
      steps.add(start);
    }
    if (to == Role.PROMOTED && promotes(candidate, instance, from)) {
      OperationAction promote = act(OperationKind.PROMOTE, candidate, instance);
      if (!eligibility.mayStart()) {
        bar(promote, "there is no quorum");
      }
      clashes(candidate, promote);
      if (!barred.containsKey(promote)) {
        steps.add(promote);
      }
    }
    return steps;
  }

  private static boolean in(Instance instance, OperationKind kind) {
    return instance.flight().filter(kind::equals).isPresent();
  }

  /// Whether a promotion is called for, and allowed where there is data to lose.
  private boolean promotes(Candidate candidate, Instance instance, Role from) {
    Primacy primacy = eligibility.state().primacies().get(candidate.id());
    boolean due = from != Role.PROMOTED || in(instance, OperationKind.PROMOTE);
    if (primacy == null) {
      return due;
    }
    boolean holds =
        eligibility
            .state()
            .node(instance.node())
            .filter(s -> primacy.heldBy(instance.node(), s.incarnation().bootId()))
            .isPresent();
    boolean won =
        primacy.election() instanceof Election.Won w && w.winner().equals(instance.node());
    return due && (holds || won);
  }

  /// What a lost node may hold is not recovered without a proof, and what nobody can ask may be
  /// promoted. A resource with data to lose goes by its grant.
  private void clashes(Candidate candidate, OperationAction action) {
    boolean start = action.kind() == OperationKind.START;
    boolean alone = candidate.definition().form() instanceof Form.Primitive;
    if (eligibility.hasData(candidate.id()) || start != alone) {
      return;
    }
    for (Instance other : candidate.instances().values()) {
      switch (eligibility.standing(other.node()).kind()) {
        case UNCLEAN -> {
          if (other.mayRun()) {
            bar(action, "it may still run on " + other.node() + ", which is lost and not fenced");
          }
        }
        case FROZEN -> {
          if (other.footing() == Footing.UNKNOWN) {
            bar(action, "it may run on " + other.node() + ", whose daemon is away");
          }
        }
        case USABLE, STANDBY, MAINTENANCE, CONDEMNED, ABSENT -> {}
      }
    }
  }

  private boolean bar(OperationAction action, String reason) {
    return barred.putIfAbsent(action, new Held(action, reason)) == null;
  }

  private boolean enforce() {
    boolean changed = false;
    for (Constraint constraint : eligibility.state().configuration().constraints()) {
      changed |=
          switch (constraint) {
            case Ordering ordering -> order(ordering);
            case Colocation colocation -> colocate(colocation);
            case Constraint.Location _ -> false;
          };
    }
    return changed;
  }

  private List<OperationAction> operations(Candidate candidate, OperationKind kind) {
    return operations.stream()
        .filter(a -> a.kind() == kind && a.resource().equals(candidate.id()))
        .toList();
  }

  private boolean does(Candidate candidate, OperationKind kind, NodeId node) {
    return operations.contains(new OperationAction(kind, candidate.id(), node));
  }

  private static boolean up(OperationKind kind) {
    return kind == OperationKind.START || kind == OperationKind.PROMOTE;
  }

  private boolean order(Ordering ordering) {
    Candidate first = eligibility.find(ordering.first()).orElse(null);
    Candidate then = eligibility.find(ordering.then()).orElse(null);
    if (first == null
        || then == null
        || ordering.kind() != Ordering.Kind.MANDATORY
        || !up(ordering.firstAction())
        || !up(ordering.thenAction())
        || satisfied(first, ordering.firstAction())) {
      return false;
    }
    boolean changed = false;
    if (!operations(first, ordering.firstAction()).isEmpty()) {
      return ordering.symmetrical() && restart(then, ordering.thenAction());
    }
    String reason =
        "order "
            + ordering.id()
            + ": "
            + ordering.first()
            + " is not to be "
            + (ordering.firstAction() == OperationKind.START ? "started" : "promoted");
    for (OperationAction action : operations(then, ordering.thenAction())) {
      changed |= bar(action, reason);
    }
    if (ordering.symmetrical() && !unclear(first)) {
      changed |= lower(then, ordering);
    }
    return changed;
  }

  private boolean unclear(Candidate candidate) {
    return candidate.instances().values().stream()
        .anyMatch(i ->
            i.footing() == Footing.UNKNOWN
                && (eligibility.standing(i.node()).acts()
                    || eligibility.standing(i.node()).pins()));
  }

  /// Whether what `first` must have done is done and stays so, or a restart of it is none of the
  /// others' business because another instance serves.
  private boolean satisfied(Candidate first, OperationKind kind) {
    Role role = kind == OperationKind.PROMOTE ? Role.PROMOTED : Role.STARTED;
    return first.instances().values().stream()
        .filter(i -> i.works(role) || leftAlone(first, i, role))
        .filter(i -> covers(wanted(first.id(), i.node()), role))
        .filter(i -> !does(first, OperationKind.STOP, i.node()))
        .anyMatch(i ->
            role == Role.STARTED
                || (!does(first, OperationKind.DEMOTE, i.node())
                    && !does(first, OperationKind.PROMOTE, i.node())));
  }

  /// Whether it is broken and nobody will touch it: then nobody waits for it either.
  private boolean leftAlone(Candidate candidate, Instance instance, Role role) {
    return !touchable(candidate, instance)
        && covers(instance.role(), role)
        && (instance.footing() == Footing.FAILED || instance.footing() == Footing.BLOCKED);
  }

  private static boolean covers(Role have, Role role) {
    return role == Role.STARTED ? have.active() : have == role;
  }

  private boolean touchable(Candidate candidate, Instance instance) {
    Standing standing = eligibility.standing(instance.node());
    return candidate.managed()
        && standing.acts()
        && !standing.pins()
        && instance.footing() != Footing.BLOCKED
        && instance.footing() != Footing.UNKNOWN;
  }

  private boolean restart(Candidate then, OperationKind kind) {
    Role role = kind == OperationKind.PROMOTE ? Role.PROMOTED : Role.STARTED;
    OperationKind down = kind == OperationKind.PROMOTE ? OperationKind.DEMOTE : OperationKind.STOP;
    boolean changed = false;
    for (Instance instance : then.instances().values()) {
      if (touchable(then, instance)
          && covers(instance.role(), role)
          && covers(wanted(then.id(), instance.node()), role)) {
        changed |= forced.add(act(down, then, instance));
      }
    }
    return changed;
  }

  private boolean lower(Candidate then, Ordering ordering) {
    boolean changed = false;
    TreeMap<NodeId, Role> roles = wanted.getOrDefault(then.id(), new TreeMap<>());
    for (Instance instance : then.instances().values()) {
      Role role = roles.getOrDefault(instance.node(), Role.STOPPED);
      if (!touchable(then, instance) || !instance.role().active()) {
        continue;
      }
      if (ordering.thenAction() == OperationKind.START && role.active()) {
        roles.remove(instance.node());
        changed = true;
      } else if (ordering.thenAction() == OperationKind.PROMOTE && role == Role.PROMOTED) {
        roles.put(instance.node(), then.base());
        changed = true;
      }
    }
    return changed;
  }

  /// What must be with something that will not be there does not come up.
  private boolean colocate(Colocation colocation) {
    Candidate primary = eligibility.find(colocation.with()).orElse(null);
    Candidate dependent = eligibility.find(colocation.resource()).orElse(null);
    if (primary == null || dependent == null || colocation.score().value() < Score.INFINITY) {
      return false;
    }
    OperationKind kind =
        colocation.role() == Role.PROMOTED ? OperationKind.PROMOTE : OperationKind.START;
    Role role = colocation.withRole();
    OperationKind rise = role == Role.PROMOTED ? OperationKind.PROMOTE : OperationKind.START;
    boolean changed = false;
    for (OperationAction action : operations(dependent, kind)) {
      NodeId node = action.node();
      boolean there =
          covers(wanted(primary.id(), node), role)
              && (primary.instance(node).works(role)
                  || does(primary, rise, node)
                  || does(primary, OperationKind.DEMOTE, node));
      if (!there) {
        changed |=
            bar(
                action,
                "colocation " + colocation.id() + ": " + colocation.with() + " is not to be there");
      }
    }
    return changed;
  }
}
