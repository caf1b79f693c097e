package dev.quorate.membership.core;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import java.util.Optional;

/// Tells what a node sends again from what it sends for the first time, by looking at its packets
/// only.
public final class SentBefore {
  private final NodeId self;
  private Optional<RingId> ring = Optional.empty();
  private long hop;
  private long sequence;

  /// Looks at what this node sends.
  public SentBefore(NodeId self) {
    this.self = self;
  }

  /// Whether a packet repeats one that was sent before, here or by its author.
  public boolean repeats(RingPacket packet) {
    return switch (packet) {
      case Token token -> {
        enter(token.ring());
        boolean again = token.hop() <= hop;
        hop = Math.max(hop, token.hop());
        yield again;
      }
      case MulticastMessage message -> {
        enter(message.ring());
        boolean again = !message.sender().equals(self) || message.sequence() <= sequence;
        sequence = Math.max(sequence, again ? 0 : message.sequence());
        yield again;
      }
      case JoinMessage _, CommitToken _ -> false;
      case RingPacket.MergeDetect _, RingPacket.HoldCancel _, RingPacket.Leave _ -> false;
    };
  }

  private void enter(RingId id) {
    if (!ring.equals(Optional.of(id))) {
      ring = Optional.of(id);
      hop = 0;
      sequence = 0;
    }
  }
}
