package dev.quorate.membership.core;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import java.util.List;
import java.util.Optional;

/// The right to send, and the ring's common knowledge.
///
/// @param hop counts its passes: a token that is not newer than the last one is a duplicate
/// @param sequence the number of the last message sent in this ring
/// @param aru every member has all messages up to this one, as far as the token knows
/// @param aruSetter the member that lowered `aru`, if it is below `sequence`
/// @param settled how many members in a row had everything and nothing to recover
/// @param load how many messages were sent while it went round last
/// @param backlog how many messages wait for it on all members
/// @param missing numbers of messages that members lack
public record Token(
    RingId ring,
    long hop,
    long sequence,
    long aru,
    Optional<NodeId> aruSetter,
    int settled,
    int load,
    int backlog,
    List<Long> missing)
    implements RingPacket {
  /// Checks and copies.
  public Token {
    RingPacket.checkSequence(ring.sequence());
    RingPacket.checkSequence(hop);
    RingPacket.checkSequence(sequence);
    if (aru < 0 || aru > sequence) {
      throw new IllegalArgumentException("aru " + aru + " is beyond sequence " + sequence);
    }
    if (load < 0 || backlog < 0) {
      throw new IllegalArgumentException("load " + load + " and backlog " + backlog);
    }
    missing = List.copyOf(missing);
    if (missing.size() > MAX_MISSING) {
      throw new IllegalArgumentException("too many missing messages: " + missing.size());
    }
  }

  /// The first token of a ring.
  static Token first(RingId ring) {
    return new Token(ring, 0, 0, 0, Optional.empty(), 0, 0, 0, List.of());
  }

  /// The same token with other counts of what was sent and what waits.
  Token withLoad(int sent, int waiting) {
    return new Token(ring, hop, sequence, aru, aruSetter, settled, sent, waiting, missing);
  }

  /// The same token with another count of settled members.
  Token withSettled(int count) {
    return new Token(ring, hop, sequence, aru, aruSetter, count, load, backlog, missing);
  }
}
