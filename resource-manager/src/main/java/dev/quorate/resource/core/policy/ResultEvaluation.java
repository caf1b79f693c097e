package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Goes through what was done with a resource on a node, the oldest first, and finds what it is now
/// and what its failures call for.
final class ResultEvaluation {
  private static final int DONE = 0;
  private static final int NOT_SUPPORTED = 3;
  private static final int ERROR = 4;
  private static final int HARD_ERROR = 5;
  private static final int FATAL_ERROR = 6;
  private static final int NOT_INSTALLED = 7;

  private final Model model;
  private final ResourceUnpacking unpacking;
  private final FailCounts failCounts;
  private final HistoryUnpacking unpack;
  private final Migrations migrations;

  private OnFailure onFailure = OnFailure.IGNORE;
  private @Nullable HistoryEntry lastFailure;

  ResultEvaluation(
      Model model, ResourceUnpacking unpacking, FailCounts failCounts, HistoryUnpacking unpack) {
    this.model = model;
    this.unpacking = unpacking;
    this.failCounts = failCounts;
    this.unpack = unpack;
    this.migrations = new Migrations(model);
  }

  /// A result while it is being judged.
  private static final class Result {
    final Resource resource;
    final Node node;
    final HistoryEntry entry;
    final int expected;
    int code;
    int status;

    Result(Resource resource, Node node, HistoryEntry entry) {
      this.resource = resource;
      this.node = node;
      this.entry = entry;
      this.expected = NodeHistory.expectedCode(entry);
      this.code = entry.exitCode() == 190 ? 0 : entry.exitCode() == 191 ? 8 : entry.exitCode();
      this.status = entry.operationStatus();
    }

    boolean probe() {
      return NodeHistory.probe(entry);
    }

    boolean is(String operation) {
      return entry.operation().equals(operation);
    }
  }

  OnFailure evaluate(Resource resource, Node node, NodeHistory history) {
    onFailure = OnFailure.IGNORE;
    lastFailure = null;
    for (HistoryEntry entry : history.entries()) {
      switch (entry.operation()) {
        case "monitor",
            "start",
            "stop",
            "promote",
            "demote",
            "migrate_to",
            "migrate_from",
            "asyncmon" ->
            evaluate(new Result(resource, node, entry));
        default -> {}
      }
    }
    return onFailure;
  }

  private void evaluate(Result result) {
    if (result.status == 1) {
      return;
    }
    boolean expired =
        Expiry.expired(model, unpacking, failCounts, result.resource, result.node, result.entry);
    int original = result.entry.exitCode();
    remap(result, expired);
    if (expired && original != result.expected) {
      if (result.entry.intervalMillis() == 0) {
        return;
      }
      if (result.node.online && !result.node.unclean) {
        result.resource.reschedule.add(result.entry);
        return;
      }
    }
    Resource banned = result.resource.bannable();
    if (masked(result)) {
      update(result, 7);
      result.resource.role = RoleLevel.STOPPED;
      model.addScore(banned, result.node, -Scores.INFINITY);
      return;
    }
    switch (result.status) {
      case -1 -> pending(result);
      case DONE -> update(result, result.code);
      case NOT_INSTALLED -> {
        OnFailure configured = OnFailures.of(model, result.resource, result.entry);
        if (configured == OnFailure.IGNORE) {
          onFailure = OnFailure.BAN;
        }
        model.addScore(banned, result.node, -Scores.INFINITY);
        failure(result, configured);
      }
      default -> {
        OnFailure configured = OnFailures.of(model, result.resource, result.entry);
        boolean endsWithContainer = configured == OnFailure.RESTART_CONTAINER && result.is("stop");
        if (configured == OnFailure.IGNORE || endsWithContainer) {
          update(result, result.expected);
          result.resource.failureIgnored = true;
          if (endsWithContainer && configured.above(onFailure)) {
            onFailure = configured;
          }
          return;
        }
        failure(result, configured);
        if (result.status == HARD_ERROR) {
          model.addScore(banned, result.node, -Scores.INFINITY);
        } else if (result.status == FATAL_ERROR) {
          model.addScore(banned, null, -Scores.INFINITY);
        }
      }
    }
  }

