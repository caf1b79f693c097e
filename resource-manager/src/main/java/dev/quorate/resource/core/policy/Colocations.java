package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which colocations count for a resource: its own, and what it has from what it is in.
///
/// Of a group that is together, the first member bears what the group depends on, and the last what
/// depends on the group: the members between follow from the group's own bonds.
final class Colocations {
  private Colocations() {}

  /// Where the resource is the dependent, in the order in which the primaries are looked at.
  static List<Colocation> thisWith(Resource resource) {
    List<Colocation> list = new ArrayList<>();
    collectThisWith(resource, resource, list);
    list.sort(ColocationUnpacking.BY_PRIMARY);
    return list;
  }

  /// Where the resource is the primary, in the order in which the dependents are looked at.
  static List<Colocation> withThis(Resource resource) {
    List<Colocation> list = new ArrayList<>();
    collectWithThis(resource, resource, list);
    list.sort(ColocationUnpacking.BY_DEPENDENT);
    return list;
  }

  private static void add(
      List<Colocation> list, List<Colocation> more, Comparator<Colocation> order) {
    if (more.isEmpty()) {
      return;
    }
    if (list.isEmpty()) {
      list.addAll(more);
      return;
    }
    for (Colocation colocation : more) {
      ColocationUnpacking.insert(list, colocation, order);
    }
  }

  private static void collectThisWith(Resource resource, Resource origin, List<Colocation> list) {
    Comparator<Colocation> order = ColocationUnpacking.BY_PRIMARY;
    switch (resource.kind) {
      case PRIMITIVE -> {
        if (resource == origin) {
          add(list, resource.thisWith, order);
          if (resource.parent != null) {
            collectThisWith(resource.parent, origin, list);
          }
        } else {
          add(list, explicit(resource.thisWith), order);
        }
      }
      case GROUP -> groupThisWith(resource, origin, list);
      case CLONE, BUNDLE -> {
        if (resource == origin || origin.within(resource)) {
          add(list, resource.thisWith, order);
          if (resource.parent != null) {
            collectThisWith(resource.parent, origin, list);
          }
        }
      }
    }
  }

  private static void groupThisWith(Resource group, Resource origin, List<Colocation> list) {
    if (group.children.isEmpty()) {
      return;
    }
    if (origin == group || origin == group.children.getFirst()) {
      add(list, group.thisWith, ColocationUnpacking.BY_PRIMARY);
      if (group.parent != null) {
        collectThisWith(group.parent, origin, list);
      }
      for (Resource member : group.children) {
        if (member != origin) {
          collectThisWith(member, origin, list);
        }
      }
      return;
    }
    for (Resource member : group.children) {
      if (member == origin) {
        return;
      }
      if (!member.managed) {
        for (Colocation colocation : group.thisWith) {
          if (colocation.score() >= Scores.INFINITY) {
            add(list, List.of(colocation), ColocationUnpacking.BY_PRIMARY);
          }
        }
        return;
      }
    }
  }

  private static void collectWithThis(Resource resource, Resource origin, List<Colocation> list) {
    Comparator<Colocation> order = ColocationUnpacking.BY_DEPENDENT;
    switch (resource.kind) {
      case PRIMITIVE -> {
        if (resource == origin) {
          add(list, resource.withThis, order);
          if (resource.parent != null) {
            collectWithThis(resource.parent, origin, list);
          }
        } else {
          add(list, explicit(resource.withThis), order);
        }
      }
      case GROUP -> {
        if (!resource.children.isEmpty()
            && (origin == resource || origin == resource.children.getLast())) {
          add(list, resource.withThis, order);
          if (resource.parent != null) {
            collectWithThis(resource.parent, origin, list);
          }
          for (Resource member : resource.children) {
            if (member != origin) {
              collectWithThis(member, origin, list);
            }
          }
        }
      }
      case CLONE, BUNDLE -> {
        if (resource == origin || origin.within(resource)) {
          add(list, resource.withThis, order);
          if (resource.parent != null) {
            collectWithThis(resource.parent, origin, list);
          }
        }
      }
    }
  }

  private static List<Colocation> explicit(List<Colocation> colocations) {
    return colocations.stream().filter(Colocation::explicit).toList();
  }
}
