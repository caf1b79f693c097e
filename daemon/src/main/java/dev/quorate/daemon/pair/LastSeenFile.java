package dev.quorate.daemon.pair;

import dev.quorate.daemon.core.survivor.LastSeen;
import dev.quorate.daemon.secrets.OwnerOnly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps on disk when this node was last alone and ran: a line with the boot, and one with the time
/// of day. It is there before the record that says so. What is missing or cannot be read counts as
/// long ago.
public final class LastSeenFile {
  private static final Logger log = LoggerFactory.getLogger(LastSeenFile.class);
  private static final Duration EVERY = Duration.ofSeconds(30);

  private final Path file;
  private final String boot;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private long dueNanos = System.nanoTime();

  /// @param boot of this machine, now
  public LastSeenFile(Path file, String boot) {
    this.file = file;
    this.boot = boot;
  }

  private LastSeen now() {
    return new LastSeen(boot, System.currentTimeMillis());
  }

  /// Whether this node was away for so long that the other may have been sworn to.
  boolean mayBeOutdone() {
    try {
      List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
      boolean whole = lines.size() == 2 && lines.get(1).matches("\\d{1,18}");
      return !whole
          || new LastSeen(lines.getFirst(), Long.parseLong(lines.get(1))).mayBeOutdone(now());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("when this node ran last is not known");
      return true;
    }
  }

  /// Called with each tick while this node is alone; the disk may take its time.
  void due() {
    if (System.nanoTime() - dueNanos < 0 || !underWay.compareAndSet(false, true)) {
      return;
    }
    dueNanos = System.nanoTime() + EVERY.toNanos();
    Thread.ofVirtual()
        .name("last-seen")
        .start(() -> {
          try {
            note();
          } finally {
            underWay.set(false);
          }
        });
  }

  /// Notes that this node is alone and runs, now.
  void note() {
    try {
      LastSeen seen = now();
      String text = seen.boot() + "\n" + seen.wallMillis() + "\n";
      OwnerOnly.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.atWarn().addKeyValue("reason", e.getMessage()).log("that this node runs is not noted");
    }
  }
}
