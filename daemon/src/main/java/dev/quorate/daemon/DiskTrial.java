package dev.quorate.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out whether the disk of the state directory keeps something now, by having it keep a few
/// bytes. What the log's own syncs say is older, and nothing where nothing was written lately.
final class DiskTrial {
  private static final Logger log = LoggerFactory.getLogger(DiskTrial.class);
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final Path file;
  private final Supplier<Instant> now;
  private CompletableFuture<Boolean> answer = CompletableFuture.completedFuture(false);
  private Instant begun = Instant.MIN;

  DiskTrial(Path stateDirectory, Supplier<Instant> now) {
    this.file = stateDirectory.resolve("disk-trial");
    this.now = now;
  }

  /// Whether it did so after it was asked here; blocks for a bounded time.
  boolean kept() {
    return begin().copy().completeOnTimeout(false, LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  /// Since when the disk has owed the answer of a trial; empty if it does not.
  synchronized Optional<Instant> owes() {
    return answer.isDone() ? Optional.empty() : Optional.of(begun);
  }

  /// Begins one, if the last one is over; one that is under way is not over before this was asked.
  synchronized CompletableFuture<Boolean> begin() {
    if (answer.isDone()) {
      CompletableFuture<Boolean> next = new CompletableFuture<>();
      answer = next;
      begun = now.get();
      Thread.ofPlatform()
          .daemon()
          .name("disk-trial")
          .start(() -> {
            try {
              next.complete(write());
            } finally {
              next.complete(false); // whatever went wrong
            }
          });
    }
    return answer;
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