  private static boolean masked(Result result) {
    return result.probe()
        && (result.status == NOT_INSTALLED || result.code == 5 || result.code == 2);
  }

  /// What the exit code says beyond the status.
  private void remap(Result result, boolean expired) {
    if (result.status == 10 || result.status == 11) {
      result.status = HARD_ERROR;
    }
    if (result.status != DONE && result.status != ERROR) {
      return;
    }
    result.status = result.expected >= 0 && result.code != result.expected ? ERROR : DONE;
    Resource resource = result.resource;
    switch (result.code) {
      case 0 -> {
        if (result.probe() && result.expected == 7) {
          result.status = DONE;
        }
      }
      case 7 -> {
        if (result.probe() || result.expected == 7 || !resource.managed) {
          result.status = DONE;
          resource.role = RoleLevel.STOPPED;
          onFailure = OnFailure.IGNORE;
          resource.next = RoleLevel.UNKNOWN;
        }
      }
      case 8 -> {
        if (result.probe() && result.expected != 8) {
          result.status = DONE;
        }
        if (!expired || result.code == result.expected) {
          resource.role = RoleLevel.PROMOTED;
        }
      }
      case 9 -> {
        if (!expired || result.code == result.expected) {
          resource.role = RoleLevel.PROMOTED;
        }
        result.status = ERROR;
      }
      case 6 -> result.status = FATAL_ERROR;
      case 2, 3, 4, 5 -> {
        if (result.code == 3 && result.entry.intervalMillis() > 0) {
          result.status = NOT_SUPPORTED;
        } else {
          if (result.is("stop") && !expired && !model.canFence(result.node)) {
            resource.managed = false;
            resource.blocked = true;
          }
          result.status = HARD_ERROR;
        }
      }
      default -> {
        if (result.status == DONE) {
          result.status = ERROR;
        }
      }
    }
  }

  private void pending(Result result) {
    Resource resource = result.resource;
    HistoryEntry failed = lastFailure;
    if (failed != null
        && result.entry.intervalMillis() > 0
        && failed.operation().equals(result.entry.operation())
        && failed.intervalMillis() == result.entry.intervalMillis()
        && failed.lastChangeSeconds() >= result.entry.lastChangeSeconds()) {
      return;
    }
    if (result.is("start")) {
      resource.startPending = true;
      resource.role = resource.activeRole();
    } else if (result.is("promote")) {
      resource.role = RoleLevel.PROMOTED;
    } else if (result.is("migrate_to") && result.node.unclean) {
      Node target = model.nodesByName.get(result.entry.attribute("migrate_target"));
      if (target != null) {
        model.action(resource, OperationKey.STOP, target, false);
      }
    }
    if (resource.pendingTask == null && !result.probe()) {
      resource.pendingTask = result.entry.operation();
      resource.pendingNode = result.node;
    }
  }

  /// A success, or what counts as one.
  private void update(Result result, int code) {
    Resource resource = result.resource;
    boolean clears = false;
    if (code == 5) {
      resource.role = RoleLevel.STOPPED;
    } else if (code == 7) {
      clears = true;
    } else {
      switch (result.entry.operation()) {
        case "start", "migrate_from" -> {
          resource.role = resource.activeRole();
          clears = true;
        }
        case "stop" -> {
          resource.role = RoleLevel.STOPPED;
          clears = true;
        }
        case "promote" -> {
          resource.role = RoleLevel.PROMOTED;
          clears = true;
        }
        case "demote" -> {
          clears = onFailure == OnFailure.DEMOTE;
          resource.role = RoleLevel.UNPROMOTED;
        }
        case "migrate_to" -> migrations.toSucceeded(resource, result.node, result.entry, unpack);
        case "monitor" -> {
          HistoryEntry failed = lastFailure;
          clears =
              failed != null
                  && failed.operation().equals(result.entry.operation())
                  && failed.intervalMillis() == result.entry.intervalMillis();
          activate(resource);
        }
        default -> activate(resource);
      }
    }
    if (clears) {
      switch (onFailure) {
        case IGNORE, DEMOTE, RESTART, BLOCK, RESTART_CONTAINER, RESET_REMOTE -> {
          onFailure = OnFailure.IGNORE;
          resource.next = RoleLevel.UNKNOWN;
        }
        case BAN, STOP, STANDBY, FENCE -> {}
      }
    }
  }

