package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// Puts a closed log out of use, so that the node can be taken into the group anew.
///
/// What it voted for and acknowledged is forgotten with it. So the node never comes back under the
/// incarnation that it had: the log that is opened next is a newcomer's, of a higher one.
public final class DamagedLog {
  private final LogMarker marker;

  private DamagedLog(LogMarker marker) {
    this.marker = marker;
  }

  /// The log that a node keeps, or kept, in its directory.
  public static DamagedLog of(ConsensusConfig config) {
    return new DamagedLog(LogMarker.of(config));
  }

  /// The log that would be in a directory.
  public static DamagedLog of(Path directory, String cluster, long epoch) {
    return new DamagedLog(LogMarker.of(directory, cluster, epoch));
  }

  /// Which log of this node's it is, from 1.
  ///
  /// @throws IOException if that cannot be read
  public int incarnation() throws IOException {
    return marker.mark(0).incarnation();
  }

  /// Where the last log that was put out of use is kept.
  public Path aside() {
    Path directory = marker.directory();
    return directory.resolveSibling(directory.getFileName() + ".damaged");
  }

  /// Puts the log out of use. May be repeated after it was interrupted anywhere: until it is
  /// through, nothing can be opened here that votes.
  ///
  /// The log is kept as [#aside()], in place of the one before; if it cannot be moved there, as
  /// from a file system of its own, it is removed. Which one it was need not be readable.
  ///
  /// @param next the incarnation of the log that is opened next, higher than this one's
  /// @throws IOException if files cannot be moved or written
  public void putOutOfUse(int next) throws IOException {
    Optional<LogMarker.Mark> now = marker.readable();
    LogMarker.Mark then = new LogMarker.Mark(next, true, false);
    if (now.filter(then::equals).isPresent()) {
      return;
    }
    int lost = now.map(LogMarker.Mark::incarnation).orElse(1);
    if (next <= lost) {
      throw new IllegalArgumentException(
          "the log is incarnation " + lost + ", the next cannot be " + next);
    }
    if (Files.exists(marker.group())) {
      ClosedLog.discard(aside());
      move();
    }
    marker.write(then);
  }

  private void move() throws IOException {
    try {
      Files.move(marker.group(), aside(), StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException _) {
      ClosedLog.discard(marker.group());
    }
    ClosedLog.force(marker.directory());
    ClosedLog.force(marker.file().resolveSibling("."));
  }
}
