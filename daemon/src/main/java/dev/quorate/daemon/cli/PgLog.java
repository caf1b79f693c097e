package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// `pg log`: what PostgreSQL wrote of late, wherever it runs.
final class PgLog {
  private static final String LINES = "lines";
  private static final int STANDARD = 40;
  private static final int MOST = 1_000;

  private PgLog() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "pg log",
            "[NODE] [lines=40] [-o json]",
            "Shows the last lines that PostgreSQL wrote into its log, on every node or one: when"
                + " it was shut down, when it was ready, what it complains of.",
            PgLog::show));
  }

  private static void show(Invocation in) {
    ResourceDefinition resource = PgCommands.only(in);
    List<NodeId> nodes =
        in.words().has() && !in.words().peek().contains("=")
            ? List.of(in.node(in.words().take("NODE")))
            : in.configuration().nodes().values().stream()
                .filter(n -> !n.witness())
                .map(NodeDefinition::id)
                .toList();
    int lines = lines(in.words().has() ? in.words().onlySettings("lines=40") : new TreeMap<>());
    SortedMap<NodeId, String> mute = new TreeMap<>();
    Map<String, Object> json = new LinkedHashMap<>();
    for (NodeId node : nodes) {
      try {
        List<String> log = in.cluster().lastWords(node, resource.id(), lines);
        json.put(node.name(), log);
        if (!in.options().json()) {
          in.out().line(node + ":");
          (log.isEmpty() ? List.of("nothing was written") : log)
              .forEach(line -> in.out().line("  " + line));
        }
      } catch (HactlError e) {
        mute.put(node, e.message());
      }
    }
    if (in.options().json()) {
      in.out().line(JsonText.pretty(Map.of("schema", 1, "logs", json)));
    }
    if (!mute.isEmpty()) {
      throw PgDoctor.mute(json.isEmpty() ? ExitCode.FAILED : ExitCode.PARTLY, mute);
    }
  }

  private static int lines(SortedMap<String, String> settings) {
    for (String name : settings.keySet()) {
      if (!name.equals(LINES)) {
        throw HactlError.usage(
            "'pg log' has no setting '" + name + "'", "use " + LINES + ", as lines=100");
      }
    }
    String text = settings.getOrDefault(LINES, Integer.toString(STANDARD));
    if (!text.matches("[0-9]{1,4}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > MOST) {
      throw HactlError.usage("lines cannot be '" + text + "'", "use a number from 1 to " + MOST);
    }
    return Integer.parseInt(text);
  }
}
