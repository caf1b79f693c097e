package dev.quorate.resource.core.policy;

import java.util.Map;

/// What each node is worth to each resource before anything is placed: health, locks, location
/// constraints, stickiness, failures.
final class NodeCriteria {
  private static final String HEALTH = "#health";

  private final Model model;
  private final FailCounts failCounts;

  NodeCriteria(Model model, FailCounts failCounts) {
    this.model = model;
    this.failCounts = failCounts;
  }

  void health() {
    String strategy = model.options.healthStrategy();
    if (strategy.equals("none")) {
      return;
    }
    for (Node node : model.nodes) {
      int health = health(node, strategy);
      if (health == 0) {
        continue;
      }
      for (Resource resource : model.resources) {
        boolean tolerant = ClusterOptions.flag(resource.meta, "allow-unhealthy-nodes", "", false);
        if (health < 0 && tolerant) {
          continue;
        }
        NodeTable scores = new NodeTable(model.nodes.size());
        scores.put(node, health);
        resource.locations.add(
            new LocationRule(
                "node-health", resource, RoleLevel.UNKNOWN, scores, LocationRule.Discovery.ALWAYS));
      }
    }
  }

  private int health(Node node, String strategy) {
    int red = colour("node-health-red", -Scores.INFINITY);
    int yellow = colour("node-health-yellow", 0);
    int green = colour("node-health-green", 0);
    int base = 0;
    switch (strategy) {
      case "migrate-on-red" -> {
        red = -Scores.INFINITY;
        yellow = 0;
        green = 0;
      }
      case "only-green" -> {
        red = -Scores.INFINITY;
        yellow = -Scores.INFINITY;
        green = 0;
      }
      case "progressive" -> base = colour("node-health-base", 0);
      case "custom" -> {}
      default -> {
        return 0;
      }
    }
    int health = base;
    for (Map.Entry<String, String> attribute : node.attributes.entrySet()) {
      if (attribute.getKey().startsWith(HEALTH)) {
        health =
            Scores.add(
                health,
                switch (attribute.getValue()) {
                  case "red" -> red;
                  case "yellow" -> yellow;
                  case "green" -> green;
                  default -> ClusterOptions.score(attribute.getValue(), 0);
                });
      }
    }
    return health;
  }

  private int colour(String option, int otherwise) {
    return ClusterOptions.score(model.options.values().get(option), otherwise);
  }

  void apply() {
    if (model.options.shutdownLock()) {
      model.resources.forEach(r -> ShutdownLocks.apply(model, r));
    }
    for (Resource resource : model.resources) {
      locations(resource);
    }
    for (Resource resource : model.resources) {
      stickiness(resource);
    }
    for (Resource resource : model.resources) {
      for (Node node : model.nodes) {
        threshold(resource, node);
      }
    }
    for (Resource resource : model.resources) {
      exclusive(resource);
    }
  }

  private void locations(Resource resource) {
    for (LocationRule rule : resource.locations) {
      LocationUnpacking.apply(model, rule, resource, true);
    }
    resource.children.forEach(this::locations);
  }

  private void stickiness(Resource resource) {
    resource.children.forEach(this::stickiness);
    if (!resource.children.isEmpty()
        || !resource.managed
        || resource.stickiness < 1
        || resource.active.size() != 1) {
      return;
    }
    Node node = resource.active.getFirst();
    if (model.options.symmetric() || resource.allowed.has(node)) {
      model.addScore(resource, node, resource.stickiness);
      model.note(resource, node, false, Decision.Source.STICKINESS, "", resource.stickiness);
    }
  }

  private void threshold(Resource resource, Node node) {
    for (Resource child : resource.children) {
      threshold(child, node);
    }
    if (!resource.isPrimitive()
        || resource.migrationThreshold == 0
        || resource.failureIgnored
        || resource.actions.stream()
            .anyMatch(a -> a.task() == Task.CLEAR_FAIL_COUNT && a.node == node)) {
      return;
    }
    int count = failCounts.count(resource, node, true);
    for (Resource content : resource.contents) {
      count = Scores.add(count, failCounts.count(content, node, true));
    }
    if (count > 0 && count >= resource.migrationThreshold) {
      model.addScore(resource.bannable(), node, -Scores.INFINITY);
      model.note(
          resource,
          node,
          false,
          Decision.Source.FAILURES,
          count + " of " + resource.migrationThreshold,
          -Scores.INFINITY);
    }
  }

  private void exclusive(Resource resource) {
    if (resource.top().exclusiveDiscovery) {
      for (Node node : model.nodes) {
        if (resource.allowed.has(node)
            && resource.discovery(node) != LocationRule.Discovery.EXCLUSIVE) {
          resource.allowed.put(node, -Scores.INFINITY);
        }
      }
    }
    resource.children.forEach(this::exclusive);
  }
}
