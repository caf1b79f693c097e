package dev.quorate.daemon;

import dev.quorate.agents.ResourceInstance;
import dev.quorate.consensus.LogPosition;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.resource.Action;
import dev.quorate.resource.Intent;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Executes operations of agents, each on a virtual thread, and always reports an outcome: an agent
/// that does not come back in time is answered for with "unknown".
final class OperationRunner {
  private static final Logger log = LoggerFactory.getLogger(OperationRunner.class);
  private static final Duration SLACK = Duration.ofSeconds(2);
  private static final Duration UNKNOWN_AGAIN = Duration.ofSeconds(5);
  private static final int ERROR = 1;
  private static final int NOT_INSTALLED = 5;

  private final OpenInstances instances;
  private final OperationJournal journal;
  private final Consumer<NodeEvent> events;

  OperationRunner(OpenInstances instances, OperationJournal journal, Consumer<NodeEvent> events) {
    this.instances = instances;
    this.journal = journal;
    this.events = events;
  }

  void run(Intent intent) {
    if (!(intent.action() instanceof Action.OperationAction(var kind, var resource, _))) {
      return;
    }
    start(
        kind,
        resource,
        intent.timeout(),
        () -> begun(intent, kind),
        result -> {
          ended(intent, result);
          return new NodeEvent.OperationFinished(intent.id(), result);
        });
  }

  /// A full disk must not keep anything running: a stop may be done twice.
  private void begun(Intent intent, OperationKind kind) {
    try {
      journal.begun(intent.id(), intent.term(), intent.action().key());
    } catch (UncheckedIOException e) {
      if (kind != OperationKind.STOP && kind != OperationKind.MONITOR) {
        throw e;
      }
      unwritten(intent, e);
    }
  }

  /// What was done counts, written down or not.
  private void ended(Intent intent, OperationResult result) {
    try {
      journal.ended(intent.id(), result.status().name());
    } catch (UncheckedIOException e) {
      unwritten(intent, e);
    }
  }

  private static void unwritten(Intent intent, UncheckedIOException e) {
    log.atError()
        .addKeyValue("code", "HA-NODE-023")
        .addKeyValue("operation", intent.action().key())
        .addKeyValue("reason", e.getMessage())
        .log("journal not written; going on without");
  }

  void monitor(ResourceId resource, LogPosition seen, Duration timeout) {
    start(
        OperationKind.MONITOR,
        resource,
        timeout,
        () -> {},
        result -> new NodeEvent.MonitorFinished(resource, seen, result));
  }

  void emergencyStop(ResourceId resource, Duration timeout) {
    Thread.ofVirtual()
        .name("emergency-stop-" + resource)
        .start(() -> {
          OperationResult result =
              bounded(
                  "emergency stop of " + resource,
                  timeout,
                  () ->
                      instances
                          .get(resource)
                          .map(open -> open.instance().emergencyStop(timeout))
                          .orElseGet(() -> notOpen(resource, OperationKind.STOP, true)));
          events.accept(new NodeEvent.EmergencyStopFinished(resource, result));
        });
  }

  private void start(
      OperationKind kind,
      ResourceId resource,
      Duration timeout,
      Runnable before,
      Function<OperationResult, NodeEvent> report) {
    Thread.ofVirtual()
        .name(kind + "-" + resource)
        .start(() -> {
          long began = System.nanoTime();
          OperationResult result = execute(kind, resource, timeout, before);
          if (result.status() == OperationResult.Status.UNKNOWN) {
            settle(began, UNKNOWN_AGAIN.compareTo(timeout) < 0 ? UNKNOWN_AGAIN : timeout);
          }
          long millis = (System.nanoTime() - began) / 1_000_000;
          var line = kind == OperationKind.MONITOR ? log.atDebug() : log.atInfo();
          line.addKeyValue("operation", kind)
              .addKeyValue("resource", resource)
              .addKeyValue("durationMs", millis)
              .addKeyValue("role", result.observed())
              .addKeyValue("reason", result.status() + " " + result.reason())
              .log("operation finished");
          events.accept(report.apply(result));
        });
  }

  private OperationResult execute(
      OperationKind kind, ResourceId resource, Duration timeout, Runnable before) {
    Optional<OpenInstances.Open> open = instances.get(resource);
    if (open.isEmpty()) {
      return notOpen(resource, kind, false);
    }
    return bounded(
        kind + " of " + resource,
        timeout,
        () -> {
          open.get().lock().lock();
          try {
            before.run();
            return run(open.get().instance(), kind, timeout);
          } finally {
            open.get().lock().unlock();
          }
        });
  }

  /// Holds back an outcome that makes somebody order the same again at once.
  private static void settle(long began, Duration least) {
    LockSupport.parkNanos(least.toNanos() - (System.nanoTime() - began));
  }

  /// What is said of a resource that is not open. Without an agent nothing here can have started
  /// it. With one that failed, nobody has looked: it may well run.
  private OperationResult notOpen(ResourceId resource, OperationKind kind, boolean emergency) {
    Optional<String> reason = instances.whyNotOpen(resource);
    boolean stopped = kind == OperationKind.MONITOR || kind == OperationKind.STOP;
    if (reason.isEmpty()) {
      return stopped
          ? OperationResult.succeeded(Role.STOPPED)
          : OperationResult.failed(
              NOT_INSTALLED, Role.STOPPED, "its agent is not known on this node");
    }
    return stopped && !emergency
        ? OperationResult.unknown(reason.get())
        : OperationResult.failed(ERROR, Role.STOPPED, reason.get());
  }

  private static OperationResult run(
      ResourceInstance instance, OperationKind kind, Duration timeout) {
    return instance.run(kind, timeout);
  }

  private interface Work {
    OperationResult get();
  }

  private static OperationResult bounded(String what, Duration timeout, Work work) {
    CompletableFuture<OperationResult> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name(what)
        .start(() -> {
          try {
            result.complete(work.get());
          } catch (RuntimeException | Error e) {
            log.atError()
                .setCause(e)
                .addKeyValue("code", "HA-AGENT-004")
                .addKeyValue("operation", what)
                .log("agent failed");
            result.complete(OperationResult.unknown("the agent failed: " + e));
          }
        });
    return result
        .completeOnTimeout(
            OperationResult.unknown("the agent did not come back in time"),
            timeout.plus(SLACK).toMillis(),
            TimeUnit.MILLISECONDS)
        .join();
  }
}
