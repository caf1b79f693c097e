package dev.quorate.membership;

/// The identity of a view. A later view that any of its members installs has a higher sequence
/// (Totem's ring identifier).
///
/// @param sequence persisted by each node before it is used, so that it never repeats
/// @param representative the member that formed the ring: the lowest of its node ids
public record RingId(long sequence, NodeId representative) implements Comparable<RingId> {
  @Override
  public int compareTo(RingId other) {
    int bySequence = Long.compare(sequence, other.sequence);
    return bySequence != 0 ? bySequence : representative.compareTo(other.representative);
  }

  @Override
  public String toString() {
    return representative + "." + Long.toHexString(sequence);
  }
}
