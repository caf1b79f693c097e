package dev.quorate.membership.netty;

import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.RingPeer;
import java.nio.file.Path;
import java.util.List;

/// What a node needs to take part in its ring.
///
/// @param self this node in its present life
/// @param bind where this node receives
/// @param peers the nodes of the cluster, this one included or not
/// @param sequenceFile where the ring sequence is kept; its directory exists
public record RingSetup(
    String cluster,
    ClusterKey key,
    Member self,
    RingAddress bind,
    List<RingPeer> peers,
    Path sequenceFile,
    MembershipConfig config) {
  /// Copies the peers and checks the cluster's name.
  public RingSetup {
    peers = List.copyOf(peers);
    if (cluster.isBlank()) {
      throw new IllegalArgumentException("a cluster needs a name");
    }
  }
}
