package dev.quorate.consensus.ratis;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/// Replaces connections to peers that have been silent for a while.
///
/// A peer that lost its power, or was cut off, never closed its connections. What is sent on them
/// is repeated by the kernel at ever longer intervals, up to as long as the peer was away; Ratis
/// goes on using them. Without new connections a peer that has come back would stay unheard for
/// that long.
///
/// Confined to the log's timer thread.
final class ConnectionRecycler {
  private static final Duration SILENT_AFTER = Duration.ofMillis(1500);
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(3);

  private final RaftServer server;
  private final Supplier<List<RaftPeer>> peers;
  private final Map<RaftPeerId, Instant> recycled = new HashMap<>();
  private Instant led;

  ConnectionRecycler(RaftServer server, Supplier<List<RaftPeer>> peers, Instant now) {
    this.server = server;
    this.peers = peers;
    this.led = now;
  }

  /// Takes one look.
  ///
  /// @param leaderKnown whether this node leads or hears of a leader; without one, all other peers
  ///   count as silent
  void observe(Instant now, RoleInfoProto role, boolean leaderKnown) {
    if (leaderKnown) {
      led = now;
    }
    if (role.hasLeaderInfo()) {
      for (ServerRpcProto follower : role.getLeaderInfo().getFollowerInfoList()) {
        Duration silence = Duration.ofMillis(follower.getLastRpcElapsedTimeMs());
        recycleIfSilent(now, RaftPeerId.valueOf(follower.getId().getId()), silence);
      }
    } else if (!leaderKnown) {
      Duration silence = Duration.between(led, now);
      for (RaftPeer peer : peers.get()) {
        if (!peer.getId().equals(server.getId())) {
          recycleIfSilent(now, peer.getId(), silence);
        }
      }
    }
  }

  private void recycleIfSilent(Instant now, RaftPeerId peer, Duration silence) {
    if (silence.compareTo(SILENT_AFTER) < 0) {
      return;
    }
    Instant last = recycled.get(peer);
    if (last != null && last.plus(AGAIN_AFTER).isAfter(now)) {
      return;
    }
    recycled.put(peer, now);
    IOException reason = new IOException("silent for " + silence.toMillis() + " ms");
    // Closing waits for calls on their way.
    Thread.ofVirtual()
        .name("recycle-" + peer)
        .start(() -> server.getServerRpc().handleException(peer, reason, true));
  }
}
