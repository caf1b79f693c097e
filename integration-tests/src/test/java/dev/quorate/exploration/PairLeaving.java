package dev.quorate.exploration;

/// Who has left the cluster in peace, as the log of both says.
///
/// @param gone one bit for each that has, until it begins to run again
/// @param left how often somebody may still do so
record PairLeaving(int gone, int left) {
  static final PairLeaving NOBODY = new PairLeaving(0, 0);

  /// One or the other leaves so often.
  static PairLeaving often(int times) {
    return new PairLeaving(0, times);
  }

  boolean has(int n) {
    return (gone & bit(n)) != 0;
  }

  boolean may(int n) {
    return left > 0 && !has(n);
  }

  PairLeaving leaves(int n) {
    return new PairLeaving(gone | bit(n), left - 1);
  }

  PairLeaving begins(int n) {
    return new PairLeaving(gone & ~bit(n), left);
  }

  private static int bit(int n) {
    return 1 << n;
  }
}
