package dev.quorate.membership.core;

import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.core.MulticastMessage.Content.Fresh;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Puts the parts of long messages together. A message is delivered in the place of its last part.
///
/// All members see the same parts in the same order, so that they deliver the same wholes. A
/// message that is not whole when its ring ends is forgotten by all alike; its sender says it
/// again.
///
/// Invariant: of each sender at most one message is begun, of at most
/// [MembershipConfig#MAX_MESSAGE] bytes.
final class Assembly {
  private final TreeMap<NodeId, Begun> begun = new TreeMap<>();

  private static final class Begun {
    final List<Payload> parts = new ArrayList<>();
    int size;
  }

  /// Delivers messages; those that were only recovered for others were delivered in their own ring.
  void deliver(RingId ring, List<MulticastMessage> messages, List<RingEffect> out) {
    for (var message : messages) {
      if (message.content() instanceof Fresh fresh) {
        take(ring, message.sender(), fresh, out);
      }
    }
  }

  private void take(RingId ring, NodeId sender, Fresh fresh, List<RingEffect> out) {
    if (fresh.parts() == 1) {
      begun.remove(sender);
      out.add(new RingEffect.Deliver(ring, sender, fresh.payload()));
      return;
    }
    if (fresh.part() == 0) {
      begun.put(sender, new Begun());
    }
    var message = begun.get(sender);
    if (message == null) {
      return;
    }
    message.size += fresh.payload().size();
    if (message.parts.size() != fresh.part() || message.size > MembershipConfig.MAX_MESSAGE) {
      begun.remove(sender);
      return;
    }
    message.parts.add(fresh.payload());
    if (message.parts.size() == fresh.parts()) {
      begun.remove(sender);
      out.add(new RingEffect.Deliver(ring, sender, Payload.join(message.parts)));
    }
  }

  /// The ring has ended.
  void clear() {
    begun.clear();
  }
}
