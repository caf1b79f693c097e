package dev.quorate.daemon.cli;

import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// `resource clone` and `resource unclone`.
final class CloneCommands {
  private CloneCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "resource clone",
            "RESOURCE|GROUP [ID] [[meta] NAME=VALUE…]",
            "Lets a resource or group run on every node, or on clone-max of them.",
            CloneCommands::clone),
        Command.of(
            "resource unclone",
            "RESOURCE|GROUP",
            "Lets a clone be a single resource or group again; constraints follow.",
            CloneCommands::unclone));
  }

  private static void clone(Invocation in) {
    Words words = in.words();
    String name = words.take("RESOURCE");
    Target target = in.target(name);
    boolean named = words.has() && words.peek().indexOf('=') < 0 && !words.peek().equals("meta");
    ResourceId id = in.legalId(named ? words.take("ID") : name + "-clone");
    SortedMap<String, String> settings = settings(words);
    words.end();
    Optional<GroupDefinition> group = in.configuration().group(target.id());
    if (group.map(g -> g.form().cloned()).orElse(target.parts().getFirst().form().cloned())) {
      throw HactlError.usage(
          "'" + name + "' is a clone already, '" + target.id() + "'",
          "change it with 'hactl resource meta " + target.id() + " NAME=VALUE'");
    }
    if ("true".equals(settings.get("promotable"))) {
      throw HactlError.usage(
          "'" + name + "' is to be promotable", "use 'hactl resource promotable " + name + "'");
    }
    Form form = new Form.Clone(id, 0, settings);
    in.change(changed(target, group, form));
    in.settle(id + " is running", state -> Placements.settled(state, target));
  }

  /// What is said of a clone, with or without the word `meta`.
  static SortedMap<String, String> settings(Words words) {
    SortedMap<String, String> settings = words.settings();
    while (words.skip("meta")) {
      settings.putAll(words.settings());
    }
    return MetaAttributes.present(settings);
  }

  private static void unclone(Invocation in) {
    String name = in.words().take("RESOURCE");
    in.words().end();
    Target target = in.target(name);
    Optional<GroupDefinition> group = in.configuration().group(target.id());
    boolean cloned =
        group.map(g -> g.form().cloned()).orElse(target.parts().getFirst().form().cloned());
    if (!cloned) {
      throw HactlError.usage("'" + name + "' is not a clone", "see 'hactl resource config'");
    }
    in.change(changed(target, group, new Form.Primitive()));
  }

  private static ConfigurationChange changed(
      Target target, Optional<GroupDefinition> group, Form form) {
    if (group.isPresent()) {
      GroupDefinition g = group.get();
      return new ConfigurationChange.PutGroup(
          new GroupDefinition(g.id(), g.members(), g.meta(), form));
    }
    ResourceDefinition resource = target.parts().getFirst();
    return new ConfigurationChange.ReplaceResource(resource.as(form));
  }
}
