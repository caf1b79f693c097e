package dev.quorate.agents.linux;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells within a millisecond that a process has ended, whoever's child it is.
///
/// One platform thread waits for all of them. Thread-safe.
public final class ProcessExitWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessExitWatch.class);

  private record Watched(int handle, Runnable onExit) {}

  private final Object lock = new Object();
  private final List<Watched> watched = new ArrayList<>();
  private final int wakeUp = LinuxCalls.eventDescriptor();
  private boolean closed;

  /// Starts the thread.
  public ProcessExitWatch() {
    Thread.ofPlatform().name("process-exit-watch").daemon().start(this::loop);
  }

  /// Watches a process.
  ///
  /// @param pid the process
  /// @param onExit called once, on the watch's thread, so it must return at once; called now if the
  ///   process has ended already
  public void watch(long pid, Runnable onExit) {
    int handle = LinuxCalls.openProcess(pid);
    if (handle < 0) {
      onExit.run();
      return;
    }
    synchronized (lock) {
      if (closed) {
        LinuxCalls.close(handle);
        return;
      }
      watched.add(new Watched(handle, onExit));
      LinuxCalls.raise(wakeUp);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      LinuxCalls.raise(wakeUp);
    }
  }

  private void loop() {
    while (true) {
      List<Watched> now;
      synchronized (lock) {
        if (closed) {
          watched.forEach(w -> LinuxCalls.close(w.handle()));
          LinuxCalls.close(wakeUp);
          return;
        }
        now = List.copyOf(watched);
      }
      int[] descriptors = new int[now.size() + 1];
      descriptors[0] = wakeUp;
      for (int i = 0; i < now.size(); i++) {
        descriptors[i + 1] = now.get(i).handle();
      }
      boolean[] ready = LinuxCalls.awaitReadable(descriptors);
      if (ready[0]) {
        LinuxCalls.clear(wakeUp);
      }
      for (int i = 0; i < now.size(); i++) {
        if (ready[i + 1]) {
          ended(now.get(i));
        }
      }
    }
  }

  private void ended(Watched process) {
    synchronized (lock) {
      watched.remove(process);
      LinuxCalls.close(process.handle());
    }
    try {
      process.onExit().run();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("listener of a process failed");
    }
  }
}
