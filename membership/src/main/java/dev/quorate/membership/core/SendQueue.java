package dev.quorate.membership.core;

import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.core.MulticastMessage.Content;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/// What this node wants to say and may not yet. Bounded: what does not fit is refused.
final class SendQueue {
  private final ArrayDeque<Payload> waiting = new ArrayDeque<>();
  private final int limit;

  SendQueue(int limit) {
    this.limit = limit;
  }

  /// Takes a message, or refuses it.
  boolean offer(Payload payload, List<RingEffect> out) {
    if (payload.size() > MembershipConfig.MAX_PAYLOAD) {
      out.add(new RingEffect.Refused(payload, RingEffect.Refusal.TOO_LARGE));
      return false;
    }
    if (waiting.size() >= limit) {
      out.add(new RingEffect.Refused(payload, RingEffect.Refusal.QUEUE_FULL));
      return false;
    }
    return waiting.add(payload);
  }

  Optional<Payload> poll() {
    return Optional.ofNullable(waiting.poll());
  }

  Optional<Content> next() {
    return poll().map(Content.Fresh::new);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int size() {
    return waiting.size();
  }
}
