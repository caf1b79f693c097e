package dev.quorate.daemon.cli;

import dev.quorate.fencing.FenceDeviceReader;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.NodeStatus;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// `stonith …`
final class StonithCommands {
  private StonithCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "stonith create",
            "ID AGENT NAME=VALUE…",
            "Adds a fence device.",
            StonithCommands::create),
        Command.of("stonith delete", "ID…", "Removes fence devices.", StonithCommands::delete),
        Command.of("stonith remove", "ID…", "Removes fence devices.", StonithCommands::delete),
        Command.of(
            "stonith fence",
            "NODE [off]",
            "Fences a node: whatever runs there ends.",
            StonithCommands::fence),
        Command.of(
            "stonith confirm",
            "NODE --force",
            "Swears that a lost node runs nothing. If it does, data is lost.",
            StonithCommands::confirm),
        Command.of(
            "stonith history", "[show] [NODE]", "Shows past fencings.", StonithCommands::history),
        Command.of(
            "stonith list",
            "[TEXT]",
            "Lists the fence agents of this node.",
            StonithCommands::list),
        Command.of("stonith config", "", "Shows the fence devices.", ConfigText::devices),
        Command.of("stonith status", "", "Shows the fence devices.", ConfigText::devices),
        Command.of("stonith", "", "Shows the fence devices.", ConfigText::devices));
  }

  private static void create(Invocation in) {
    var id = in.legalId(in.words().take("ID"));
    String typed = in.words().take("AGENT");
    String agent = typed.startsWith("stonith:") ? typed.substring("stonith:".length()) : typed;
    SortedMap<String, String> parameters = new TreeMap<>();
    in.words()
        .settings()
        .forEach((name, value) -> parameters.put(OldWords.fenceOption(name), value));
    if (in.words().skip("op")) {
      in.words().until(List.of("meta"));
    }
    if (in.words().skip("meta")) {
      parameters.putAll(in.words().settings());
    }
    in.words().end();
    if (in.configuration().fenceDevices().stream().anyMatch(d -> d.id().equals(id))) {
      throw HactlError.failed(
          "fence device '" + id + "' exists", "remove it first: hactl stonith delete " + id);
    }
    InstalledAgents.require(agent, in.cluster().fenceAgents(), in.options().force());
    switch (FenceDeviceReader.read(id.name(), agent, parameters)) {
      case FenceDeviceReader.Read.Invalid(var problems) ->
          throw HactlError.usage(
              "fence device '" + id + "': " + String.join("; ", problems),
              "see the manual page of " + agent);
      case FenceDeviceReader.Read.Valid(_, var notes) ->
          notes.forEach(n -> in.out().remark("Note: " + n));
    }
    in.change(
        new ConfigurationChange.PutFenceDevice(new FenceDeviceDefinition(id, agent, parameters)));
  }

  private static void delete(Invocation in) {
    List<String> known =
        in.configuration().fenceDevices().stream().map(d -> d.id().name()).toList();
    do {
      String id = in.words().take("ID");
      if (!known.contains(id)) {
        throw Invocation.unknown("fence device", id, known);
      }
      in.change(new ConfigurationChange.RemoveFenceDevice(in.legalId(id)));
    } while (in.words().has());
  }

  private static void fence(Invocation in) {
    NodeId target = in.node(in.words().take("NODE"));
    boolean off = in.words().skip("off") || in.words().skip("--off");
    in.words().end();
    requireDevice(in, target);
    int before = fencingsOf(in, target);
    in.propose(new ClusterCommand.RequestFencing(target, !off, in.client()));
    var wait = in.options().patience().orElse(Options.WAIT);
    boolean ended =
        in.cluster()
            .await(
                state ->
                    state.fencings().stream().filter(f -> f.target().equals(target)).count()
                        > before,
                wait);
    if (!ended) {
      throw HactlError.timeout(
          "no outcome in " + wait.toSeconds() + " s", "see 'hactl stonith history'");
    }
    FencingRecord last =
        in.cluster().state().fencings().stream()
            .filter(f -> f.target().equals(target))
            .reduce((a, b) -> b)
            .orElseThrow();
    if (!last.confirmed()) {
      throw HactlError.failed("node " + target + " was not fenced: " + last.reason(), "");
    }
    in.out().line("Node: " + target + " fenced");
  }

  /// Refuses what would leave a node taken out of service and never proven to be off.
  static void requireDevice(Invocation in, NodeId target) {
    if (in.configuration().fenceDevices().isEmpty()) {
      throw HactlError.failed(
          "there is no fence device", "add one: hactl stonith create ID AGENT …");
    }
    if (in.configuration().fenceDevices().stream().noneMatch(d -> covers(d, target))) {
      throw HactlError.failed(
          "no enabled fence device covers node '%s': it would be taken out of service and never"
                  .formatted(target)
              + " proven to be off",
          "add %s to pcmk_host_list or pcmk_host_map of a device; see 'hactl stonith config'"
              .formatted(target));
    }
  }

  private static boolean covers(FenceDeviceDefinition definition, NodeId target) {
    return FenceDeviceReader.read(
                definition.id().name(), definition.agent(), definition.parameters())
            instanceof FenceDeviceReader.Read.Valid(var device, _)
        && device.enabled()
        && device.canFence(target);
  }

  private static int fencingsOf(Invocation in, NodeId target) {
    return (int)
        in.cluster().state().fencings().stream().filter(f -> f.target().equals(target)).count();
  }

  private static void confirm(Invocation in) {
    NodeId target = in.node(in.words().take("NODE"));
    in.words().end();
    NodeStatus status = in.cluster().state().node(target).orElse(null);
    if (status == null || !status.unclean()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-CLI-004",
          "node " + target + " is not waiting for fencing",
          "only a lost node can be confirmed; see 'hactl status'");
    }
    if (!in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-CLI-005",
          "if " + target + " still runs anything, two primaries write and data is lost",
          "power it off, make sure, then: hactl stonith confirm " + target + " --force");
    }
    in.propose(new ClusterCommand.ConfirmFencing(target, in.client()));
    in.out().line("Node: " + target + " confirmed fenced");
  }

  private static void history(Invocation in) {
    in.words().skip("show");
    String only = in.words().has() ? in.node(in.words().take("NODE")).name() : "";
    List<FencingRecord> records =
        in.cluster().state().fencings().stream()
            .filter(f -> only.isEmpty() || f.target().name().equals(only))
            .toList();
    if (records.isEmpty()) {
      in.out().line("No fencing history");
    }
    for (FencingRecord record : records.reversed()) {
      in.out().line(StatusText.fencing(record));
    }
  }

  private static void list(Invocation in) {
    String text = in.words().has() ? in.words().take("TEXT") : "";
    in.cluster().fenceAgents().stream().filter(a -> a.contains(text)).forEach(in.out()::line);
  }
}
