package dev.quorate.membership.time;

import java.time.Instant;
import java.time.InstantSource;

/// Time that never jumps: a fixed origin plus what `System.nanoTime` has advanced since.
///
/// The origin is the epoch plus one day, not the wall clock, so that nobody mistakes these instants
/// for dates.
public final class MonotonicTime implements InstantSource {
  private static final Instant ORIGIN = Instant.EPOCH.plusSeconds(86_400);

  private final long start = System.nanoTime();

  @Override
  public Instant instant() {
    return ORIGIN.plusNanos(System.nanoTime() - start);
  }
}