  private static void activate(Resource resource) {
    if (resource.role.below(RoleLevel.STARTED)) {
      resource.role = resource.activeRole();
    }
  }

  private void failure(Result result, OnFailure configured) {
    Resource resource = result.resource;
    lastFailure = result.entry;
    if (configured.above(onFailure)) {
      onFailure = configured;
    }
    switch (result.entry.operation()) {
      case "stop" -> model.addScore(resource, result.node, -Scores.INFINITY);
      case "migrate_to" -> migrations.toFailed(resource, result.node, result.entry, unpack);
      case "migrate_from" -> migrations.fromFailed(resource, result.node, result.entry, unpack);
      case "promote" -> resource.role = RoleLevel.PROMOTED;
      case "demote" -> {
        if (configured == OnFailure.BLOCK) {
          resource.role = RoleLevel.PROMOTED;
          resource.next = RoleLevel.STOPPED;
        } else {
          resource.role = result.code == 7 ? RoleLevel.STOPPED : RoleLevel.UNPROMOTED;
        }
      }
      default -> {}
    }
    if (result.probe() && result.code == 5) {
      resource.role = RoleLevel.STOPPED;
    } else {
      activate(resource);
    }
    RoleLevel afterwards =
        configured == OnFailure.STOP
            ? RoleLevel.STOPPED
            : result.is("promote") ? RoleLevel.UNPROMOTED : RoleLevel.STARTED;
    if (afterwards != RoleLevel.STARTED && resource.next.below(afterwards)) {
      resource.next = afterwards;
    }
    if (afterwards == RoleLevel.STOPPED) {
      model.addScore(resource.bannable(), null, -Scores.INFINITY);
    }
  }

  /// Whether and how failures stop to count.
  static final class Expiry {
    private Expiry() {}

    static boolean expired(
        Model model,
        ResourceUnpacking unpacking,
        FailCounts failCounts,
        Resource resource,
        Node node,
        HistoryEntry entry) {
      if (entry.operationStatus() == NOT_INSTALLED) {
        return false;
      }
      boolean expired = false;
      boolean clear = false;
      int unexpired = 0;
      if (resource.failureTimeoutMillis > 0 && entry.lastChangeSeconds() > 0) {
        Instant end =
            Instant.ofEpochSecond(entry.lastChangeSeconds())
                .plusMillis(resource.failureTimeoutMillis);
        expired = !model.now.isBefore(end);
        unexpired = failCounts.count(resource, node, true);
      }
      if (expired && failCounts.count(resource, node, false) > 0) {
        if (unexpired == 0) {
          clear = true;
        } else {
          expired = false;
        }
      }
      if (!clear
          && !expired
          && NodeHistory.failed(entry)
          && ConfigurationChanges.clearsFailure(unpacking, resource, node, entry)) {
        clear = true;
      }
      if (clear) {
        clearFailCount(model, resource, node);
      }
      if (expired
          && NodeHistory.probe(entry)
          && (entry.exitCode() == 0
              || entry.exitCode() == 7
              || entry.exitCode() == 8
              || entry.exitCode() == 190
              || entry.exitCode() == 191)) {
        expired = false;
      }
      return expired;
    }

    static void clearFailCount(Model model, Resource resource, Node node) {
      model.action(resource, OperationKey.of(Task.CLEAR_FAIL_COUNT), node, false);
    }
  }
}
