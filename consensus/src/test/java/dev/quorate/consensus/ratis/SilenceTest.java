package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Whoever closes a log waits for it, but not for what never ends.
final class SilenceTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  @Test
  void whatClosesIsWaitedFor() {
    AtomicInteger closed = new AtomicInteger();
    Silence.await(
        () -> {
          LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
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
