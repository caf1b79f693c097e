package dev.quorate.consensus;

import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who keeps the replicated log, as the log's own configuration says: one member a node.
///
/// @param all every member, voters and listeners
public record LogMembers(SortedMap<NodeId, LogMember> all) {
  /// Nobody: what a newcomer knows before a leader has taken it in.
  public static final LogMembers NONE = new LogMembers(new TreeMap<>());

  /// Copies the map.
  public LogMembers {
    all = Collections.unmodifiableSortedMap(new TreeMap<>(all));
  }

  /// A node's membership, if it has one.
  public Optional<LogMember> of(NodeId node) {
    return Optional.ofNullable(all.get(node));
  }

  /// Who votes.
  public List<NodeId> voters() {
    return all.values().stream().filter(LogMember::voter).map(LogMember::node).toList();
  }

  /// Whether a node votes.
  public boolean votes(NodeId node) {
    return of(node).filter(LogMember::voter).isPresent();
  }

  /// How many voters are a majority.
  public int majority() {
    return voters().size() / 2 + 1;
  }

  /// The same with one more member, which only listens.
  public LogMembers withListener(NodeId node, int incarnation, ConsensusConfig.Endpoint endpoint) {
    return with(new LogMember(node, incarnation, endpoint, false));
  }

  /// The same with a member as a voter.
  ///
  /// @throws IllegalArgumentException if the node is no member
  public LogMembers withVoter(NodeId node) {
    LogMember member =
        of(node).orElseThrow(() -> new IllegalArgumentException(node + " is no member"));
    return with(new LogMember(node, member.incarnation(), member.endpoint(), true));
  }

  /// The same without a node.
  public LogMembers without(NodeId node) {
    TreeMap<NodeId, LogMember> rest = new TreeMap<>(all);
    rest.remove(node);
    return new LogMembers(rest);
  }

  private LogMembers with(LogMember member) {
    TreeMap<NodeId, LogMember> more = new TreeMap<>(all);
    more.put(member.node(), member);
    return new LogMembers(more);
  }
}
