package dev.quorate.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for something outside this program that cannot be subscribed to.
public final class Wait {
  private static final Duration PACE = Duration.ofMillis(100);

  private Wait() {}

  /// Asks until the answer is yes.
  ///
  /// @throws LabException naming what was waited for, once the patience has run out
  public static void until(String what, Duration patience, BooleanSupplier done) {
    long end = System.nanoTime() + patience.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new LabException("waited " + patience.toSeconds() + " s in vain for " + what);
      }
      LockSupport.parkNanos(PACE.toNanos());
    }
  }

  /// Lets time pass, because the scenario says so.
  public static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
