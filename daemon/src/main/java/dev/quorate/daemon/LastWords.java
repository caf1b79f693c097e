package dev.quorate.daemon;

import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.JsonText;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What resources wrote on their nodes, and how nodes ask each other for it.
final class LastWords {
  /// How many lines at most.
  private static final int MOST = 10_000;

  private LastWords() {}

  /// What a resource wrote here.
  ///
  /// @throws HactlError if it is not open
  static List<String> of(OpenInstances instances, ResourceId resource, int lines) {
    return Findings.opened(instances, resource).lastWords(Math.clamp(lines, 1, MOST));
  }

  static String question(ResourceId resource, int lines) {
    return JsonText.object(Map.of("resource", resource.name(), "lines", lines));
  }

  /// Reads a question of how many lines.
  static int asked(String body) throws IOException {
    return ClusterJson.mapper().readTree(body).path("lines").asInt(1);
  }

  static String format(List<String> lines) {
    return JsonText.object(Map.of("lines", lines));
  }

  /// Reads an answer.
  ///
  /// @throws HactlError if it is none
  static List<String> parse(String answer) {
    return MemberAnswer.read(
        answer,
        json -> {
          List<String> lines = new ArrayList<>();
          json.path("lines").forEach(line -> lines.add(line.asText()));
          return lines;
        });
  }
}
