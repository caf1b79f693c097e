package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.RingId;
import java.util.List;

/// What nodes of a ring say to each other.
public sealed interface RingPacket
    permits JoinMessage,
        CommitToken,
        Token,
        MulticastMessage,
        RingPacket.MergeDetect,
        RingPacket.HoldCancel,
        RingPacket.Leave {

  /// "We are a ring without you": sent to nodes outside the view.
  record MergeDetect(Member sender, RingId ring) implements RingPacket {}

  /// Asks the representative to let go of the token, because the sender has something to say.
  record HoldCancel(RingId ring) implements RingPacket {}

  /// The sender leaves on purpose.
  ///
  /// @param sequence the highest ring sequence that the sender knows
  record Leave(Member sender, long sequence) implements RingPacket {}

  /// The most entries of a token's list of missing messages.
  int MAX_MISSING = 64;

  /// Copies a list of members and checks its order.
  static List<Member> sorted(List<Member> members) {
    for (int i = 1; i < members.size(); i++) {
      if (members.get(i - 1).compareTo(members.get(i)) >= 0) {
        throw new IllegalArgumentException("members are not sorted or not unique: " + members);
      }
    }
    return List.copyOf(members);
  }

  /// Checks that a sequence is one that a ring can have.
  static void checkSequence(long sequence) {
    if (sequence < 0 || sequence > Long.MAX_VALUE / 2) {
      throw new IllegalArgumentException("sequence out of range: " + sequence);
    }
  }
}
