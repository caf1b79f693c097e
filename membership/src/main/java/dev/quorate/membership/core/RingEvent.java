package dev.quorate.membership.core;

import dev.quorate.membership.NodeId;
import java.util.List;

/// Everything that can happen to a [RingProtocol].
public sealed interface RingEvent {
  /// The node begins to look for others. The first event, once.
  record Started() implements RingEvent {}

  /// A packet came in whose origin is proven.
  record PacketArrived(NodeId from, RingPacket packet) implements RingEvent {}

  /// The kernel of a peer says that nobody listens there. Anybody could have made that up.
  record PortClosed(NodeId peer) implements RingEvent {}

  /// A timer that was set by [RingEffect.SetTimer] has expired.
  record TimerFired(TimerId timer) implements RingEvent {}

  /// Someone on this node wants to say something to the ring.
  record MulticastRequested(Payload payload) implements RingEvent {}

  /// The nodes of the cluster are now these; this node may be among them.
  record PeersChanged(List<NodeId> peers) implements RingEvent {
    /// Copies the peers.
    public PeersChanged {
      peers = List.copyOf(peers);
    }
  }

  /// This node leaves on purpose.
  record LeaveRequested() implements RingEvent {}
}
