package dev.quorate.daemon.cli;

import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// `resource group …` and `resource ungroup`.
final class GroupCommands {
  private GroupCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
                "resource group add",
                "GROUP RESOURCE… [--before RESOURCE | --after RESOURCE]",
                "Puts resources into a group, in this order: they are on one node together, start in"
                    + " their order and stop in the reverse one. Makes the group if there is none.",
                GroupCommands::add)
            .with(Options.BEFORE, Options.AFTER),
        Command.of(
            "resource group remove",
            "GROUP [RESOURCE…]",
            "Takes resources out of a group, or all of them, and the group with the last.",
            GroupCommands::remove),
        Command.of(
            "resource group delete", "GROUP [RESOURCE…]", "The same.", GroupCommands::remove),
        Command.of("resource ungroup", "GROUP [RESOURCE…]", "The same.", GroupCommands::remove),
        Command.of(
            "resource group list", "", "Lists the groups and their members.", GroupCommands::list));
  }

  private static void add(Invocation in) {
    ResourceId name = in.legalId(in.words().take("GROUP"));
    List<ResourceId> added = new ArrayList<>();
    do {
      ResourceDefinition resource = in.resource(in.words().take("RESOURCE"));
      if (added.contains(resource.id())) {
        throw HactlError.usage("'" + resource.id() + "' is named twice", "name it once");
      }
      added.add(resource.id());
    } while (in.words().has());
    in.change(changes(in, name, added).toArray(ConfigurationChange[]::new));
  }

  /// What puts resources into a group, out of the one where they are.
  static List<ConfigurationChange> changes(Invocation in, ResourceId name, List<ResourceId> added) {
    Optional<GroupDefinition> present = in.configuration().group(name);
    List<ConfigurationChange> changes = new ArrayList<>();
    for (GroupDefinition other : in.configuration().groups()) {
      if (!present.equals(Optional.of(other))) {
        without(other, added).ifPresent(changes::add);
      }
    }
    List<ResourceId> members =
        new ArrayList<>(present.map(GroupDefinition::members).orElse(List.of()));
    members.removeAll(added);
    members.addAll(place(in, name, members), added);
    changes.add(
        new ConfigurationChange.PutGroup(
            present
                .map(g -> g.with(members))
                .orElseGet(() ->
                    new GroupDefinition(name, members, new TreeMap<>(), new Form.Primitive()))));
    return changes;
  }

  private static int place(Invocation in, ResourceId group, List<ResourceId> members) {
    String before = in.options().own().get(Options.BEFORE);
    String after = in.options().own().get(Options.AFTER);
    if (before != null && after != null) {
      throw HactlError.usage("--before and --after exclude each other", "give one of them");
    }
    if (before == null && after == null) {
      return members.size();
    }
    String neighbour = before == null ? after : before;
    int index = members.stream().map(ResourceId::name).toList().indexOf(neighbour);
    if (index < 0) {
      throw HactlError.usage(
          "'" + neighbour + "' is not another member of '" + group + "'",
          "see 'hactl resource group list'");
    }
    return before == null ? index + 1 : index;
  }

  private static Optional<ConfigurationChange> without(
      GroupDefinition group, List<ResourceId> gone) {
    List<ResourceId> left = group.members().stream().filter(m -> !gone.contains(m)).toList();
    if (left.equals(group.members())) {
      return Optional.empty();
    }
    return Optional.of(
        left.isEmpty()
            ? new ConfigurationChange.RemoveGroup(group.id())
            : new ConfigurationChange.PutGroup(group.with(left)));
  }

  private static void remove(Invocation in) {
    String name = in.words().take("GROUP");
    GroupDefinition group =
        in.configuration().groups().stream()
            .filter(g -> g.answersTo(in.legalId(name)))
            .findFirst()
            .orElseThrow(() ->
                Invocation.unknown(
                    "group",
                    name,
                    in.configuration().groups().stream().map(g -> g.id().name()).toList()));
    List<ResourceId> gone = new ArrayList<>();
    while (in.words().has()) {
      ResourceId member = in.resource(in.words().take("RESOURCE")).id();
      if (!group.members().contains(member)) {
        throw HactlError.usage(
            "'" + member + "' is not a member of '" + group.id() + "'",
            "see 'hactl resource group list'");
      }
      gone.add(member);
    }
    without(group, gone.isEmpty() ? group.members() : gone).ifPresent(in::change);
  }

  private static void list(Invocation in) {
    in.words().end();
    for (GroupDefinition group : in.configuration().groups()) {
      in.out()
          .line(
              group.id()
                  + ": "
                  + String.join(" ", group.members().stream().map(ResourceId::name).toList()));
    }
  }
}
