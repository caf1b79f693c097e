package dev.quorate.membership.core;

import dev.quorate.membership.MembershipConfig;
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
    /// How many bytes it carries.
    int size();

    /// Something that the sender was asked to say, or a part of it.
    ///
    /// @param part which part, from 0
    /// @param parts how many parts the whole has; its sender sends them one after the other
    record Fresh(int part, int parts, Payload payload) implements Content {
      /// The most parts of a message.
      public static final int MAX_PARTS =
          MembershipConfig.MAX_MESSAGE / MembershipConfig.MIN_FRAGMENT;

      /// Checks the numbers.
      public Fresh {
        if (parts < 1 || parts > MAX_PARTS || part < 0 || part >= parts) {
          throw new IllegalArgumentException("part " + part + " of " + parts);
        }
      }

      @Override
      public int size() {
        return payload.size();
      }

      /// Something that fits into one message.
      public Fresh(Payload payload) {
        this(0, 1, payload);
      }
    }

    /// A message of an old ring, for those who come from there and lack it.
    record Recovered(RingId ring, long sequence, NodeId sender, Fresh original) implements Content {
      /// Checks the numbers.
      public Recovered {
        RingPacket.checkSequence(ring.sequence());
        RingPacket.checkSequence(sequence);
        if (sequence == 0) {
          throw new IllegalArgumentException("messages are numbered from 1");
        }
      }

      @Override
      public int size() {
        return original.size();
      }
    }
  }
}
