package dev.quorate.consensus.core;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.LogMember;
import dev.quorate.consensus.LogMembers;
import dev.quorate.membership.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Decides which changes of the log's members a leader may make.
///
/// One member at a time, so that any majority before and any majority after have a voter in common;
/// a member listens first, and votes only once it has caught up; the voters that remain must have a
/// majority that is reachable now, or the log would stand still.
public final class MemberChange {
  private final LogMembers current;
  private final LogMembers target;
  private final NodeId leader;
  private final Set<NodeId> reachable;
  private final Set<NodeId> caughtUp;

  /// A change that a leader is asked for.
  ///
  /// @param reachable the members that the leader hears of, itself included
  /// @param caughtUp the listeners that have what is committed
  public MemberChange(
      LogMembers current,
      LogMembers target,
      NodeId leader,
      Set<NodeId> reachable,
      Set<NodeId> caughtUp) {
    this.current = current;
    this.target = target;
    this.leader = leader;
    this.reachable = reachable;
    this.caughtUp = caughtUp;
  }

  /// Why the change must not be made; empty if it may be.
  public Optional<String> refusal() {
    List<NodeId> changed = changed();
    if (changed.size() != 1) {
      return Optional.of("one member is changed at a time, not " + changed);
    }
    NodeId node = changed.getFirst();
    Optional<LogMember> before = current.of(node);
    Optional<LogMember> after = target.of(node);
    if (after.isEmpty()) {
      return removal(node);
    }
    if (before.isEmpty()) {
      return after.get().voter()
          ? Optional.of(node + " must listen first, and vote once it has caught up")
          : Optional.empty();
    }
    return promotion(before.get(), after.get());
  }

  private List<NodeId> changed() {
    TreeSet<NodeId> nodes = new TreeSet<>(current.all().keySet());
    nodes.addAll(target.all().keySet());
    return nodes.stream().filter(node -> !current.of(node).equals(target.of(node))).toList();
  }

  private Optional<String> removal(NodeId node) {
    if (node.equals(leader)) {
      return Optional.of(node + " leads: hand leadership over first");
    }
    if (current.votes(node) && target.voters().isEmpty()) {
      return Optional.of(node + " is the last voter");
    }
    return current.votes(node) ? lostMajority() : Optional.empty();
  }

  private Optional<String> promotion(LogMember before, LogMember after) {
    NodeId node = before.node();
    boolean same =
        before.incarnation() == after.incarnation() && before.endpoint().equals(after.endpoint());
    if (!same) {
      return Optional.of(node + " is a member already: remove it first");
    }
    if (before.voter()) {
      return Optional.of(node + " votes: remove it, and add it again as a listener");
    }
    if (target.voters().size() > ConsensusConfig.MAX_VOTERS) {
      return Optional.of("there are " + ConsensusConfig.MAX_VOTERS + " voters already");
    }
    if (!caughtUp.contains(node)) {
      return Optional.of(node + " has not caught up yet");
    }
    return lostMajority();
  }

  private Optional<String> lostMajority() {
    List<NodeId> heard = target.voters().stream().filter(reachable::contains).toList();
    return heard.size() >= target.majority()
        ? Optional.empty()
        : Optional.of(
            "of the voters %s only %s can be reached, a majority is %d"
                .formatted(target.voters(), heard, target.majority()));
  }
}
