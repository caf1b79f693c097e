package dev.quorate.resource.json;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.preview.FactsText;
import dev.quorate.resource.core.preview.Preview;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/// A decision as JSON: `before` (places of each resource), `actions` (kind, family, resource, node,
/// detail) and `edges` (pairs of indexes of actions, the first before the second), with what else
/// there is to say.
public final class DecisionJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private DecisionJson() {}

  /// One document, the same for the same decision.
  public static ObjectNode write(Decision decision) {
    ObjectNode root = MAPPER.createObjectNode();
    places(root.putObject("before"), decision.before());
    ArrayNode actions = root.putArray("actions");
    for (Decision.Step step : decision.steps()) {
      add(actions.addArray(), step);
    }
    ArrayNode edges = root.putArray("edges");
    decision.edges().forEach(e -> edges.addArray().add(e.first()).add(e.then()));
    decision.recheck().ifPresent(at -> root.put("recheck", at.toString()));
    decision.warnings().forEach(root.withArray("warnings")::add);
    for (Decision.Held held : decision.held()) {
      ObjectNode entry = root.withArray("held").addObject();
      add(entry.putArray("action"), held.step());
      entry.put("reason", held.reason());
    }
    decision.refusals().forEach(root.withArray("refusals")::add);
    return root;
  }

  /// The same with the time that it holds at (`at`) and where things are when all is done
  /// (`after`).
  public static ObjectNode write(Preview preview, Instant now) {
    ObjectNode root = write(preview.decision());
    root.put("at", now.toString());
    places(root.putObject("after"), preview.after());
    return root;
  }

  /// The same with what the scores of some resources are made of (`scores`).
  public static ObjectNode write(Preview preview, Instant now, List<String> explained) {
    ObjectNode root = write(preview, now);
    for (String resource : explained) {
      ArrayNode list = root.withObject("/scores").putArray(resource);
      for (Decision.Fact fact : FactsText.of(preview.decision(), resource)) {
        list.addObject()
            .put("instance", fact.resource())
            .put("node", fact.node())
            .put("promotion", fact.promotion())
            .put("source", fact.source().name().toLowerCase(Locale.ROOT))
            .put("name", fact.name())
            .put("score", fact.score());
      }
    }
    return root;
  }

  private static void places(ObjectNode into, SortedMap<String, List<Decision.Placed>> places) {
    places.forEach((resource, at) -> {
      ArrayNode list = into.putArray(resource);
      at.forEach(p -> list.addArray().add(p.node()).add(p.role()));
    });
  }

  private static void add(ArrayNode action, Decision.Step step) {
    action.add(step.kind()).add(step.family());
    add(action, step.resource());
    add(action, step.node());
    if (step.family().equals("recurring")) {
      action.add(Long.parseLong(step.detail()));
    } else {
      add(action, step.detail());
    }
  }

  private static void add(ArrayNode action, String text) {
    if (text.isEmpty()) {
      action.addNull();
    } else {
      action.add(text);
    }
  }
}
