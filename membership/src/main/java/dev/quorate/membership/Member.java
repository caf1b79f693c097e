package dev.quorate.membership;

/// A node as a view names it: which node, in which of its lives.
public record Member(NodeId node, Incarnation incarnation) implements Comparable<Member> {
  @Override
  public int compareTo(Member other) {
    return node.compareTo(other.node);
  }
}
