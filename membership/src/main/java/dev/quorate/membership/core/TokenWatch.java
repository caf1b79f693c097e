package dev.quorate.membership.core;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Watches over a token that is somewhere else: sends it again while the ring gives no sign of it,
/// and says when it is lost.
final class TokenWatch {
  private final Timers timers;
  private @Nullable Sent sent;
  private Instant lostAt = Instant.MAX;

  private record Sent(NodeId to, RingPacket packet, Duration interval, Instant again) {}

  TokenWatch(Timers timers) {
    this.timers = timers;
  }

  /// The token is here; the next is due within this time.
  void arrived(Instant now, Duration loss, List<RingEffect> out) {
    sent = null;
    lostAt = now.plus(loss);
    timers.setNoLater(TimerId.Kind.TOKEN, lostAt, out);
  }

  /// Passes the token on. Its loss is still counted from when it arrived.
  void pass(Instant now, NodeId to, RingPacket packet, Duration interval, List<RingEffect> out) {
    out.add(new RingEffect.Send(List.of(to), packet));
    sent = new Sent(to, packet, interval, now.plus(interval));
    timers.setNoLater(TimerId.Kind.TOKEN, sent.again(), out);
  }

  /// The ring shows that the token was received.
  void confirmed() {
    sent = null;
  }

  /// There is a hint that the token will not come: it is waited for no longer than this. If it
  /// comes all the same, the hint is forgotten.
  void hasten(Instant until, List<RingEffect> out) {
    if (until.isBefore(lostAt)) {
      lostAt = until;
      timers.setNoLater(TimerId.Kind.TOKEN, until, out);
    }
  }

  void stop() {
    sent = null;
    lostAt = Instant.MAX;
  }

  /// The timer fired: true if the token is lost.
  boolean fired(Instant now, List<RingEffect> out) {
    if (!now.isBefore(lostAt)) {
      stop();
      return true;
    }
    var next = lostAt;
    if (sent != null) {
      if (!now.isBefore(sent.again())) {
        out.add(new RingEffect.Send(List.of(sent.to()), sent.packet()));
        sent = new Sent(sent.to(), sent.packet(), sent.interval(), now.plus(sent.interval()));
      }
      next = sent.again().isBefore(lostAt) ? sent.again() : lostAt;
    }
    timers.set(TimerId.Kind.TOKEN, next, out);
    return false;
  }
}
