package dev.quorate.exploration;

import java.util.Map;
import java.util.TreeMap;

/// The disks of the two logs: each can hang, keeping nothing and reporting nothing, and answer
/// again.
///
/// @param hanging one bit for each that does
/// @param left how often one may still begin to
record PairDisks(int hanging, int left) {
  static final PairDisks SOUND = new PairDisks(0, 0);

  /// Disks of which one or the other hangs so often.
  static PairDisks hanging(int times) {
    return new PairDisks(0, times);
  }

  boolean hangs(int n) {
    return (hanging & bit(n)) != 0;
  }

  boolean anyHangs() {
    return hanging != 0;
  }

  private static int bit(int n) {
    return 1 << n;
  }

  /// What can happen to the disk of a node.
  Map<String, PairDisks> next(int n) {
    Map<String, PairDisks> next = new TreeMap<>();
    if (hangs(n)) {
      next.put("has its disk back", new PairDisks(hanging & ~bit(n), left));
    } else if (left > 0) {
      next.put("has a disk that hangs", new PairDisks(hanging | bit(n), left - 1));
    }
    return next;
  }
}
