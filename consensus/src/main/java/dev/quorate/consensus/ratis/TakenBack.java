package dev.quorate.consensus.ratis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// From where on entries were replaced in memory whose like on disk still counts as flushed.
///
/// Ratis takes entries back, and puts others in their place, in memory first. Its flush index is
/// lowered only when its writer comes to it, which may hang in the sync of the old ones until then:
/// so long, it says of the new ones what is true of the old. The writer asks for what [#truncate]
/// handed out just before it lowers the index, and says [#flush] before it syncs anything that
/// comes after.
final class TakenBack {
  private long first = Long.MAX_VALUE;
  private int ahead;

  /// Handed to the writer, which asks for it when it has cut the old entries off.
  private final class Cut extends CompletableFuture<Void> {
    private boolean asked;

    Cut() {
      var _ = complete(null);
    }

    @Override
    public Void get() throws InterruptedException, ExecutionException {
      cut(this);
      return super.get();
    }
  }

  /// Entries are taken back; what replaces them is put into memory after this.
  synchronized CompletableFuture<Void> truncate(long index) {
    first = Math.min(first, index);
    ahead++;
    return new Cut();
  }

  private synchronized void cut(Cut cut) {
    if (!cut.asked) {
      cut.asked = true;
      ahead = Math.max(0, ahead - 1);
    }
  }

  /// The writer is about to sync; it has lowered the flush index for all that it cut off.
  synchronized void flush() {
    if (ahead == 0) {
      first = Long.MAX_VALUE;
    }
  }

  /// Whatever was to be written is not, since a snapshot took its place.
  synchronized void forget() {
    first = Long.MAX_VALUE;
    ahead = 0;
  }

  /// Whether the flush index says of this entry what it says of the one in memory; asked before it.
  synchronized boolean settled(long index) {
    return index < first;
  }
}
