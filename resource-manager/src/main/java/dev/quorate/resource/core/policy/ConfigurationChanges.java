package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.core.digest.OperationDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds what runs with other parameters than those that are configured now.
final class ConfigurationChanges {
  private static final String DEFAULT_TIMEOUT = "20s";
  private static final Pattern BLANKS = Pattern.compile(" +");

  private final Model model;
  private final ResourceUnpacking unpacking;
  private final FailCounts failCounts;

  ConfigurationChanges(Model model, ResourceUnpacking unpacking, FailCounts failCounts) {
    this.model = model;
    this.unpacking = unpacking;
    this.failCounts = failCounts;
  }

  /// What a comparison of fingerprints comes to.
  private enum Verdict {
    SAME,
    UNKNOWN,
    RESTART,
    CHANGED
  }

  void check() {
    for (Resource resource : model.resources) {
      check(resource);
    }
    for (Resource resource : model.resources) {
      if (resource.isClone() && !resource.unique) {
        List<Resource> seen = new ArrayList<>();
        seen(resource, seen);
        others(seen);
      }
    }
  }

  private static void seen(Resource resource, List<Resource> seen) {
    resource.children.forEach(c -> seen(c, seen));
    if (resource.isPrimitive() && !resource.history.isEmpty()) {
      seen.add(resource);
    }
  }

  /// The history of another agent is deleted for every instance that goes by its name.
  private void others(List<Resource> instances) {
    for (Resource instance : instances) {
      for (var history : instance.history.entrySet()) {
        Node node = history.getKey();
        if (!node.available() && !node.maintenance) {
          continue;
        }
        for (Resource other : instances) {
          if (other != instance
              && !other.removed
              && other.historyId.equals(instance.historyId)
              && !other.history.containsKey(node)
              && agentChanged(other, node, history.getValue(), false)) {
            Deletion.of(model, other, node, false);
          }
        }
      }
    }
  }

  private void check(Resource resource) {
    for (Resource child : resource.children) {
      check(child);
    }
    if (!resource.isPrimitive()) {
      return;
    }
    for (var history : resource.history.entrySet()) {
      Node node = history.getKey();
      if (node.available() || node.maintenance) {
        check(resource, node, history.getValue());
      }
    }
  }

  private void check(Resource resource, Node node, NodeHistory history) {
    if (resource.removed) {
      return;
    }
    boolean active = resource.active.contains(node);
    if (agentChanged(resource, node, history, active)) {
      Deletion.of(model, resource, node, false);
    }
    if (!active) {
      return;
    }
    if (history.startIndex() < history.stopIndex()) {
      return;
    }
    for (int i = Math.max(0, history.startIndex()); i < history.entries().size(); i++) {
      HistoryEntry entry = history.entries().get(i);
      boolean recurring = entry.intervalMillis() > 0;
      if (recurring && (resource.maintenance || node.maintenance)) {
        cancel(resource, node, entry);
        continue;
      }
      boolean compared =
          switch (entry.operation()) {
            case "monitor", "start", "promote", "migrate_from" -> true;
            default -> recurring;
          };
      if (compared
          && changed(resource, node, entry, reschedules(resource, history, i))
          && failCounts.count(resource, node, true) != 0) {
        ResultEvaluation.Expiry.clearFailCount(model, resource, node);
      }
    }
  }

  /// Whether the history is of another agent than the one that is configured now. What runs of it
  /// is restarted.
  private boolean agentChanged(Resource resource, Node node, NodeHistory history, boolean active) {
    var attributes = history.element().attributes();
    boolean changed =
        !attributes.getOrDefault("class", "").equals(resource.agentClass)
            || !attributes.getOrDefault("provider", "").equals(resource.provider)
            || !attributes.getOrDefault("type", "").equals(resource.type);
    if (changed && active) {
      model.unfencing().deviceChanged(resource, node);
      model.action(resource, OperationKey.STOP, node, false);
      model.action(resource, OperationKey.START, null, false);
    }
    return changed;
  }

  private void cancel(Resource resource, Node node, HistoryEntry entry) {
    Action cancel =
        model.action(
            resource,
            new OperationKey(Task.CANCEL, entry.operation(), entry.intervalMillis()),
            node,
            false);
    cancel.detail = entry.operation();
    Recurring.stopFor(model, resource, cancel);
  }

  /// Whether an expired failure makes its monitor begin anew: not if another result of the same
  /// monitor was looked at before.
  private static boolean reschedules(Resource resource, NodeHistory history, int index) {
    HistoryEntry entry = history.entries().get(index);
    if (!resource.reschedule.contains(entry)) {
      return false;
    }
    for (int i = Math.max(0, history.startIndex()); i < index; i++) {
      HistoryEntry earlier = history.entries().get(i);
      if (earlier.operation().equals(entry.operation())
          && earlier.intervalMillis() == entry.intervalMillis()) {
        return false;
      }
    }
    return true;
  }

