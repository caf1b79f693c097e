package dev.quorate.membership.netty;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingPeer;
import dev.quorate.membership.core.RingEffect.Care;
import java.nio.ByteBuffer;
import java.util.List;

/// Carries packets between nodes, over as many links as each has. Packets may be lost, doubled and
/// reordered; what arrives was made by the node that it names.
interface RingTransport extends AutoCloseable {
  /// Begins to receive.
  void open(Receiver receiver);

  /// The nodes that may be talked to from now on.
  void reach(List<RingPeer> peers);

  /// Sends the remaining bytes to each of the nodes.
  void send(List<NodeId> to, ByteBuffer packet, Care care);

  /// Lets what was sent leave the node.
  void flush();

  @Override
  void close();

  /// Takes what arrives, on the ring's thread.
  interface Receiver {
    /// A packet of a peer.
    void received(NodeId from, ByteBuffer packet);

    /// The kernel of a peer says, on every link that works, that nobody listens there.
    void refused(NodeId peer);
  }
}
