package dev.quorate.daemon.core;

import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A node's stop of everything by itself: each resource is stopped until that is shown, with a
/// pause between attempts. That a stop is under way is remembered across runs of the daemon.
final class SelfStop {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Duration limit;
  private final SortedSet<ResourceId> left = new TreeSet<>();
  private final SortedSet<ResourceId> failed = new TreeSet<>();

  SelfStop(Duration limit) {
    this.limit = limit;
  }

  boolean underWay() {
    return !left.isEmpty();
  }

  List<NodeEffect> begin(List<ResourceId> resources) {
    left.clear();
    left.addAll(resources);
    failed.clear();
    List<NodeEffect> effects = new ArrayList<>();
    for (ResourceId resource : left) {
      effects.add(new NodeEffect.EmergencyStop(resource, limit));
    }
    if (underWay()) {
      effects.add(new NodeEffect.RememberStop(true));
    }
    return effects;
  }

  /// An attempt has ended: either this resource is done, or the next attempt waits.
  List<NodeEffect> finished(NodeEvent.EmergencyStopFinished finished) {
    ResourceId resource = finished.resource();
    if (!left.contains(resource)) {
      return List.of();
    }
    if (finished.result().status() == OperationResult.Status.SUCCEEDED) {
      left.remove(resource);
      return underWay() ? List.of() : List.of(new NodeEffect.RememberStop(false));
    }
    List<NodeEffect> effects = new ArrayList<>();
    if (failed.add(resource)) {
      effects.add(
          new NodeEffect.Notice(
              NodeEffect.Notice.Level.ERROR,
              "HA-QUORUM-002",
              "could not stop a resource after loss of quorum, trying again until it is stopped",
              keys(resource, finished.result())));
    }
    effects.add(
        new NodeEffect.SetTimer(
            new NodeTimer(NodeTimer.Purpose.STOP_AGAIN, resource.name()), PAUSE));
    return effects;
  }

  private static SortedMap<String, String> keys(ResourceId resource, OperationResult result) {
    SortedMap<String, String> keys = new TreeMap<>();
    keys.put("resource", resource.name());
    keys.put("reason", result.reason());
    return keys;
  }

  /// The pause is over.
  List<NodeEffect> again(ResourceId resource) {
    return left.contains(resource)
        ? List.of(new NodeEffect.EmergencyStop(resource, limit))
        : List.of();
  }
}
