package dev.quorate.membership.netty;

import java.time.Duration;
import java.time.Instant;

/// So many attempts a second, a few more at once, and no others.
final class Allowance {
  private final double perSecond;
  private final double burst;
  private double left;
  private Instant last = Instant.MIN;

  Allowance(double perSecond, double burst) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.left = burst;
  }

  /// Takes one, if there is one.
  boolean take(Instant now) {
    if (last.equals(Instant.MIN)) {
      last = now;
    } else if (now.isAfter(last)) {
      left = Math.min(burst, left + Duration.between(last, now).toNanos() * perSecond / 1e9);
      last = now;
    }
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
