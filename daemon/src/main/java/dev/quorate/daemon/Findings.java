package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.agents.Finding;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.JsonText;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What agents found on their nodes, and how nodes ask each other for it.
final class Findings {
  private Findings() {}

  /// Looks at a resource that is open here.
  ///
  /// @throws HactlError if it is not
  static List<Finding> of(OpenInstances instances, ResourceId resource) {
    return opened(instances, resource).examine();
  }

  /// A resource that is open here.
  ///
  /// @throws HactlError if it is not
  static ResourceInstance opened(OpenInstances instances, ResourceId resource) {
    return instances
        .get(resource)
        .orElseThrow(() ->
            HactlError.failed(
                "'%s' is not open on this node%s"
                    .formatted(
                        resource, instances.whyNotOpen(resource).map(w -> ": " + w).orElse("")),
                "see 'hactl status'"))
        .instance();
  }

  static String question(ResourceId resource) {
    return JsonText.object(Map.of("resource", resource.name()));
  }

  /// Reads a question.
  ///
  /// @throws HactlError if it names no resource
  static ResourceId asked(String body) throws IOException {
    String name = ClusterJson.mapper().readTree(body).path("resource").asText("");
    return ResourceId.legal(name)
        .orElseThrow(
            () -> HactlError.usage("'" + name + "' is not a resource", "send {\"resource\": ID}"));
  }

  static String format(List<Finding> findings) {
    return JsonText.object(
        Map.of(
            "findings",
            findings.stream()
                .map(f ->
                    Map.of(
                        "severity", f.severity().name(),
                        "subject", f.subject(),
                        "what", f.what(),
                        "remedy", f.remedy(),
                        "value", f.value()))
                .toList()));
  }

  /// Reads an answer.
  ///
  /// @throws HactlError if it is none
  static List<Finding> parse(String answer) {
    return MemberAnswer.read(
        answer,
        json -> {
          List<Finding> findings = new ArrayList<>();
          for (JsonNode each : json.path("findings")) {
            findings.add(
                new Finding(
                    Finding.Severity.valueOf(each.path("severity").asText()),
                    each.path("subject").asText(),
                    each.path("what").asText(),
                    each.path("remedy").asText(),
                    each.path("value").asText("")));
          }
          return findings;
        });
  }
}
