package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the names in constraints stand for.
final class Names {
  private Names() {}

  /// The resource of a name; an instance's name stands for its clone.
  static @Nullable Resource find(Model model, String name) {
    Resource resource = model.resourcesById.get(name);
    if (resource != null) {
      return resource;
    }
    Resource first = model.resourcesById.get(name + ":0");
    return first == null ? null : first.top();
  }

  /// The ids that a name stands for: its own, or those of a tag or template.
  static List<String> expand(Model model, String name) {
    if (find(model, name) != null) {
      return List.of(name);
    }
    List<String> members = model.sets.get(name);
    if (members == null) {
      return List.of(name);
    }
    List<String> all = new ArrayList<>();
    for (String member : members) {
      if (find(model, member) != null) {
        all.add(member);
      } else if (model.sets.containsKey(member) && !member.equals(name)) {
        all.addAll(model.sets.getOrDefault(member, List.of()));
      }
    }
    return all;
  }

  /// The resources of all names, with a warning for each that stands for nothing.
  static List<Resource> resources(Model model, String constraint, List<String> names) {
    List<Resource> found = new ArrayList<>();
    for (String name : names) {
      for (String member : expand(model, name)) {
        Resource resource = find(model, member);
        if (resource == null) {
          model.warnings.add(
              "constraint " + constraint + " is ignored: there is no resource " + member);
        } else {
          found.add(resource);
        }
      }
    }
    return found;
  }

  static boolean isSet(Model model, String name) {
    return find(model, name) == null && model.sets.containsKey(name);
  }

  /// A role of a constraint, where being started is any role.
  static RoleLevel role(java.util.Optional<dev.quorate.resource.Role> role) {
    RoleLevel level = role.map(RoleLevel::of).orElse(RoleLevel.UNKNOWN);
    return level == RoleLevel.STARTED ? RoleLevel.UNKNOWN : level;
  }
}
