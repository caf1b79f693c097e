package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.agents.Setup;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.JsonText;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What is left to be done about settings, and how nodes have each other do it.
final class Setups {
  private Setups() {}

  /// What is left of a resource that is open here.
  ///
  /// @throws HactlError if it is not
  static Setup of(OpenInstances instances, ResourceId resource, boolean write) {
    return Findings.opened(instances, resource).setUp(write);
  }

  static String question(ResourceId resource, boolean write) {
    return JsonText.object(Map.of("resource", resource.name(), "write", write));
  }

  /// Reads whether a question wants something written.
  static boolean writes(String body) throws IOException {
    return ClusterJson.mapper().readTree(body).path("write").asBoolean();
  }

  static String format(Setup setup) {
    return JsonText.object(
        Map.of(
            "file", setup.file(),
            "bare", setup.bare(),
            "problem", setup.problem(),
            "remedy", setup.remedy(),
            "settings",
                setup.amendments().stream()
                    .map(a ->
                        Map.of(
                            "name", a.name(),
                            "value", a.value(),
                            "written", a.written(),
                            "restart", a.restart(),
                            "place", a.place(),
                            "why", a.why()))
                    .toList()));
  }

  /// Reads an answer.
  ///
  /// @throws HactlError if it is none
  static Setup parse(String answer) {
    return MemberAnswer.read(
        answer,
        json -> {
          if (!json.path("settings").isArray()) {
            throw new IllegalArgumentException("no settings");
          }
          List<Setup.Amendment> amendments = new ArrayList<>();
          for (JsonNode each : json.path("settings")) {
            amendments.add(
                new Setup.Amendment(
                    each.path("name").asText(),
                    each.path("value").asText(),
                    each.path("written").asBoolean(),
                    each.path("restart").asBoolean(),
                    each.path("place").asText(),
                    each.path("why").asText()));
          }
          return new Setup(
              json.path("file").asText(),
              amendments,
              json.path("bare").asBoolean(),
              json.path("problem").asText(),
              json.path("remedy").asText());
        });
  }
}
