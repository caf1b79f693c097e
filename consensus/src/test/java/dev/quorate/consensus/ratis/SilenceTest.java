package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Whoever closes a log waits for it, but not for what never ends.
final class SilenceTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  @Test
  void whatClosesIsWaitedFor() {
    AtomicInteger closed = new AtomicInteger();
    Thread caller = Thread.currentThread();
    Silence.await(
        () -> {
          while (caller.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
          }
          closed.incrementAndGet();
        },
        LONG);
    assertEquals(1, closed.get());
  }

  @Test
  void whatHangsIsLeftBehind() throws InterruptedException {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Silence.await(
        () -> {
          try {
            hangs.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          ended.countDown();
        },
        Duration.ofMillis(50));
    assertEquals(1, ended.getCount());
    hangs.countDown();
    assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
  }
}
