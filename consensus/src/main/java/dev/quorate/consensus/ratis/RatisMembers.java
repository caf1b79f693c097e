package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogMember;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.core.MemberChange;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/// Who keeps the log, read from Ratis' own configuration, and how that is changed.
final class RatisMembers {
  /// What a member may lack and still count as caught up: what is on its way.
  private static final long GAP = 100;

  private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(10);

  private final ConsensusConfig config;
  private final RaftServer server;
  private final RaftGroupId group;
  private final RaftClientRpc rpc;
  private final ClientId client;
  private final LongSupplier calls;
  private final AgreedMembers agreed = new AgreedMembers();
  private volatile LogMembers members = LogMembers.NONE;
  private volatile List<RaftPeer> peers = List.of();
  private Optional<RaftConfiguration> seen = Optional.empty();

  /// @param calls numbers requests
  RatisMembers(
      ConsensusConfig config,
      RaftServer server,
      RaftGroupId group,
      RaftClientRpc rpc,
      ClientId client,
      LongSupplier calls) {
    this.config = config;
    this.server = server;
    this.group = group;
    this.rpc = rpc;
    this.client = client;
    this.calls = calls;
  }

  LogMembers members() {
    return members;
  }

  /// All peers that the log's configuration names, this node included.
  List<RaftPeer> peers() {
    return peers;
  }

  RaftPeerId peerId(NodeId node) {
    int incarnation = members.of(node).map(LogMember::incarnation).orElse(1);
    return RatisSettings.peerId(node, incarnation);
  }

  /// Whether this node, under the name that it bears now, is a member.
  boolean includeSelf() {
    return peers.stream().anyMatch(peer -> peer.getId().equals(server.getId()));
  }

  /// Who is a member whatever becomes of entries that are not committed yet.
  LogMembers agreed() {
    return agreed.members();
  }

  /// Follows the configuration of the log; confined to one thread.
  ///
  /// @param founder whether this node knew the first configuration before the log did
  /// @param committed up to where the log is known to be committed
  void observe(RaftConfiguration current, boolean founder, long committed) {
    boolean known = founder || current.getLogEntryIndex() >= 0;
    if (!known) {
      return;
    }
    agreed.observe(current, committed);
    if (seen.filter(current::equals).isPresent()) {
      return;
    }
    seen = Optional.of(current);
    List<RaftPeer> named = new ArrayList<>(current.getCurrentPeers(RaftPeerRole.LISTENER));
    named.addAll(current.getCurrentPeers(RaftPeerRole.FOLLOWER));
    rpc.addRaftPeers(named);
    peers = List.copyOf(named);
    members = AgreedMembers.of(current);
  }

  /// How long ago a leader with a majority was heard of; empty without a leader, and for a node
  /// that is no member (yet).
  Optional<Duration> silence(RoleInfoProto role, Leadership now, RaftConfiguration current) {
    if (!includeSelf()) {
      return Optional.empty();
    }
    return switch (now) {
      case Leadership.Leader _ ->
          role.hasLeaderInfo()
              ? Optional.of(majoritySilence(role, server.getId(), current))
              : Optional.empty();
      case Leadership.Follower _ ->
          role.hasFollowerInfo()
              ? Optional.of(
                  Duration.ofMillis(
                      role.getFollowerInfo().getLeaderInfo().getLastRpcElapsedTimeMs()))
              : Optional.empty();
      case Leadership.Leaderless _ -> Optional.empty();
    };
  }

  /// How long ago a majority of the voters had answered this leader; while the voters change, a
  /// majority of the old and of the new ones.
  private static Duration majoritySilence(
      RoleInfoProto role, RaftPeerId self, RaftConfiguration current) {
    Map<RaftPeerId, Long> silences = silences(role);
    Duration now = majoritySilence(silences, self, current.getCurrentPeers());
    Duration before = majoritySilence(silences, self, current.getPreviousPeers());
    return now.compareTo(before) > 0 ? now : before;
  }

  private static Duration majoritySilence(
      Map<RaftPeerId, Long> silences, RaftPeerId self, Collection<RaftPeer> voters) {
    long[] sorted =
        voters.stream()
            .mapToLong(voter ->
                voter.getId().equals(self)
                    ? 0
                    : silences.getOrDefault(voter.getId(), Long.MAX_VALUE / 2_000_000))
            .sorted()
            .toArray();
    return Duration.ofMillis(sorted.length == 0 ? 0 : sorted[sorted.length / 2]);
  }

  private static Map<RaftPeerId, Long> silences(RoleInfoProto role) {
    Map<RaftPeerId, Long> silences = new LinkedHashMap<>();
    for (ServerRpcProto follower : role.getLeaderInfo().getFollowerInfoList()) {
      silences.put(
          RaftPeerId.valueOf(follower.getId().getId()), follower.getLastRpcElapsedTimeMs());
    }
    return silences;
  }

