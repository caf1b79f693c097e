package dev.quorate.membership;

import java.util.List;
import java.util.Optional;

/// Ring membership as agreed by the ring: everyone who installs a [RingId] installs the same
/// members.
///
/// A view is evidence, never the truth: decisions follow from the replicated log.
///
/// @param members sorted by node id, no node twice, at least one
public record View(RingId id, List<Member> members) {
  /// Checks and copies the members.
  public View {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a view has at least one member: " + id);
    }
    for (int i = 1; i < members.size(); i++) {
      if (members.get(i - 1).compareTo(members.get(i)) >= 0) {
        throw new IllegalArgumentException("members are not sorted or not unique: " + members);
      }
    }
  }

  /// Whether the node is a member.
  public boolean contains(NodeId node) {
    return member(node).isPresent();
  }

  /// The member of that name.
  public Optional<Member> member(NodeId node) {
    return members.stream().filter(m -> m.node().equals(node)).findFirst();
  }

  /// The member nodes, sorted.
  public List<NodeId> nodes() {
    return members.stream().map(Member::node).toList();
  }
}
