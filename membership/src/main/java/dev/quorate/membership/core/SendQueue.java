package dev.quorate.membership.core;

import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.core.MulticastMessage.Content;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/// What this node wants to say and may not yet, cut into parts as it is sent. Bounded: what does
/// not fit is refused.
///
/// Invariant: the first message leaves the queue with its last part; if the ring ends before, it is
/// said again from its first part.
final class SendQueue implements Source {
  private final ArrayDeque<Payload> waiting = new ArrayDeque<>();
  private final int limit;
  private final int fragment;
  private int bytes;
  private int sent;

  SendQueue(int limit, int fragment) {
    this.limit = limit;
    this.fragment = fragment;
  }

  /// Takes a message, or refuses it.
  boolean offer(Payload payload, List<RingEffect> out) {
    if (payload.size() > MembershipConfig.MAX_MESSAGE) {
      out.add(new RingEffect.Refused(payload, RingEffect.Refusal.TOO_LARGE));
      return false;
    }
    if (waiting.size() >= limit || bytes + payload.size() > MembershipConfig.MAX_WAITING) {
      out.add(new RingEffect.Refused(payload, RingEffect.Refusal.QUEUE_FULL));
      return false;
    }
    bytes += payload.size();
    return waiting.add(payload);
  }

  @Override
  public Optional<Content> next() {
    var first = waiting.peek();
    if (first == null) {
      return Optional.empty();
    }
    var parts = Math.max(1, Math.ceilDiv(first.size(), fragment));
    var from = sent * fragment;
    var content =
        parts == 1
            ? new Content.Fresh(first)
            : new Content.Fresh(sent, parts, first.slice(from, from + fragment));
    sent++;
    if (sent == parts) {
      remove();
    }
    return Optional.of(content);
  }

  private Payload remove() {
    var first = waiting.remove();
    bytes -= first.size();
    sent = 0;
    return first;
  }

  /// The ring has ended: what was not said to the end is said again.
  void restart() {
    sent = 0;
  }

  /// Nobody else is there: everything is heard at once.
  void sayAll(RingId ring, NodeId self, List<RingEffect> out) {
    while (!waiting.isEmpty()) {
      out.add(new RingEffect.Deliver(ring, self, remove()));
    }
  }

  @Override
  public int backlog() {
    return Math.ceilDiv(bytes, fragment) + waiting.size();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int size() {
    return waiting.size();
  }

  /// How many bytes wait.
  int bytes() {
    return bytes;
  }
}
