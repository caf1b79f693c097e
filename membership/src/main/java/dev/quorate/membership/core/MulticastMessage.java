package dev.quorate.membership.core;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;

/// A message at its place in a ring's total order.
///
/// @param sequence its place, from 1
/// @param sender who put it there
public record MulticastMessage(RingId ring, long sequence, NodeId sender, Content content)
    implements RingPacket {
  /// Checks the numbers.
  public MulticastMessage {
    RingPacket.checkSequence(ring.sequence());
    RingPacket.checkSequence(sequence);
    if (sequence == 0) {
      throw new IllegalArgumentException("messages are numbered from 1");
    }
  }

  /// What a message carries.
  public sealed interface Content {
    /// Something that the sender was asked to say.
    record Fresh(Payload payload) implements Content {}

    /// A message of an old ring, for those who come from there and lack it.
    record Recovered(RingId ring, long sequence, NodeId sender, Payload payload)
        implements Content {
      /// Checks the numbers.
      public Recovered {
        RingPacket.checkSequence(ring.sequence());
        RingPacket.checkSequence(sequence);
        if (sequence == 0) {
          throw new IllegalArgumentException("messages are numbered from 1");
        }
      }
    }
  }
}
