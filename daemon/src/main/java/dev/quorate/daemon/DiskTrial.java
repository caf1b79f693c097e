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
  private volatile String refusal = "";

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

  /// Why the disk refused the last trial that was answered; empty if it did not.
  Optional<String> refusal() {
    return Optional.of(refusal).filter(text -> !text.isEmpty());
  }

  /// Begins one, if the last one is over; one that is under way is not over before this was asked.
  synchronized CompletableFuture<Boolean> begin() {
    if (answer.isDone()) {
      CompletableFuture<Boolean> next = new CompletableFuture<>();
      answer = next;
      begun = now.get();
      begin(next);
    }
    return answer;
  }

  private void begin(CompletableFuture<Boolean> next) {
    boolean runs = false;
    try {
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
      runs = true;
    } finally {
      if (!runs) {
        next.complete(false); // else it would owe for ever
      }
    }
  }

  private boolean write() {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, System.nanoTime()), 0);
      channel.force(true);
      refusal = "";
      return true;
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      if (!reason.equals(refusal)) {
        log.atWarn().addKeyValue("reason", reason).log("the disk kept nothing");
      }
      refusal = reason;
      return false;
    }
  }
}
