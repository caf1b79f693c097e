package dev.quorate.fencing.driver;

import dev.quorate.fencing.FenceAgent;
import dev.quorate.fencing.FenceAgentCall;
import dev.quorate.fencing.FenceAgentResult;
import dev.quorate.fencing.FencingHistoryEntry;
import dev.quorate.fencing.FencingListener;
import dev.quorate.fencing.FencingOutcome;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.fencing.core.FencingCoordinator;
import dev.quorate.fencing.core.FencingEffect;
import dev.quorate.fencing.core.FencingEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a [FencingCoordinator]: one thread handles its events in order, each agent has a virtual
/// thread of its own.
public final class FencingDriver implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FencingDriver.class);

  private final FencingCoordinator coordinator;
  private final FenceAgent agent;
  private final InstantSource clock;
  private final FencingListener listener;
  private final ScheduledThreadPoolExecutor loop;
  private final TreeMap<Long, Thread> agents = new TreeMap<>();
  private final TreeMap<Long, Future<?>> timers = new TreeMap<>();
  private volatile List<FencingHistoryEntry> history = List.of();

  /// Makes a driver; it starts working with the first event.
  ///
  /// @param coordinator decides; from now on used by this driver only
  /// @param agent carries out calls to devices
  /// @param clock monotonic time
  /// @param listener hears the outcomes
  public FencingDriver(
      FencingCoordinator coordinator,
      FenceAgent agent,
      InstantSource clock,
      FencingListener listener) {
    this.coordinator = coordinator;
    this.agent = agent;
    this.clock = clock;
    this.listener = listener;
    loop =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("fencing").factory());
    loop.setRemoveOnCancelPolicy(true);
    loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /// Asks for a node to be fenced; the listener hears the outcome.
  public void request(FencingRequest request) {
    submit(new FencingEvent.Requested(request));
  }

  /// Hands in an event from any thread. After [#close] events are dropped.
  public void submit(FencingEvent event) {
    try {
      loop.execute(() -> handle(event));
    } catch (RejectedExecutionException e) {
      log.atDebug().addKeyValue("reason", "closed").log("fencing event dropped");
    }
  }

  /// Finished requests, oldest first.
  public List<FencingHistoryEntry> history() {
    return history;
  }

  /// Ends all agents that run; their requests stay unanswered.
  @Override
  public void close() {
    submitStopAll();
    loop.shutdown();
    try {
      if (!loop.awaitTermination(5, TimeUnit.SECONDS)) {
        loop.shutdownNow();
      }
    } catch (InterruptedException e) {
      loop.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void submitStopAll() {
    try {
      loop.execute(() -> {
        agents.values().forEach(Thread::interrupt);
        agents.clear();
      });
    } catch (RejectedExecutionException e) {
      log.atDebug().addKeyValue("reason", "closed").log("fencing was closed before");
    }
  }

  private void handle(FencingEvent event) {
    try {
      if (event instanceof FencingEvent.AgentFinished(var operation, _)) {
        agents.remove(operation);
      }
      Instant now = clock.instant();
      var effects = coordinator.handle(now, event);
      history = coordinator.history();
      effects.forEach(effect -> perform(now, effect));
    } catch (RuntimeException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("code", "HA-FENCE-011")
          .log("fencing event could not be handled");
    }
  }

  private void perform(Instant now, FencingEffect effect) {
    switch (effect) {
      case FencingEffect.RunAgent(var operation, var call) -> start(operation, call);
      case FencingEffect.StopAgent(var operation) -> {
        var thread = agents.remove(operation);
        if (thread != null) {
          thread.interrupt();
        }
      }
      case FencingEffect.SetTimer(var timer, var at) -> {
        long nanos = Math.max(0, Duration.between(now, at).toNanos());
        timers.put(timer, loop.schedule(() -> fire(timer), nanos, TimeUnit.NANOSECONDS));
      }
      case FencingEffect.CancelTimer(var timer) -> {
        var scheduled = timers.remove(timer);
        if (scheduled != null) {
          scheduled.cancel(false);
        }
      }
      case FencingEffect.Complete(var request, var outcome) -> {
        logOutcome(request, outcome);
        listener.completed(request, outcome);
      }
      case FencingEffect.RecordHistory(var entry) -> listener.recorded(entry);
      case FencingEffect.ReportPowerOnFailed(var target, var device, var reason) -> {
        log.atWarn()
            .addKeyValue("target", target)
            .addKeyValue("device", device)
            .addKeyValue("reason", reason)
            .log("fenced node could not be switched on");
        listener.powerOnFailed(target, device, reason);
      }
    }
  }

  private void fire(long timer) {
    timers.remove(timer);
    handle(new FencingEvent.TimerFired(timer));
  }

  private void start(long operation, FenceAgentCall call) {
    agents.put(
        operation,
        Thread.ofVirtual().name("fence-agent-" + operation).start(() -> run(operation, call)));
  }

  private void run(long operation, FenceAgentCall call) {
    Instant started = clock.instant();
    FenceAgentResult result;
    try {
      result = agent.run(call);
    } catch (InterruptedException e) {
      result = new FenceAgentResult.Killed("stopped");
    } catch (RuntimeException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("code", "HA-FENCE-012")
          .addKeyValue("device", call.device().id())
          .log("fence agent could not be run");
      result = new FenceAgentResult.Killed("internal error");
    }
    log.atInfo()
        .addKeyValue("device", call.device().id())
        .addKeyValue("action", call.action().word())
        .addKeyValue("target", call.target())
        .addKeyValue("durationMs", Duration.between(started, clock.instant()).toMillis())
        .addKeyValue("reason", result)
        .log("fence agent finished");
    submit(new FencingEvent.AgentFinished(operation, result));
  }

  private static void logOutcome(FencingRequest request, FencingOutcome outcome) {
    var line =
        outcome.confirmed() ? log.atInfo() : log.atError().addKeyValue("code", "HA-FENCE-013");
    line.addKeyValue("target", request.target())
        .addKeyValue("action", request.action().word())
        .addKeyValue("reason", outcome)
        .log("fencing finished");
  }
}
