package dev.quorate.consensus.ratis;

import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.consensus.tls.RevokedNodes;
import dev.quorate.consensus.tls.TlsMaterial;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a change of keys or trust to the connections that exist: those that this node made are
/// made anew, one peer after the other, so that a leader never loses all of them at once; those of
/// nodes whose certificate was revoked are cut at once.
final class PeerConnections {
  private static final Logger LOG = LoggerFactory.getLogger(PeerConnections.class);

  private final LiveTls tls;
  private final PeerGate gate;
  private final RaftServer server;
  private final RaftClientRpc rpc;
  private final Supplier<List<RaftPeer>> peers;
  private final ReentrantLock renewing = new ReentrantLock();
  private TlsMaterial material;
  private RevokedNodes revoked;

  PeerConnections(
      LiveTls tls,
      PeerGate gate,
      RaftServer server,
      RaftClientRpc rpc,
      Supplier<List<RaftPeer>> peers) {
    this.tls = tls;
    this.gate = gate;
    this.server = server;
    this.rpc = rpc;
    this.peers = peers;
    this.material = tls.material();
    this.revoked = tls.revoked();
  }

  /// Something was exchanged. Returns at once.
  synchronized void changed() {
    gate.review();
    boolean renewed = material != tls.material();
    RevokedNodes refused = tls.revoked();
    List<RaftPeerId> cut =
        others().stream()
            .filter(peer -> !refused.equals(revoked) && refused.names(RatisSettings.nodeId(peer)))
            .toList();
    material = tls.material();
    revoked = refused;
    if (!cut.isEmpty()) {
      Thread.ofVirtual().name("cut-off").start(() -> cut.forEach(peer -> anew(peer, "revoked")));
    }
    if (renewed) {
      Thread.ofVirtual().name("renew-connections").start(this::renew);
    }
  }

  private List<RaftPeerId> others() {
    return peers.get().stream()
        .map(RaftPeer::getId)
        .filter(peer -> !peer.equals(server.getId()))
        .toList();
  }

  private void renew() {
    renewing.lock();
    try {
      others().forEach(peer -> anew(peer, "keys or trust were exchanged"));
    } finally {
      renewing.unlock();
    }
  }

  private void anew(RaftPeerId peer, String why) {
    IOException reason = new IOException(why);
    LOG.atInfo().addKeyValue("node", peer).addKeyValue("reason", why).log("connecting anew");
    rpc.handleException(peer, reason, true);
    server.getServerRpc().handleException(peer, reason, true);
  }
}
