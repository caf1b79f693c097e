package dev.quorate.consensus.ratis;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the connections open over which this node would ask for votes. A follower speaks to nobody
/// but its leader; without this it would connect to the others when the leader is gone, and a
/// handshake with code that was never run takes longer than all the rest of an election.
///
/// What is sent is a question for a vote that nobody gives and that changes nothing: before an
/// election (`PRE_VOTE`), for no term, by a node that has no log.
///
/// Confined to the log's timer thread, but for the sending.
final class WarmPeers {
  private static final Logger LOG = LoggerFactory.getLogger(WarmPeers.class);
  private static final Duration EVERY = Duration.ofSeconds(10);

  private final RaftServer server;
  private final RaftGroupId group;
  private final Supplier<List<RaftPeer>> peers;
  private Instant next = Instant.MIN;

  WarmPeers(RaftServer server, RaftGroupId group, Supplier<List<RaftPeer>> peers) {
    this.server = server;
    this.group = group;
    this.peers = peers;
  }

  /// Takes one look.
  ///
  /// @param follows whether a leader is known that is not this node
  void observe(Instant now, boolean follows) {
    if (!follows || now.isBefore(next)) {
      return;
    }
    next = now.plus(EVERY);
    for (RaftPeer peer : peers.get()) {
      if (!peer.getId().equals(server.getId())) {
        Thread.ofVirtual().name("warm-" + peer.getId()).start(() -> ask(peer));
      }
    }
  }

  private void ask(RaftPeer peer) {
    try {
      var _ = server.getServerRpc().requestVote(question(peer));
    } catch (IOException | StatusRuntimeException e) {
      LOG.atDebug()
          .addKeyValue("node", peer.getId())
          .addKeyValue("reason", e.getMessage())
          .log("not connected");
    }
  }

  private RequestVoteRequestProto question(RaftPeer peer) {
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(server.getId().toByteString())
                .setReplyId(peer.getId().toByteString())
                .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(group.toByteString())))
        .setCandidateTerm(0)
        .setPreVote(true)
        .build();
  }
}
