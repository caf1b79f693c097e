package dev.quorate.membership.core.link;

import dev.quorate.membership.core.link.LinkReport.Hearing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One link to one peer: what was heard and measured on it.
final class LinkHealth {
  /// About how many datagrams an estimate of loss looks back.
  private static final double MEMORY = 40;

  private static final int LOSSY = 100;
  private static final int NOTICEABLE = 20;

  private Instant heardAt;
  private Instant toldAt;
  private long sent;
  private long received;
  private long countedSent = -1;
  private long countedReceived;
  private double lossIn;
  private int lossOut;
  private long silentOut;
  private long lastStamp;
  private Instant lastStampAt;
  private double roundTrip = -1;
  private Instant faultyUntil = Instant.MIN;
  private LinkState state = LinkState.UP;

  LinkHealth(Instant now) {
    heardAt = now;
    toldAt = now;
    lastStampAt = now;
  }

  void sent() {
    sent++;
  }

  void heard(Instant now) {
    heardAt = now;
    received++;
  }

  /// A copy came in: it counts against loss, and is no sign of life, for anybody can play it again.
  void copied() {
    received++;
  }

  /// A report came in on this link.
  void measured(Instant now, LinkReport report) {
    lastStamp = report.stamp();
    lastStampAt = now;
    if (countedSent >= 0 && report.sent() > countedSent) {
      double due = report.sent() - countedSent;
      var lost = Math.clamp(1 - (received - countedReceived) / due, 0, 1);
      lossIn += (lost - lossIn) * due / (due + MEMORY);
    }
    if (report.sent() != countedSent) {
      countedSent = report.sent();
      countedReceived = received;
    }
    if (report.echo() > 0) {
      var took = micros(now) - report.echo() - report.held();
      if (took >= 0) {
        roundTrip = roundTrip < 0 ? took : roundTrip + (took - roundTrip) / 8;
      }
    }
  }

  /// The peer says how it hears this node on this link.
  void told(Instant now, Hearing hearing) {
    toldAt = now;
    lossOut = hearing.loss();
    silentOut = hearing.silentMillis();
  }

  /// The kernel says that the link is broken, or the peer's port closed.
  void fault(Instant until) {
    faultyUntil = until;
  }

  LinkReport report(Instant now, java.util.List<Hearing> hearings) {
    var held = lastStamp == 0 ? 0 : Math.max(0, micros(now) - micros(lastStampAt));
    return new LinkReport(micros(now), lastStamp, held, sent + 1, hearings);
  }

  Hearing hearing(Instant now) {
    var silent = Math.clamp(Duration.between(heardAt, now).toMillis(), 0, Integer.MAX_VALUE);
    return new Hearing((int) Math.round(lossIn * LinkReport.ALL_LOST), silent);
  }

  private static long micros(Instant instant) {
    return Math.max(1, instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000);
  }

  private long silentIn(Instant now) {
    return Duration.between(heardAt, now).toMillis();
  }

  /// How long the peer has heard nothing, as far as this node was told.
  private long silentOut(Instant now) {
    return silentOut + Duration.between(toldAt, now).toMillis();
  }

  /// Looks again; true if the state changed.
  boolean review(Instant now, Duration horizon) {
    var before = state;
    var limit = horizon.toMillis();
    if (silentIn(now) >= limit) {
      // What was sent meanwhile is no loss of the link that comes back.
      countedSent = -1;
    }
    if (silentIn(now) >= limit || silentOut(now) >= limit) {
      state = LinkState.DOWN;
    } else if (loss() >= LOSSY) {
      state = LinkState.LOSSY;
    } else if (loss() < LOSSY / 2 || before == LinkState.DOWN) {
      state = LinkState.UP;
    }
    return state != before;
  }

  LinkState state() {
    return state;
  }

  /// How little this link is wanted for messages: 0 is best.
  int badness(Instant now, Duration hush) {
    if (state == LinkState.DOWN) {
      return 4;
    }
    var limit = hush.toMillis();
    if (now.isBefore(faultyUntil) || silentIn(now) >= limit || silentOut(now) >= limit) {
      return 3;
    }
    return loss() >= LOSSY ? 2 : loss() >= NOTICEABLE ? 1 : 0;
  }

  private double loss() {
    return Math.max(lossIn * LinkReport.ALL_LOST, lossOut);
  }

  Optional<Duration> roundTrip() {
    return roundTrip < 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos((long) (roundTrip * 1e3)));
  }

  double lossIn() {
    return lossIn;
  }

  double lossOut() {
    return lossOut / (double) LinkReport.ALL_LOST;
  }
}
