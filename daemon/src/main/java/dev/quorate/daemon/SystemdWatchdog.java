package dev.quorate.daemon;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells systemd that the daemon is alive (`WATCHDOG=1`) as long as the node's brain works, and no
/// longer: a thread that only counts time says nothing about it.
final class SystemdWatchdog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SystemdWatchdog.class);
  private static final int PER_INTERVAL = 4;

  private final Duration interval;
  private final Supplier<Optional<Duration>> sinceTurn;
  private final Consumer<String> notify;
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("watchdog").factory());
  private boolean said;

  /// @param interval after which systemd ends a silent daemon
  /// @param sinceTurn how long ago the brain worked; empty if there is none that should
  SystemdWatchdog(
      Duration interval, Supplier<Optional<Duration>> sinceTurn, Consumer<String> notify) {
    this.interval = interval;
    this.sinceTurn = sinceTurn;
    this.notify = notify;
  }

  /// What systemd asks for, by its environment; empty if it does not watch this process.
  static Optional<Duration> wanted(Map<String, String> environment, long pid) {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    String whose = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    return micros.matches("[1-9][0-9]{0,17}") && whose.equals(Long.toString(pid))
        ? Optional.of(Duration.ofNanos(Long.parseLong(micros) * 1000))
        : Optional.empty();
  }

  void start() {
    long period = interval.toMillis() / PER_INTERVAL;
    var _ = timer.scheduleAtFixedRate(this::look, 0, Math.max(1, period), TimeUnit.MILLISECONDS);
  }

  /// Looks once.
  void look() {
    Optional<Duration> silent = sinceTurn.get().filter(s -> s.compareTo(interval.dividedBy(2)) > 0);
    if (silent.isEmpty()) {
      said = false;
      notify.accept("WATCHDOG=1");
    } else if (!said) {
      said = true;
      log.atError()
          .addKeyValue("code", "HA-NODE-040")
          .addKeyValue("durationMs", silent.get().toMillis())
          .log("the node's brain has not worked for long; systemd will restart the daemon");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
