package dev.quorate.consensus;

import java.time.Duration;

/// Hears of every time that a log asks the disk to keep what was written, and of the answer. Called
/// on the thread that asks: the log waits until this returns.
public interface SyncListener {
  /// Hears nothing.
  SyncListener NONE =
      new SyncListener() {
        @Override
        public void begun() {}

        @Override
        public void ended(Duration took) {}
      };

  /// The disk is asked.
  void begun();

  /// It has answered, or failed.
  ///
  /// @param took since it was asked
  void ended(Duration took);
}
