package dev.quorate.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out whether the disk of the state directory keeps something now, by having it keep a few
/// bytes. What the log's own syncs say is older, and nothing where nothing was written lately.
final class DiskTrial {
  private static final Logger log = LoggerFactory.getLogger(DiskTrial.class);
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final Path file;
  private final AtomicBoolean underWay = new AtomicBoolean();

  DiskTrial(Path stateDirectory) {
    this.file = stateDirectory.resolve("disk-trial");
  }

  /// Whether it did; a disk that still owes the answer of an earlier trial did not.
  boolean kept() {
    if (!underWay.compareAndSet(false, true)) {
      return false;
    }
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("disk-trial")
        .start(() -> {
          boolean kept = write();
          underWay.set(false);
          answer.complete(kept);
        });
    return answer.completeOnTimeout(false, LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  private boolean write() {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, System.nanoTime()), 0);
      channel.force(true);
      return true;
    } catch (IOException e) {
      log.atWarn().addKeyValue("reason", e.getMessage()).log("the disk kept nothing");
      return false;
    }
  }
}