  private boolean changed(Resource resource, Node node, HistoryEntry entry, boolean reschedules) {
    long interval = entry.intervalMillis();
    Operation operation = configured(resource, entry.operation(), interval);
    if (interval > 0 && operation == null) {
      if (model.options.cancelRemoved()) {
        cancel(resource, node, entry);
        return true;
      }
      return false;
    }
    if (reschedules) {
      require(resource, entry);
      return true;
    }
    return switch (compare(unpacking, resource, node, entry)) {
      case SAME -> false;
      case RESTART -> {
        model.unfencing().deviceChanged(resource, node);
        require(resource, entry);
        yield true;
      }
      case CHANGED, UNKNOWN -> {
        if (interval > 0) {
          restart(resource, node, entry);
          yield true;
        }
        if (!entry.attribute("op-restart-digest").isEmpty() && !hasOwnParameters(resource, entry)) {
          model.unfencing().deviceChanged(resource, node);
          reload(resource, node);
          yield true;
        }
        model.unfencing().deviceChanged(resource, node);
        require(resource, entry);
        yield true;
      }
    };
  }

  private static boolean hasOwnParameters(Resource resource, HistoryEntry entry) {
    Operation operation = configured(resource, task(entry), entry.intervalMillis());
    return operation != null && operation.ownParameters();
  }

  private static @Nullable Operation configured(Resource resource, String name, long interval) {
    return OnFailures.configured(resource, name, interval);
  }

  /// Non-recurring results are compared with what a start would get.
  private static String task(HistoryEntry entry) {
    if (entry.intervalMillis() > 0) {
      return entry.operation();
    }
    return switch (entry.operation()) {
      case "monitor", "promote", "migrate_from" -> "start";
      default -> entry.operation();
    };
  }

  private static Verdict compare(
      ResourceUnpacking unpacking, Resource resource, Node node, HistoryEntry entry) {
    String known = entry.attribute("op-digest");
    String restart = entry.attribute("op-restart-digest");
    SortedMap<String, String> own = unpacking.parameters(resource, node);
    Operation operation = configured(resource, task(entry), entry.intervalMillis());
    SortedMap<String, String> all = unpacking.withOwn(resource, node, operation, own);
    if (!entry.attribute("op-secure-digest").isEmpty()
        && blanked(own, entry.attribute("op-secure-params"))) {
      OptionalLong secureTimeout =
          entry.intervalMillis() > 0 ? OptionalLong.of(timeout(operation)) : OptionalLong.empty();
      String secure =
          OperationDigest.secure(
              own,
              entry.attribute("op-secure-params"),
              resource.fenceDevice(),
              secureTimeout,
              entry.attribute("crm_feature_set"));
      if (secure.equals(entry.attribute("op-secure-digest"))) {
        return Verdict.SAME;
      }
    }
    if (!restart.isEmpty()
        && !OperationDigest.restart(all, entry.attribute("op-force-restart")).equals(restart)) {
      return Verdict.RESTART;
    }
    if (known.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    OptionalLong timeout =
        entry.intervalMillis() > 0 ? OptionalLong.of(timeout(operation)) : OptionalLong.empty();
    return OperationDigest.of(all, timeout).equals(known) ? Verdict.SAME : Verdict.CHANGED;
  }

  /// Whether a secret among the parameters was made unreadable, as it is in documents that are
  /// shown to others.
  private static boolean blanked(SortedMap<String, String> parameters, String secret) {
    for (String name : BLANKS.split(secret.strip(), -1)) {
      String value = parameters.get(name);
      if (value != null && !value.isEmpty() && value.chars().allMatch(c -> c == '*')) {
        return true;
      }
    }
    return false;
  }

  private static long timeout(@Nullable Operation operation) {
    String text = operation == null ? null : operation.meta().get("timeout");
    return ClusterOptions.millis(text == null ? DEFAULT_TIMEOUT : text, 20_000);
  }

  /// Whether a recorded failure is void because the parameters have changed since.
  static boolean clearsFailure(
      ResourceUnpacking unpacking, Resource resource, Node node, HistoryEntry entry) {
    if (!entry.operation().equals("start") && !entry.operation().equals("monitor")) {
      return false;
    }
    String known = entry.attribute("op-digest");
    if (known.isEmpty()) {
      return false;
    }
    Verdict verdict = compare(unpacking, resource, node, entry);
    return verdict == Verdict.CHANGED || verdict == Verdict.RESTART;
  }

  /// Makes the operation required; a start that is required brings the stop before it.
  private void require(Resource resource, HistoryEntry entry) {
    Task.parse(task(entry))
        .ifPresent(task ->
            model.action(
                resource, new OperationKey(task, "", entry.intervalMillis()), null, false));
  }

  private void restart(Resource resource, Node node, HistoryEntry entry) {
    Task.parse(entry.operation())
        .ifPresent(task -> {
          Action action =
              model.action(
                  resource, new OperationKey(task, "", entry.intervalMillis()), node, true);
          action.rescheduled = true;
        });
  }

  private void reload(Resource resource, Node node) {
    Resource top = resource;
    if (!top.managed || top.failed) {
      return;
    }
    if (top.startPending) {
      model.action(resource, OperationKey.STOP, node, false);
      return;
    }
    resource.reload = true;
    Action reload = model.action(resource, OperationKey.of(Task.RELOAD), node, false);
    model.order(
        reload, resource, OperationKey.STOP, Relation.ORDERED | Relation.THEN_CANCELS_FIRST);
    model.order(
        reload, resource, OperationKey.DEMOTE, Relation.ORDERED | Relation.THEN_CANCELS_FIRST);
  }
}
