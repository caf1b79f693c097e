package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The search for an agreed set of members.
///
/// Everyone says whom it can reach and whom it gave up; both sets only grow, and everyone adopts
/// what the others say, until all who are left say the same. Someone who gives us up is given up.
///
/// Invariants:
/// - this node is in `reachable` and never in `failed`
/// - `failed` is a subset of `reachable`, incarnations included
/// - a node is known in one incarnation, the newest that anyone named
final class GatherRound {
  /// What a join changed.
  enum Change {
    NOTHING,
    OPINION,
    NEW_MEMBER
  }

  private final Member self;
  private final TreeMap<NodeId, Member> reachable = new TreeMap<>();
  private final TreeMap<NodeId, Member> failed = new TreeMap<>();
  private final TreeMap<NodeId, JoinMessage> heard = new TreeMap<>();
  private int expirations;

  GatherRound(Member self, List<Member> initial) {
    this.self = self;
    initial.forEach(m -> reachable.put(m.node(), m));
    reachable.put(self.node(), self);
  }

  /// A list of members with another one, in whose present life it counts.
  static List<Member> with(List<Member> members, Member newcomer) {
    var all = new TreeMap<NodeId, Member>();
    members.forEach(m -> all.put(m.node(), m));
    all.put(newcomer.node(), newcomer);
    return List.copyOf(all.values());
  }

  /// Gives a member up.
  void fail(Member member) {
    if (!member.node().equals(self.node()) && member.equals(reachable.get(member.node()))) {
      failed.put(member.node(), member);
    }
  }

  /// Takes what another gathering node believes.
  Change merge(JoinMessage join) {
    var sender = join.sender();
    var change = Change.NOTHING;
    if (admit(sender)) {
      change = Change.NEW_MEMBER;
    }
    if (!sender.equals(reachable.get(sender.node())) || isFailed(sender)) {
      return change;
    }
    heard.put(sender.node(), join);
    for (var member : join.reachable()) {
      if (admit(member)) {
        change = Change.NEW_MEMBER;
      }
    }
    var before = failed.size();
    if (join.failed().contains(self)) {
      fail(sender);
    } else {
      join.failed().forEach(this::fail);
    }
    return change == Change.NOTHING && failed.size() > before ? Change.OPINION : change;
  }

  /// Admits a member if it is unknown, or known only in an earlier life.
  private boolean admit(Member member) {
    if (member.node().equals(self.node())) {
      return false;
    }
    var known = reachable.get(member.node());
    if (known != null && !supersedes(member, known)) {
      return false;
    }
    reachable.put(member.node(), member);
    failed.remove(member.node());
    heard.remove(member.node());
    expirations = 0;
    return true;
  }

  /// A higher run is a later life; so is another boot once the known one is given up.
  private boolean supersedes(Member member, Member known) {
    return member.incarnation().run() > known.incarnation().run()
        || (isFailed(known) && !member.incarnation().sameBoot(known.incarnation()));
  }

  private boolean isFailed(Member member) {
    return member.equals(failed.get(member.node()));
  }

  /// Whether this life of the node is among those given up.
  boolean hasFailed(Member member) {
    return isFailed(member);
  }

  /// Whether this is the first word of the sender in this round.
  boolean isFirstWordOf(NodeId node) {
    return !heard.containsKey(node);
  }

  List<Member> reachable() {
    return List.copyOf(reachable.values());
  }

  List<Member> failed() {
    return List.copyOf(failed.values());
  }

  /// Those who would form the ring.
  List<Member> candidates() {
    return reachable.values().stream().filter(m -> !isFailed(m)).toList();
  }

  boolean isAlone() {
    return reachable.size() == failed.size() + 1;
  }

  /// Whether every candidate was heard to believe what this node believes.
  boolean isAgreed() {
    var all = reachable();
    var lost = failed();
    return candidates().stream().allMatch(m -> agrees(m, all, lost));
  }

  private boolean agrees(Member member, List<Member> all, List<Member> lost) {
    if (member.equals(self)) {
      return true;
    }
    var join = heard.get(member.node());
    return join != null && join.reachable().equals(all) && join.failed().equals(lost);
  }

  /// The waiting time is over: who is to be given up, and why. Silent nodes go at once; nodes that
  /// talk but never agree, and a representative that never sends its commit token, the second time.
  Optional<GivenUp> expire() {
    var all = reachable();
    var lost = failed();
    var silent = candidates().stream().filter(m -> !m.equals(self) && isSilent(m)).toList();
    if (!silent.isEmpty()) {
      return Optional.of(new GivenUp(silent, "silent"));
    }
    expirations++;
    if (expirations < 2) {
      return Optional.empty();
    }
    expirations = 0;
    var stubborn = candidates().stream().filter(m -> !agrees(m, all, lost)).toList();
    if (!stubborn.isEmpty()) {
      return Optional.of(new GivenUp(stubborn, "disagrees"));
    }
    var representative = candidates().getFirst();
    return representative.equals(self)
        ? Optional.empty()
        : Optional.of(new GivenUp(List.of(representative), "sends no commit token"));
  }

  private boolean isSilent(Member member) {
    return !heard.containsKey(member.node());
  }

  /// Members that no longer count.
  record GivenUp(List<Member> members, String reason) {}
}
