package dev.quorate.daemon.pair;

import dev.quorate.consensus.LogDamagedException;
import dev.quorate.consensus.LogLostException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of an arbitration. Once the log is unusable, or it is closed, nothing happens on
/// it any more.
final class PairLoop implements MissedPeer.Loop, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PairLoop.class);
  private static final long CLOSING_SECONDS = 10;

  private final Surroundings around;
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("pair").factory());
  private volatile boolean closed;
  private volatile boolean unusable;

  PairLoop(Surroundings around) {
    this.around = around;
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /// The log cannot be used any more.
  void end() {
    unusable = true;
  }

  boolean unusable() {
    return unusable;
  }

  @Override
  public void submit(Runnable event) {
    try {
      executor.execute(() -> guarded(event));
    } catch (RejectedExecutionException _) {
      log.atTrace().log("arbitration was closed before");
    }
  }

  @Override
  public void later(Duration delay, Runnable event) {
    try {
      var _ = executor.schedule(() -> guarded(event), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      log.atTrace().log("arbitration was closed before");
    }
  }

  private void guarded(Runnable event) {
    if (closed || unusable) {
      return;
    }
    try {
      event.run();
    } catch (LogLostException | LogDamagedException e) {
      unusable = true;
      around.unusable(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.atError().setCause(e).addKeyValue("code", "HA-PAIR-001").log("arbitration failed");
      around.failed("the arbitration of two voters failed: " + e.getMessage());
    }
  }

  /// Ends after the event that is under way: a log that is being opened is opened, and can be
  /// closed then.
  @Override
  public void close() {
    closed = true;
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        log.atWarn().log("arbitration not closed in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
