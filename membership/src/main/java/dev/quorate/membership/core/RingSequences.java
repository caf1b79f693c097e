package dev.quorate.membership.core;

import java.util.List;

/// The ring sequences of a node: what it has promised to a ring, and what it has heard of.
///
/// Invariant: `promised <= known`; a promise is persisted before any packet that follows from it.
final class RingSequences {
  private long promised;
  private long known;

  RingSequences(long persisted) {
    promised = persisted;
    known = persisted;
  }

  void hear(long sequence) {
    known = Math.max(known, sequence);
  }

  long known() {
    return known;
  }

  /// Whether a ring of this sequence may still be joined.
  boolean mayPromise(long sequence) {
    return sequence > promised;
  }

  void promise(long sequence, List<RingEffect> out) {
    promised = sequence;
    hear(sequence);
    out.add(new RingEffect.Persist(sequence));
  }

  /// Promises the next sequence, above all that were heard of.
  long promiseNext(List<RingEffect> out) {
    promise(known + 1, out);
    return promised;
  }
}
