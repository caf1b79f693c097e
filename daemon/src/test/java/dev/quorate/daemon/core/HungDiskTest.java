package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HungDiskTest {
  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final Optional<Instant> SYNC = Optional.of(Instant.EPOCH.plusSeconds(5));

  private final HungDisk disk = new HungDisk(BOUND);
  private Instant now = Instant.EPOCH.plusSeconds(5);

  /// Looks four times a second, as if nothing else happened.
  private boolean askedWithin(Optional<Instant> owed, Duration time) {
    boolean asks = false;
    for (Instant end = now.plus(time); !asks && now.isBefore(end); ) {
      now = now.plusMillis(250);
      asks = disk.asks(now, owed);
    }
    return asks;
  }

  @Test
  void asksWhenASyncIsOwedForTheBound() {
    disk.asks(now, Optional.empty());
    assertFalse(askedWithin(Optional.empty(), BOUND.multipliedBy(3)));
    Optional<Instant> since = Optional.of(now);
    assertFalse(askedWithin(since, BOUND.minusMillis(250)));
    assertTrue(askedWithin(since, Duration.ofMillis(250)));
  }

  @Test
  void syncsThatComeToAnEndDoNotAddUp() {
    disk.asks(now, Optional.empty());
    for (int i = 0; i < 5; i++) {
      assertFalse(askedWithin(Optional.of(now), BOUND.minusSeconds(1)));
    }
  }

  @Test
  void aPauseOfTheNodeDoesNotCount() {
    disk.asks(now, SYNC);
    now = now.plusSeconds(60);
    assertFalse(disk.asks(now, SYNC), "the disk may have answered meanwhile");
    assertFalse(askedWithin(SYNC, BOUND.minusMillis(250)));
    assertTrue(askedWithin(SYNC, Duration.ofMillis(250)));
  }

  @Test
  void leavesByAFreshGoodWordOnly() {
    disk.asks(now, SYNC);
    assertTrue(askedWithin(SYNC, BOUND));
    assertFalse(disk.leaves(now.plusMillis(100), SYNC, false), "its disk is not well either");
    assertFalse(disk.leaves(now.plusMillis(100), Optional.empty(), true), "it has answered");
    assertFalse(disk.leaves(now.plusMillis(100), Optional.of(now), true), "it is another sync");
    assertFalse(disk.leaves(now.plus(HungDisk.FRESH).plusMillis(1), SYNC, true), "it is too old");
    assertTrue(disk.leaves(now.plus(HungDisk.FRESH), SYNC, true));
  }

  @Test
  void isAskedAgainThoughTheWordTookItsTime() {
    disk.asks(now, SYNC);
    assertTrue(askedWithin(SYNC, BOUND));
    now = now.plusMillis(1500);
    assertFalse(disk.leaves(now, SYNC, false));
    assertTrue(askedWithin(SYNC, Duration.ofMillis(250)));
  }

  @Test
  void isWellAgainOnceItHasKeptEverythingForAWhile() {
    assertFalse(disk.isWellAgain(now, true));
    for (int i = 0; i < 19; i++) {
      now = now.plusMillis(250);
      assertFalse(disk.isWellAgain(now, true));
    }
    assertFalse(disk.isWellAgain(now, false), "not everything");
    for (int i = 0; i < 20; i++) {
      now = now.plusMillis(250);
      assertFalse(disk.isWellAgain(now, true));
    }
    assertTrue(disk.isWellAgain(now.plusMillis(250), true));
    assertFalse(disk.isWellAgain(now.plusSeconds(60), true), "nobody looked meanwhile");
  }

  @Test
  void aWordLastsLessThanTheShortestBound() {
    HungDisk hasty = new HungDisk(Duration.ofMillis(1));
    assertFalse(hasty.asks(now, SYNC));
    for (int i = 0; i < 11; i++) {
      now = now.plusMillis(250);
      assertFalse(hasty.asks(now, SYNC));
    }
    now = now.plusMillis(250);
    assertTrue(hasty.asks(now, SYNC));
    assertTrue(HungDisk.FRESH.compareTo(HungDisk.LEAST) < 0);
  }
}
