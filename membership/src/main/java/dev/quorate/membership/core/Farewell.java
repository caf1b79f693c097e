package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Tells the others a few times that this node leaves, since a packet may be lost.
final class Farewell {
  private static final Duration INTERVAL = Duration.ofMillis(10);

  private final Timers timers;
  private final List<NodeId> peers;
  private final RingPacket packet;
  private int times;

  Farewell(Timers timers, Member self, List<NodeId> peers, long sequence, int times) {
    this.timers = timers;
    this.peers = peers;
    this.packet = new RingPacket.Leave(self, sequence);
    this.times = peers.isEmpty() ? 0 : times;
  }

  /// Says it, or is done.
  void say(Instant now, List<RingEffect> out) {
    if (times == 0) {
      out.add(new RingEffect.Left());
      return;
    }
    times--;
    out.add(new RingEffect.Send(peers, packet));
    timers.set(TimerId.Kind.LEAVE, now.plus(INTERVAL), out);
  }
}
