package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Goes twice round the agreed members: first to collect where each comes from, then to show it to
/// all.
///
/// @param hop counts its passes, from 1; the representative has it back at n and at 2n
/// @param entries one for each member, sorted by node
public record CommitToken(RingId ring, long hop, List<Entry> entries) implements RingPacket {
  /// Checks that there is at least one entry, in order, and copies.
  public CommitToken {
    entries = List.copyOf(entries);
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("a commit token needs members");
    }
    RingPacket.sorted(entries.stream().map(Entry::member).toList());
    RingPacket.checkSequence(ring.sequence());
    RingPacket.checkSequence(hop);
  }

  /// A member and what it brings.
  ///
  /// @param filled whether the member has written its part
  public record Entry(Member member, boolean filled, Optional<Origin> origin) {}

  /// What a member has of the ring that it comes from.
  ///
  /// @param aru it has every message up to this one
  /// @param high it knows of messages up to this one
  public record Origin(RingId ring, long aru, long high) {}

  /// The members, sorted.
  public List<Member> members() {
    return entries.stream().map(Entry::member).toList();
  }

  /// The member nodes, sorted.
  List<NodeId> nodes() {
    return members().stream().map(Member::node).toList();
  }

  /// Whether every member has written its part.
  public boolean complete() {
    return entries.stream().allMatch(Entry::filled);
  }

  /// The same token one pass later, with one member's part written.
  CommitToken passed(NodeId node, Optional<Origin> origin) {
    var next = new ArrayList<Entry>(entries.size());
    for (var entry : entries) {
      next.add(
          entry.member().node().equals(node) ? new Entry(entry.member(), true, origin) : entry);
    }
    return new CommitToken(ring, hop + 1, next);
  }

  /// The same token one pass later.
  CommitToken passed() {
    return new CommitToken(ring, hop + 1, entries);
  }

  /// The first token for these members.
  static CommitToken first(RingId ring, List<Member> members) {
    return new CommitToken(
        ring, 0, members.stream().map(m -> new Entry(m, false, Optional.empty())).toList());
  }

  /// The member after this one.
  NodeId successor(NodeId node) {
    var order = nodes();
    return order.get((order.indexOf(node) + 1) % order.size());
  }
}
