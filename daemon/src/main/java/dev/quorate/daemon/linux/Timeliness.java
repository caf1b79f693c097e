package dev.quorate.daemon.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets the daemon be on time on a busy machine, and no page of it come from disk. Where that is
/// not permitted it says so and goes on.
///
/// The ring's threads are real-time, and the virtual machine's own, which the ring's wait for at a
/// safepoint. The others are not: the virtual machine has locks that are waited for by yielding the
/// processor again and again, and two real-time threads that wait so, one on each of two
/// processors, keep the thread that holds the lock from ever letting go. They have some more of the
/// processors than those that compute for long and than threads that have just begun; and the
/// daemon as a whole has more than what runs in other sessions, as far as the kernel deals by
/// session (`sched_autogroup_enabled`).
///
/// Threads come and go; new ones are found within [#PERIOD_MILLIS]. What the daemon starts has
/// nothing of this: the kernel resets what is forked, and what lives on has a session of its own.
public final class Timeliness implements AutoCloseable {
  /// Low among real-time priorities: before everything usual, after the kernel's own threads.
  static final int PRIORITY = 10;

  /// Of the threads that are not real-time: three times the share of those at 0, who so are never
  /// shut out.
  static final int NICE = -5;

  /// Of the session as a whole, nine times the share of one at 0.
  private static final String SESSION_NICE = "-10";

  /// How often new threads are looked for.
  static final long PERIOD_MILLIS = 1000;

  private static final Logger log = LoggerFactory.getLogger(Timeliness.class);

  /// Names as the kernel keeps them, cut off after 15 bytes. Threads of the log bear the name of
  /// the node, which may be `ring1`.
  private static final Pattern REAL_TIME = Pattern.compile("ring-\\d+-\\d+|VM .*|GC Thread.*");

  private static final List<String> AS_USUAL =
      List.of("planner", "timeliness", "C1 Compiler", "C2 Compiler");

  private final Path tasks;
  private final TreeSet<Integer> known = new TreeSet<>();
  private final ScheduledExecutorService walker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("timeliness").factory());
  private volatile Outcome realTime = Outcome.OFF;
  private volatile Outcome memory = Outcome.OFF;
  private Outcome share = Outcome.OFF;

  /// How far a wish was granted.
  public enum Outcome {
    /// Not asked for.
    OFF,
    /// Granted.
    ON,
    /// Refused by the kernel.
    REFUSED
  }

  /// For this process.
  public Timeliness() {
    this(Path.of("/proc/self/task"));
  }

  Timeliness(Path tasks) {
    this.tasks = tasks;
  }

  /// Begins.
  ///
  /// @param wantsRealTime whether threads are to be real-time
  /// @param wantsMemory whether memory is to be locked
  public void start(boolean wantsRealTime, boolean wantsMemory) {
    if (wantsMemory) {
      int error = LinuxScheduling.lockMemory();
      memory = error == 0 ? Outcome.ON : Outcome.REFUSED;
      if (error != 0) {
        log.atWarn()
            .addKeyValue("code", "HA-TIME-001")
            .addKeyValue("errno", error)
            .log("memory is not locked: permit it with LimitMEMLOCK=infinity or CAP_IPC_LOCK");
      }
    }
    if (wantsRealTime) {
      raiseSession();
      walk();
      if (realTime == Outcome.ON || share == Outcome.ON) {
        var _ =
            walker.scheduleWithFixedDelay(
                this::walk, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
    log.atInfo().addKeyValue("realtime", realTime).addKeyValue("memory", memory).log("timeliness");
  }

  /// Whether threads are real-time.
  public Outcome realTime() {
    return realTime;
  }

  /// Whether memory is locked.
  public Outcome memory() {
    return memory;
  }

  /// Raises those threads that are not known yet. On the walker's thread but for the first time.
  void walk() {
    TreeSet<Integer> present = new TreeSet<>();
    try (Stream<Path> entries = Files.list(tasks)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        present.add(Integer.valueOf(entry.getFileName().toString()));
      }
    } catch (IOException | UncheckedIOException e) {
      log.atWarn().setCause(e).log("threads cannot be listed");
      return;
    }
    if (realTime == Outcome.OFF) {
      realTime = Outcome.ON;
      share = Outcome.ON;
    }
    known.retainAll(present);
    for (int thread : present) {
      if (known.add(thread)) {
        raise(thread);
      }
    }
  }

  private static void raiseSession() {
    try {
      Files.writeString(Path.of("/proc/self/autogroup"), SESSION_NICE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      log.atInfo()
          .addKeyValue("reason", e.getMessage())
          .log("the daemon's session has no greater share than others");
    }
  }

  private void raise(int thread) {
    String name;
    try {
      name = Files.readString(tasks.resolve(Integer.toString(thread)).resolve("comm")).strip();
    } catch (NoSuchFileException _) {
      return; // it has ended
    } catch (IOException e) {
      if (Files.exists(tasks.resolve(Integer.toString(thread)))) {
        log.atWarn().setCause(e).log("the name of a thread cannot be read");
      }
      return;
    }
    if (realTime == Outcome.ON && REAL_TIME.matcher(name).matches()) {
      int error = LinuxScheduling.realTime(thread, PRIORITY);
      if (!isRefusal(error)) {
        return;
      }
      realTime = Outcome.REFUSED;
      log.atWarn()
          .addKeyValue("code", "HA-TIME-002")
          .addKeyValue("errno", error)
          .log("the ring is not real-time: permit it with LimitRTPRIO or CAP_SYS_NICE");
    }
    if (share == Outcome.ON && AS_USUAL.stream().noneMatch(name::startsWith)) {
      int error = LinuxScheduling.nice(thread, NICE);
      if (isRefusal(error)) {
        share = Outcome.REFUSED;
        log.atWarn()
            .addKeyValue("code", "HA-TIME-003")
            .addKeyValue("errno", error)
            .log("threads have no greater share: permit it with LimitNICE or CAP_SYS_NICE");
      }
    }
  }

  private static boolean isRefusal(int error) {
    return error != 0 && error != LinuxScheduling.ESRCH;
  }

  @Override
  public void close() {
    walker.shutdownNow();
  }
}
