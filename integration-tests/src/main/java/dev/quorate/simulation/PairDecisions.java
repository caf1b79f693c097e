package dev.quorate.simulation;

import java.util.BitSet;

/// What was decided by two voters and told to somebody, as no node can know it.
final class PairDecisions {
  private final BitSet told = new BitSet();
  private int last;

  int next() {
    return ++last;
  }

  void acknowledged(int number) {
    told.set(number);
  }

  /// What is lacking here is given up.
  void accept(PairLogs.Decided here) {
    here.keep(told);
  }

  int count() {
    return told.cardinality();
  }

  /// Whether everything that was told is here.
  boolean in(PairLogs.Decided here) {
    return here.holds(told);
  }
}
