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
/// @param links where this node receives, one to eight addresses, the preferred link first
/// @param peers the nodes of the cluster, this one included or not
/// @param sequenceFile where the ring sequence is kept; its directory exists
public record RingSetup(
    String cluster,
    RingKeys keys,
    Member self,
    List<RingAddress> links,
    List<RingPeer> peers,
    Path sequenceFile,
    MembershipConfig config) {
  /// Copies the peers and checks that there is a link and a name.
  public RingSetup {
    peers = List.copyOf(peers);
    links = List.copyOf(links);
    if (links.isEmpty() || links.size() > RingPeer.MAX_LINKS) {
      throw new IllegalArgumentException(
          "a node needs 1 to " + RingPeer.MAX_LINKS + " ring addresses, not " + links.size());
    }
    if (cluster.isBlank()) {
      throw new IllegalArgumentException("a cluster needs a name");
    }
  }
}