  boolean caughtUp(NodeId node) {
    try {
      RaftServer.Division division = server.getDivision(group);
      Optional<LogMember> member = members.of(node);
      if (!division.getInfo().isLeader() || member.isEmpty()) {
        return false;
      }
      RaftPeerId peer = RatisSettings.peerId(node, member.get().incarnation());
      return peer.equals(server.getId())
          || (reachable(division).contains(node)
              && matched(division, peer) + GAP >= division.getRaftLog().getLastCommittedIndex());
    } catch (IOException _) {
      return false;
    }
  }

  /// Up to where a member is known to have this leader's log. Ratis forgets it with the member; the
  /// commit index that a member told of is kept by its name, and is that of a log which was lost
  /// when another of the same name is begun.
  private static long matched(RaftServer.Division division, RaftPeerId peer) {
    List<RaftPeerId> followers = followers(division);
    long[] indices = division.getInfo().getFollowerMatchIndices();
    int place = followers.indexOf(peer);
    boolean told =
        place >= 0
            && indices != null
            && indices.length == followers.size()
            && followers.equals(followers(division));
    return told ? indices[place] : Long.MIN_VALUE / 2;
  }

  /// In the order in which Ratis tells their indices.
  private static List<RaftPeerId> followers(RaftServer.Division division) {
    return List.copyOf(silences(division.getInfo().getRoleInfoProto()).keySet());
  }

  private Set<NodeId> reachable(RaftServer.Division division) {
    Map<RaftPeerId, Long> silences = silences(division.getInfo().getRoleInfoProto());
    Set<NodeId> result = new TreeSet<>();
    for (LogMember member : members.all().values()) {
      RaftPeerId peer = RatisSettings.peerId(member.node(), member.incarnation());
      Long silence = silences.get(peer);
      boolean heard = silence != null && silence <= config.timing().electionTimeoutMax().toMillis();
      if (heard || peer.equals(server.getId())) {
        result.add(member.node());
      }
    }
    return result;
  }

  CompletableFuture<MemberChangeOutcome> change(LogMembers target) {
    try {
      RaftServer.Division division = server.getDivision(group);
      if (!division.getInfo().isLeader() || !division.getInfo().isLeaderReady()) {
        return done(new MemberChangeOutcome.Refused("this node does not lead"));
      }
      LogMembers current = members;
      TreeSet<NodeId> caughtUp = new TreeSet<>();
      current.all().keySet().stream().filter(this::caughtUp).forEach(caughtUp::add);
      Optional<String> refusal =
          new MemberChange(current, target, config.self(), reachable(division), caughtUp).refusal();
      if (refusal.isPresent()) {
        return done(new MemberChangeOutcome.Refused(refusal.get()));
      }
      return server
          .setConfigurationAsync(request(current, target))
          .orTimeout(CHANGE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
          .handle(RatisMembers::outcome);
    } catch (IOException e) {
      return done(outcome(null, e));
    }
  }

  private static CompletableFuture<MemberChangeOutcome> done(MemberChangeOutcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  private static MemberChangeOutcome outcome(
      @Nullable RaftClientReply reply, @Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause == null && reply != null) {
      if (reply.isSuccess()) {
        return new MemberChangeOutcome.Done();
      }
      cause = reply.getException();
    }
    String reason =
        cause == null
            ? "no reason was given"
            : cause instanceof TimeoutException
                ? "not committed within " + CHANGE_TIMEOUT.toSeconds() + " s"
                : String.valueOf(cause.getMessage());
    return cause instanceof ReconfigurationInProgressException
            || cause instanceof ReconfigurationTimeoutException
            || cause instanceof SetConfigurationException
            || cause instanceof LeaderNotReadyException
            || cause instanceof NotLeaderException
        ? new MemberChangeOutcome.Refused(reason)
        : new MemberChangeOutcome.Unknown(reason);
  }

  private SetConfigurationRequest request(LogMembers current, LogMembers target) {
    return new SetConfigurationRequest(
        client,
        server.getId(),
        group,
        calls.getAsLong(),
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(peers(current, true))
            .setListenersInCurrentConf(peers(current, false))
            .setServersInNewConf(peers(target, true))
            .setListenersInNewConf(peers(target, false))
            .build());
  }

  private static List<RaftPeer> peers(LogMembers members, boolean voters) {
    return members.all().values().stream()
        .filter(member -> member.voter() == voters)
        .map(member ->
            RatisSettings.peer(
                member.node(),
                member.incarnation(),
                member.endpoint(),
                voters ? RaftPeerRole.FOLLOWER : RaftPeerRole.LISTENER))
        .toList();
  }
}
