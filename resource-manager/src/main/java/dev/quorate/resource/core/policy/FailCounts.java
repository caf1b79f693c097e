package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How often a resource has failed on a node, and whether that still counts.
final class FailCounts {
  private static final String COUNT = "fail-count-";
  private static final String LAST = "last-failure-";

  private final Model model;

  /// Attributes that begin with one of the prefixes, by node; most nodes have none.
  private final Map<String, List<Map.Entry<String, String>>> attributes = new TreeMap<>();

  FailCounts(Model model) {
    this.model = model;
    for (Node node : model.nodes) {
      List<Map.Entry<String, String>> found =
          node.attributes.entrySet().stream()
              .filter(e -> e.getKey().startsWith(COUNT) || e.getKey().startsWith(LAST))
              .toList();
      if (!found.isEmpty()) {
        attributes.put(node.name, found);
      }
    }
  }

  /// The number of failures on record.
  ///
  /// @param effective whether those older than the failure timeout do not count
  int count(Resource resource, Node node, boolean effective) {
    List<Map.Entry<String, String>> among = attributes.get(node.name);
    if (among == null) {
      return 0;
    }
    int count = 0;
    long last = 0;
    for (Map.Entry<String, String> attribute : among) {
      String name = attribute.getKey();
      if (name.startsWith(COUNT) && concerns(name.substring(COUNT.length()), resource)) {
        count = Scores.add(count, ClusterOptions.score(attribute.getValue(), 0));
      } else if (name.startsWith(LAST) && concerns(name.substring(LAST.length()), resource)) {
        last = Math.max(last, ClusterOptions.millis(attribute.getValue(), 0) / 1000);
      }
    }
    if (effective
        && count > 0
        && last > 0
        && resource.failureTimeoutMillis > 0
        && !blockedByFailure(resource, node)) {
      Instant expiry = Instant.ofEpochSecond(last).plusMillis(resource.failureTimeoutMillis);
      if (model.now.isAfter(expiry)) {
        return 0;
      }
      model.nextChange.offer(expiry.plusSeconds(1));
    }
    return count;
  }

  private static boolean concerns(String name, Resource resource) {
    String plain = resource.unique && resource.parent != null ? resource.id : resource.plainId;
    if (!name.startsWith(plain)) {
      return false;
    }
    String rest = name.substring(plain.length());
    if (!resource.unique || resource.parent == null) {
      int colon = rest.startsWith(":") ? 1 : 0;
      while (colon > 0 && colon < rest.length() && Character.isDigit(rest.charAt(colon))) {
        colon++;
      }
      rest = rest.substring(colon);
    }
    return rest.isEmpty() || rest.startsWith("#");
  }

  /// Whether an operation that blocks has failed there: such failures never expire.
  private static boolean blockedByFailure(Resource resource, Node node) {
    NodeHistory history = resource.history.get(node);
    if (history == null) {
      return false;
    }
    for (Operation operation : resource.operations) {
      if (!operation.element().attributes().getOrDefault("on-fail", "").equals("block")
          && operation.element().meta().stream()
              .flatMap(b -> b.entries().stream())
              .noneMatch(e -> e.name().equals("on-fail") && e.value().equals("block"))) {
        continue;
      }
      for (HistoryEntry entry : history.entries()) {
        if (entry.operation().equals(operation.name())
            && entry.intervalMillis() == operation.intervalMillis()
            && entry.exitCode() != NodeHistory.expectedCode(entry)) {
          return true;
        }
      }
    }
    return false;
  }
}
