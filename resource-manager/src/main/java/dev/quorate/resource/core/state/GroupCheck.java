package dev.quorate.resource.core.state;

import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import java.util.Optional;
import java.util.TreeSet;

/// What must hold of groups: a member is a plain primitive, has no data to lose, and is in one
/// group only.
final class GroupCheck {
  private GroupCheck() {}

  static void check(ClusterConfiguration configuration, ConfigurationProblems problems) {
    TreeSet<ResourceId> members = new TreeSet<>();
    for (GroupDefinition group : configuration.groups()) {
      if (group.members().isEmpty()) {
        problems.add(
            "HA-CONF-066", "group %s has no members".formatted(group.id()), "name at least one");
      }
      if (group.form() instanceof Form.Promotable) {
        problems.add(
            "HA-CONF-061",
            "group %s cannot be promoted".formatted(group.id()),
            "make a promotable clone of a single resource");
      }
      for (ResourceId member : group.members()) {
        if (!members.add(member)) {
          problems.add(
              "HA-CONF-062",
              "%s is a member of a group more than once".formatted(member),
              "take it out of one with 'hactl resource group remove'");
        }
        member(configuration, group, member, problems);
      }
    }
  }

  private static void member(
      ClusterConfiguration configuration,
      GroupDefinition group,
      ResourceId member,
      ConfigurationProblems problems) {
    Optional<ResourceDefinition> resource =
        configuration.resources().stream().filter(r -> r.id().equals(member)).findFirst();
    if (resource.isEmpty()) {
      problems.add(
          "HA-CONF-063",
          "group %s: there is no resource %s".formatted(group.id(), member),
          "create it first");
    } else if (resource.get().form().cloned()) {
      problems.add(
          "HA-CONF-064",
          "group %s: %s is a clone, which cannot be a member".formatted(group.id(), member),
          "place the group with %s by constraints".formatted(resource.get().publicId()));
    } else if (resource
        .get()
        .metaAttribute(Primacy.HOLDS_DATA)
        .filter("true"::equals)
        .isPresent()) {
      problems.add(
          "HA-CONF-065",
          "group %s: %s holds data and must be promotable, which a member cannot be"
              .formatted(group.id(), member),
          "make it promotable, and place the group with it by constraints");
    }
  }
}
