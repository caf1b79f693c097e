package dev.quorate.daemon.cli;

import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NoQuorumPolicy;
import java.util.ArrayList;
import java.util.List;

/// `property` and `resource defaults`.
final class PropertyCommands {
  private PropertyCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "property set", "NAME=VALUE…", "Sets cluster properties.", PropertyCommands::set),
        Command.of(
            "property unset",
            "NAME…",
            "Removes cluster properties, so that their defaults hold.",
            PropertyCommands::unset),
        Command.of("property", "", "Shows the cluster properties.", PropertyCommands::show),
        Command.of("property show", "", "Shows the cluster properties.", PropertyCommands::show),
        Command.of("property config", "", "Shows the cluster properties.", PropertyCommands::show),
        Command.of(
            "resource defaults",
            "[[update] NAME=VALUE…]",
            "Sets, or shows, meta-attributes for every resource that does not say otherwise.",
            PropertyCommands::defaults));
  }

  private static void set(Invocation in) {
    List<ConfigurationChange> changes = new ArrayList<>();
    in.words()
        .onlySettings("NAME=VALUE")
        .forEach((name, value) -> {
          changes.add(new ConfigurationChange.SetProperty(name, value));
          requireMeant(in, name, value);
          warn(in, name, value);
        });
    in.change(changes.toArray(ConfigurationChange[]::new));
  }

  /// Refuses what costs data in the end, unless it is insisted on.
  static void requireMeant(Invocation in, String name, String value) {
    boolean ignores = name.equals(NoQuorumPolicy.PROPERTY) && value.equals("ignore");
    if (ignores && !in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-CLI-010",
          "with no-quorum-policy=ignore a node that is cut off goes on: what its primary"
              + " acknowledges meanwhile is lost once another one is promoted",
          "leave it at 'stop', or add --force if that is meant");
    }
  }

  /// Tells of what follows from a property.
  static void warn(Invocation in, String name, String value) {
    boolean fencing = name.equals("stonith-enabled") || name.equals("fencing-enabled");
    if (fencing && value.matches("false|no|off|0")) {
      in.out()
          .remark(
              "Warning: without fencing a lost node is never proven to be off: what it"
                  + " ran stays down");
    }
  }

  private static void unset(Invocation in) {
    if (!in.words().has()) {
      in.words().take("NAME");
    }
    in.change(
        in.words().rest().stream()
            .map(name -> new ConfigurationChange.SetProperty(name, ""))
            .toArray(ConfigurationChange[]::new));
  }

  private static void show(Invocation in) {
    in.words().end();
    if (in.options().json()) {
      in.out().line(JsonText.pretty(in.configuration().properties()));
      return;
    }
    in.out().line("Cluster Properties:");
    in.configuration()
        .properties()
        .forEach((name, value) -> in.out().line("  " + name + "=" + value));
  }

  private static void defaults(Invocation in) {
    Words words = in.words();
    if (!words.has()) {
      in.configuration()
          .resourceDefaults()
          .forEach((name, value) -> in.out().line(name + "=" + value));
      return;
    }
    words.skip("update");
    in.change(
        MetaAttributes.present(words.onlySettings("NAME=VALUE")).entrySet().stream()
            .map(e -> new ConfigurationChange.SetResourceDefault(e.getKey(), e.getValue()))
            .toArray(ConfigurationChange[]::new));
  }
}
