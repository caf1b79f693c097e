package dev.quorate.membership;

import java.util.List;

/// A node of the cluster as the ring reaches it.
///
/// @param links one to eight addresses, the preferred one first; the n-th of each node are one link
public record RingPeer(NodeId node, List<RingAddress> links) {
  /// The most links a node can have.
  public static final int MAX_LINKS = 8;

  /// Checks and copies the links.
  public RingPeer {
    links = List.copyOf(links);
    if (links.isEmpty() || links.size() > MAX_LINKS) {
      throw new IllegalArgumentException(
          "node " + node + " needs 1 to " + MAX_LINKS + " ring addresses, not " + links.size());
    }
  }

  /// A node with a single link.
  public static RingPeer of(NodeId node, RingAddress address) {
    return new RingPeer(node, List.of(address));
  }
}
