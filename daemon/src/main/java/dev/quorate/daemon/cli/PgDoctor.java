package dev.quorate.daemon.cli;

import dev.quorate.agents.Finding;
import dev.quorate.agents.Finding.Severity;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// `pg doctor`: what about each node's PostgreSQL will hurt, and what to do.
final class PgDoctor {
  private PgDoctor() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "pg doctor",
            "[NODE] [-o json]",
            "Looks on every node, or one, for settings, permissions and files that lose commits,"
                + " stop standbys from following or keep clients out, and says what to do. Exits"
                + " with 1 if it found errors.",
            PgDoctor::examine));
  }

  /// What each node answered, and why others did not.
  private record Report(SortedMap<NodeId, List<Finding>> findings, SortedMap<NodeId, String> mute) {
    boolean errors() {
      return findings.values().stream()
          .flatMap(List::stream)
          .anyMatch(f -> f.severity() == Severity.ERROR);
    }
  }

  /// The node that is named, or all that can have a database.
  static List<NodeId> asked(Invocation in) {
    List<NodeId> nodes =
        in.words().has()
            ? List.of(in.node(in.words().take("NODE")))
            : in.configuration().nodes().values().stream()
                .filter(n -> !n.witness())
                .map(NodeDefinition::id)
                .toList();
    in.words().end();
    return nodes;
  }

  private static void examine(Invocation in) {
    ResourceDefinition resource = PgCommands.only(in);
    List<NodeId> nodes = asked(in);
    Report report = new Report(new TreeMap<>(), new TreeMap<>());
    for (NodeId node : nodes) {
      try {
        report.findings().put(node, in.cluster().examine(node, resource.id()));
      } catch (HactlError e) {
        report.mute().put(node, e.message());
      }
    }
    if (in.options().json()) {
      in.out().line(JsonText.pretty(json(resource, report)));
    } else {
      print(in.out(), report);
    }
    if (!report.mute().isEmpty()) {
      throw mute(ExitCode.PARTLY, report.mute());
    }
    if (report.errors()) {
      throw new HactlError(
          ExitCode.FAILED,
          "HA-PG-012",
          "there are errors",
          "follow the advice above, then type the command again");
    }
  }

  /// That not every node could be asked.
  ///
  /// @param nodes which, and why
  static HactlError mute(ExitCode code, SortedMap<NodeId, String> nodes) {
    return new HactlError(
        code,
        "HA-PG-011",
        "not every node could be asked: " + nodes,
        "see 'hactl status'; ask again when they are back");
  }

  private static void print(Output out, Report report) {
    report
        .findings()
        .forEach((node, findings) -> {
          out.line(node + ":" + (findings.isEmpty() ? " nothing to change" : ""));
          for (Finding finding : findings) {
            out.line(
                "  %-7s  %s: %s"
                    .formatted(word(finding.severity()), finding.subject(), finding.what()));
            out.line("           -> " + finding.remedy());
          }
        });
    if (report.findings().values().stream()
        .flatMap(List::stream)
        .anyMatch(f -> !f.value().isEmpty())) {
      out.line("'hactl pg setup' shows which of these settings it would write");
    }
  }

  private static String word(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> json(ResourceDefinition resource, Report report) {
    Map<String, Object> nodes = new LinkedHashMap<>();
    report
        .findings()
        .forEach((node, findings) ->
            nodes.put(
                node.name(),
                findings.stream()
                    .map(f -> {
                      Map<String, Object> one = new LinkedHashMap<>();
                      one.put("severity", word(f.severity()));
                      one.put("subject", f.subject());
                      one.put("what", f.what());
                      one.put("remedy", f.remedy());
                      return one;
                    })
                    .toList()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put("resource", resource.publicId().name());
    json.put("nodes", nodes);
    return json;
  }
}
