package dev.quorate.daemon;

import dev.quorate.daemon.secrets.OwnerOnly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that is there while this node stops everything by itself, so that a daemon that is killed
/// in the midst of it goes on where it was. It holds the boot: in the next one nothing runs.
final class StopNote {
  private static final Logger log = LoggerFactory.getLogger(StopNote.class);

  private final Path file;
  private final String bootId;
  private boolean wanted;

  StopNote(Path file, String bootId) {
    this.file = file;
    this.bootId = bootId;
  }

  /// Whether an earlier run in this boot did not come to the end of its stop.
  boolean interrupted() {
    try {
      return Files.exists(file) && Files.readString(file).strip().equals(bootId);
    } catch (IOException e) {
      failed(e);
      return true;
    }
  }

  /// Returns at once: the disk may be what the node suffers from.
  void write(boolean underWay) {
    synchronized (this) {
      wanted = underWay;
    }
    Thread.ofVirtual().name("stop-note").start(this::settle);
  }

  private synchronized void settle() {
    try {
      if (wanted) {
        OwnerOnly.write(file, (bootId + "\n").getBytes(StandardCharsets.UTF_8));
      } else {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    log.atWarn()
        .addKeyValue("reason", e.getMessage())
        .log("cannot note that everything is being stopped");
  }
}
