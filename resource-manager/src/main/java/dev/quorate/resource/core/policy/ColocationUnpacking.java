package dev.quorate.resource.core.policy;

import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Turns colocation constraints into pairs of a dependent and a primary.
final class ColocationUnpacking {
  /// The order in which a dependent's primaries are looked at.
  static final Comparator<Colocation> BY_PRIMARY =
      Comparator.<Colocation, Resource>comparing(Colocation::primary, ColocationUnpacking::compare)
          .thenComparing(c -> c.primary().id);

  /// The order in which a primary's dependents are.
  static final Comparator<Colocation> BY_DEPENDENT =
      Comparator.<Colocation, Resource>comparing(
              Colocation::dependent, ColocationUnpacking::compare)
          .thenComparing(c -> c.dependent().id);

  private final Model model;

  ColocationUnpacking(Model model) {
    this.model = model;
  }

  private static int compare(Resource a, Resource b) {
    if (a.priority != b.priority) {
      return Integer.compare(b.priority, a.priority);
    }
    if (a.kind != b.kind) {
      return b.kind.compareTo(a.kind);
    }
    return a.isClone() ? Boolean.compare(b.promotable, a.promotable) : 0;
  }

  void unpack(ConstraintElement.Colocation element) {
    if (!element.sets().isEmpty()) {
      sets(element);
      return;
    }
    if (element.score() == 0) {
      return;
    }
    boolean manyDependents = Names.isSet(model, element.dependent());
    boolean manyPrimaries = Names.isSet(model, element.primary());
    List<Resource> dependents = Names.resources(model, element.id(), List.of(element.dependent()));
    List<Resource> primaries = Names.resources(model, element.id(), List.of(element.primary()));
    if (manyDependents && manyPrimaries) {
      model.warnings.add(
          "constraint " + element.id() + " is ignored: only one side may be a tag or template");
      return;
    }
    for (Resource dependent : dependents) {
      for (Resource primary : primaries) {
        add(
            element,
            element.id(),
            dependent,
            Names.role(element.dependentRole()),
            primary,
            Names.role(element.primaryRole()),
            element.score());
      }
    }
  }

  private void sets(ConstraintElement.Colocation element) {
    ResourceSet last = null;
    for (ResourceSet set : element.sets()) {
      inside(element, set);
      if (last != null && element.score() != 0) {
        between(element, last, set);
      }
      last = set;
    }
  }

  private void inside(ConstraintElement.Colocation element, ResourceSet set) {
    int score = set.score().orElse(element.score());
    if (score == 0 || !set.sequential().orElse(true)) {
      return;
    }
    RoleLevel role = Names.role(set.role());
    List<Resource> members = Names.resources(model, element.id(), set.resources());
    if (score > 0) {
      boolean listed = set.ordering().equals("listed");
      for (int i = 1; i < members.size(); i++) {
        Resource earlier = members.get(i - 1);
        Resource later = members.get(i);
        add(
            element,
            set.id(),
            listed ? earlier : later,
            role,
            listed ? later : earlier,
            role,
            score);
      }
    } else {
      for (int i = 0; i < members.size(); i++) {
        for (int j = 0; j < i; j++) {
          add(element, set.id(), members.get(i), role, members.get(j), role, score);
        }
      }
    }
  }

  private void between(
      ConstraintElement.Colocation element, ResourceSet dependents, ResourceSet primaries) {
    List<Resource> firsts =
        representatives(
            dependents, Names.resources(model, element.id(), dependents.resources()), true);
    List<Resource> seconds =
        representatives(
            primaries, Names.resources(model, element.id(), primaries.resources()), false);
    for (Resource dependent : firsts) {
      for (Resource primary : seconds) {
        add(
            element,
            element.id(),
            dependent,
            Names.role(dependents.role()),
            primary,
            Names.role(primaries.role()),
            element.score());
      }
    }
  }

  private static List<Resource> representatives(
      ResourceSet set, List<Resource> members, boolean first) {
    if (!set.sequential().orElse(true) || members.isEmpty()) {
      return members;
    }
    return List.of(first ? members.getFirst() : members.getLast());
  }

  private void add(
      ConstraintElement.Colocation element,
      String id,
      Resource dependent,
      RoleLevel dependentRole,
      Resource primary,
      RoleLevel primaryRole,
      int score) {
    if (dependent == primary) {
      return;
    }
    add(
        new Colocation(
            id,
            dependent,
            dependentRole,
            primary,
            primaryRole,
            score,
            element.nodeAttribute().isEmpty() ? "#uname" : element.nodeAttribute(),
            element.influence().orElse(dependent.critical),
            true));
  }

  void add(Colocation colocation) {
    model.colocations.add(colocation);
    insert(colocation.dependent().thisWith, colocation, BY_PRIMARY);
    insert(colocation.primary().withThis, colocation, BY_DEPENDENT);
    if (colocation.score() <= -Scores.INFINITY) {
      apart(
          colocation.dependent(),
          colocation.dependentRole(),
          colocation.primary(),
          colocation.primaryRole());
      apart(
          colocation.primary(),
          colocation.primaryRole(),
          colocation.dependent(),
          colocation.dependentRole());
    }
  }

  static void insert(List<Colocation> list, Colocation colocation, Comparator<Colocation> order) {
    int low = 0;
    int high = list.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (order.compare(colocation, list.get(middle)) <= 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    list.add(low, colocation);
  }

  /// Of two that must not meet, one leaves before the other comes.
  private void apart(Resource first, RoleLevel lost, Resource then, RoleLevel gained) {
    List<Task> losing = new ArrayList<>();
    if (lost == RoleLevel.PROMOTED) {
      losing.add(Task.DEMOTE);
    } else {
      losing.add(Task.STOP);
      if (lost == RoleLevel.UNPROMOTED) {
        losing.add(Task.PROMOTE);
      }
    }
    List<Task> gaining = new ArrayList<>();
    if (gained == RoleLevel.PROMOTED) {
      gaining.add(Task.PROMOTE);
    } else {
      gaining.add(Task.START);
      if (gained == RoleLevel.UNPROMOTED) {
        gaining.add(Task.DEMOTE);
      }
    }
    for (Task before : losing) {
      for (Task after : gaining) {
        model.order(first, before, then, after, Relation.IF_REQUIRED_ON_SAME_NODE);
      }
    }
  }
}
