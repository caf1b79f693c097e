package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Resources that wait for their node to come back from a clean shutdown.
final class ShutdownLocks {
  /// What clears the history that holds a lock.
  static final OperationKey FORGET = new OperationKey(Task.DELETE, "lock", 0);

  private ShutdownLocks() {}

  /// What the history says of a lock.
  static void read(Model model, Resource resource, Node node, ResourceHistory history) {
    String since = history.attributes().get("shutdown-lock");
    if (since == null || !model.options.shutdownLock()) {
      return;
    }
    long time = ClusterOptions.millis(since, 0) / 1000;
    if (time <= 0) {
      return;
    }
    long limit = model.options.shutdownLockLimitMillis();
    if (limit > 0 && model.now.isAfter(Instant.ofEpochSecond(time).plusMillis(limit))) {
      forget(model, resource, node);
      return;
    }
    resource.lockNode = node;
    resource.lockTime = time;
  }

  private static void forget(Model model, Resource resource, Node node) {
    Action delete = model.action(resource, FORGET, node, false);
    delete.central = true;
    delete.set(Action.RUNNABLE);
    delete.detail = "lock";
  }

  /// Keeps what may be locked away from all other nodes.
  static void apply(Model model, Resource resource) {
    if (resource.isClone() || resource.kind == Resource.Kind.BUNDLE) {
      return;
    }
    if (resource.isGroup()) {
      resource.children.forEach(c -> apply(model, c));
      return;
    }
    if (resource.fenceDevice() || resource.anonymousInstance() || resource.top().isClone()) {
      return;
    }
    if (resource.lockNode != null) {
      if (!resource.active.isEmpty()) {
        forget(model, resource, resource.lockNode);
        resource.lockNode = null;
        resource.lockTime = 0;
      }
    } else if (resource.active.size() == 1) {
      Node node = resource.active.getFirst();
      if (cleanShutdown(resource, node)) {
        resource.lockNode = node;
        resource.lockTime = 0;
      }
    }
    Node locked = resource.lockNode;
    if (locked == null) {
      return;
    }
    if (resource.lockTime == 0) {
      resource.lockTime = shutdownTime(model, locked);
    }
    long limit = model.options.shutdownLockLimitMillis();
    if (limit > 0) {
      model.nextChange.offer(
          Instant.ofEpochSecond(resource.lockTime).plusMillis(limit).plusSeconds(1));
    }
    for (Node node : model.nodes) {
      if (node != locked && resource.allowed.has(node)) {
        model.addScore(resource, node, -Scores.INFINITY);
      }
    }
  }

  private static long shutdownTime(Model model, Node node) {
    String shutdown = node.attributes.get("shutdown");
    long time = shutdown == null ? 0 : ClusterOptions.millis(shutdown, 0) / 1000;
    return time > 1 ? time : model.now.getEpochSecond();
  }

  private static boolean cleanShutdown(Resource resource, Node node) {
    if (!node.shutdown) {
      return false;
    }
    NodeHistory history = resource.history.get(node);
    @Nullable HistoryEntry last =
        history == null || history.entries().isEmpty() ? null : history.entries().getLast();
    return !node.unclean && last != null;
  }
}
