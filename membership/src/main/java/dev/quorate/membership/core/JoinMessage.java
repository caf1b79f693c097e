package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import java.util.List;

/// What a gathering node believes.
///
/// @param reachable everyone it knows of, itself included, sorted
/// @param failed those of them that it gave up, sorted
/// @param sequence the highest ring sequence that it knows
public record JoinMessage(Member sender, List<Member> reachable, List<Member> failed, long sequence)
    implements RingPacket {
  /// Checks the order and copies.
  public JoinMessage {
    reachable = RingPacket.sorted(reachable);
    failed = RingPacket.sorted(failed);
    RingPacket.checkSequence(sequence);
  }
}
