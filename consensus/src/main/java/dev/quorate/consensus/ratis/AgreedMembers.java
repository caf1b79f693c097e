package dev.quorate.consensus.ratis;

import dev.quorate.consensus.LogMember;
import dev.quorate.consensus.LogMembers;
import dev.quorate.membership.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftConfiguration;

/// Who keeps the log, as far as nobody can take that back: Ratis itself goes by a configuration
/// from the moment at which it has it in memory, and one that is on its way to the next names both.
final class AgreedMembers {
  private volatile LogMembers members = LogMembers.NONE;
  private Optional<RaftConfiguration> seen = Optional.empty();

  LogMembers members() {
    return members;
  }

  /// Follows the configuration of the log; confined to one thread.
  ///
  /// @param current the newest that the log has
  /// @param committed up to where the log is known to be committed
  void observe(RaftConfiguration current, long committed) {
    boolean stable =
        current.getPreviousPeers().isEmpty()
            && current.getPreviousPeers(RaftPeerRole.LISTENER).isEmpty();
    boolean known = seen.filter(current::equals).isPresent();
    if (!known && stable && current.getLogEntryIndex() <= committed) {
      seen = Optional.of(current);
      members = of(current);
    }
  }

  /// The members that a configuration names.
  static LogMembers of(RaftConfiguration configuration) {
    TreeMap<NodeId, LogMember> all = new TreeMap<>();
    for (RaftPeerRole role : List.of(RaftPeerRole.LISTENER, RaftPeerRole.FOLLOWER)) {
      for (RaftPeer peer : configuration.getCurrentPeers(role)) {
        LogMember member = member(peer, role == RaftPeerRole.FOLLOWER);
        all.put(member.node(), member);
      }
    }
    return new LogMembers(all);
  }

  private static LogMember member(RaftPeer peer, boolean voter) {
    return new LogMember(
        RatisSettings.nodeId(peer.getId()),
        RatisSettings.incarnation(peer.getId()),
        RatisSettings.endpoint(peer.getAddress()),
        voter);
  }
}
