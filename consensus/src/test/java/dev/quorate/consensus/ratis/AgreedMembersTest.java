package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.consensus.LogMembers;
import dev.quorate.membership.NodeId;
import java.util.Collection;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.junit.jupiter.api.Test;

/// A survivor that makes the other a voter again, seen entry by entry.
class AgreedMembersTest {
  private static final NodeId A = new NodeId("n1");
  private static final NodeId B = new NodeId("n2");

  private final AgreedMembers agreed = new AgreedMembers();

  /// What Ratis would say.
  private record Named(
      List<RaftPeer> voters, List<RaftPeer> listeners, List<RaftPeer> before, long index)
      implements RaftConfiguration {
    @Override
    public RaftPeer getPeer(RaftPeerId id, RaftPeerRole... roles) {
      return voters.stream().filter(p -> p.getId().equals(id)).findFirst().orElseThrow();
    }

    @Override
    public Collection<RaftPeer> getAllPeers(RaftPeerRole role) {
      return getCurrentPeers(role);
    }

    @Override
    public Collection<RaftPeer> getCurrentPeers(RaftPeerRole role) {
      return role == RaftPeerRole.LISTENER ? listeners : voters;
    }

    @Override
    public Collection<RaftPeer> getPreviousPeers(RaftPeerRole role) {
      return role == RaftPeerRole.LISTENER ? List.of() : before;
    }

    @Override
    public long getLogEntryIndex() {
      return index;
    }
  }

  private static RaftPeer peer(NodeId node) {
    return RaftPeer.newBuilder()
        .setId(RaftPeerId.valueOf(node.name()))
        .setAddress("127.0.0.1:5416")
        .build();
  }

  private List<NodeId> voters() {
    LogMembers members = agreed.members();
    return members.voters();
  }

  @Test
  void bothVoteWhenTheLastEntryOfTheChangeIsCommitted() {
    agreed.observe(new Named(List.of(peer(A)), List.of(peer(B)), List.of(), 7), 7);
    assertEquals(List.of(A), voters());
    Named joint = new Named(List.of(peer(A), peer(B)), List.of(), List.of(peer(A)), 8);
    agreed.observe(joint, 7);
    agreed.observe(joint, 8);
    assertEquals(List.of(A), voters(), "on its way");
    Named both = new Named(List.of(peer(A), peer(B)), List.of(), List.of(), 9);
    agreed.observe(both, 8);
    assertEquals(List.of(A), voters(), "can be taken back");
    agreed.observe(both, 9);
    assertEquals(List.of(A, B), voters());
  }

  @Test
  void aLeadersFirstEntryTakesNobodyAway() {
    agreed.observe(new Named(List.of(peer(A), peer(B)), List.of(), List.of(), -1), -1);
    agreed.observe(new Named(List.of(peer(A), peer(B)), List.of(), List.of(), 0), -1);
    assertEquals(List.of(A, B), voters());
  }
}
