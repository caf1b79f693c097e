package dev.quorate.daemon.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets the daemon be on time on a busy machine: the threads that others wait for are real-time,
/// and no page of it has to come from disk. Where that is not permitted it says so and goes on.
///
/// A thread of the virtual machine that all others wait for at a safepoint must be as prompt as the
/// ring's own, so every thread is real-time but those that compute for long or work for others:
/// planning, compiling, agents. Threads come and go; new ones are found within [#PERIOD_MILLIS].
/// Nothing that the daemon starts is real-time: the kernel resets what is forked.
public final class Timeliness implements AutoCloseable {
  /// Low among real-time priorities: before everything usual, after the kernel's own threads.
  static final int PRIORITY = 10;

  /// How often new threads are looked for.
  static final long PERIOD_MILLIS = 500;

  private static final Logger log = LoggerFactory.getLogger(Timeliness.class);

  /// Names as the kernel keeps them, cut off after 15 bytes, or their beginnings.
  private static final List<String> AS_USUAL =
      List.of(
          "planner",
          "timeliness",
          "operation",
          "fencing",
          "vip-renewer",
          "C1 Compiler",
          "C2 Compiler",
          "ForkJoinPool");

  private final Path tasks;
  private final TreeSet<Integer> known = new TreeSet<>();
  private final ScheduledExecutorService walker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("timeliness").factory());
  private volatile Outcome realTime = Outcome.OFF;
  private volatile Outcome memory = Outcome.OFF;

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
      walk();
      if (realTime == Outcome.ON) {
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

  /// Makes those threads real-time that are not known yet. On the walker's thread but for the first
  /// time.
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
    known.retainAll(present);
    for (int thread : present) {
      if (known.add(thread) && !raise(thread)) {
        return;
      }
    }
    realTime = Outcome.ON;
  }

  private boolean raise(int thread) {
    try {
      String name = Files.readString(tasks.resolve(Integer.toString(thread)).resolve("comm"));
      if (AS_USUAL.stream().anyMatch(name::startsWith)) {
        return true;
      }
    } catch (NoSuchFileException _) {
      return true; // it has ended
    } catch (IOException e) {
      if (Files.exists(tasks.resolve(Integer.toString(thread)))) {
        log.atWarn().setCause(e).log("the name of a thread cannot be read");
      }
      return true;
    }
    int error = LinuxScheduling.realTime(thread, PRIORITY);
    if (error == 0 || error == LinuxScheduling.ESRCH) {
      return true;
    }
    realTime = Outcome.REFUSED;
    log.atWarn()
        .addKeyValue("code", "HA-TIME-002")
        .addKeyValue("errno", error)
        .log("threads are not real-time: permit it with LimitRTPRIO or CAP_SYS_NICE");
    return false;
  }

  @Override
  public void close() {
    walker.shutdownNow();
  }
}
