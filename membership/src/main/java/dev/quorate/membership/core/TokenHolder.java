package dev.quorate.membership.core;

import dev.quorate.membership.MembershipConfig;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// This node's part in an installed ring of at least two: it speaks when it has the token, and the
/// representative keeps the token of an idle ring for a while, so that idling costs little.
///
/// Invariant: the token is held only by the representative, only while nobody wants it.
final class TokenHolder {
  private final MembershipConfig config;
  private final Timers timers;
  private final TokenWatch watch;
  private final SendQueue queue;
  private final TokenRing ring;
  private final Assembly assembly;
  private @Nullable Token held;

  /// Someone waits for the token: others to install, on its first round; or one to speak.
  private boolean wanted = true;

  private boolean asked;

  /// The token is held after the second calm visit in a row: by then every member has seen that the
  /// ring is calm, and asks for the token instead of waiting for it.
  private int calmVisits;

  TokenHolder(
      MembershipConfig config,
      Timers timers,
      TokenWatch watch,
      SendQueue queue,
      TokenRing ring,
      Assembly assembly) {
    this.assembly = assembly;
    this.config = config;
    this.timers = timers;
    this.watch = watch;
    this.queue = queue;
    this.ring = ring;
  }

  /// The token is here.
  void visit(Instant now, Token token, List<RingEffect> out) {
    var passed = ring.visit(token, queue, out);
    deliver(out);
    asked = false;
    calmVisits = ring.isCalm() ? calmVisits + 1 : 0;
    if (calmVisits > 1 && ring.isRepresentative() && !wanted) {
      held = passed;
      timers.set(TimerId.Kind.HOLD, now.plus(config.tokenHold()), out);
    } else {
      pass(now, passed, out);
    }
    wanted = false;
  }

  void pass(Instant now, Token token, List<RingEffect> out) {
    watch.pass(now, ring.successor(), token, config.tokenRetransmit(), out);
  }

  /// Someone else has something to say.
  void wantedElsewhere(Instant now, List<RingEffect> out) {
    wanted = true;
    release(now, out);
  }

  /// Lets go of the token, if it is held.
  void release(Instant now, List<RingEffect> out) {
    var token = held;
    if (token == null) {
      return;
    }
    held = null;
    wanted = false;
    timers.cancel(TimerId.Kind.HOLD, out);
    if (queue.isEmpty()) {
      pass(now, token, out);
    } else {
      visit(now, token, out);
    }
  }

  /// This node has something to say.
  void speak(Instant now, List<RingEffect> out) {
    if (held != null) {
      release(now, out);
    } else if (ring.isCalm() && !ring.isRepresentative() && !asked) {
      asked = true;
      var request = new RingPacket.HoldCancel(ring.id());
      out.add(new RingEffect.Send(List.of(ring.representative()), request));
    }
  }

  /// Delivers what can be delivered.
  void deliver(List<RingEffect> out) {
    assembly.deliver(ring.id(), ring.window().takeDeliverable(), out);
  }
}
