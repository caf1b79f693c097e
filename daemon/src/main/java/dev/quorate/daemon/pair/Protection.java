package dev.quorate.daemon.pair;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether this node could show that its peer is off, found out by asking the device regularly. As
/// long as it could not, going on alone is disarmed.
final class Protection {
  private static final Logger log = LoggerFactory.getLogger(Protection.class);
  private static final Duration EVERY = Duration.ofSeconds(60);
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final Surroundings around;
  private final Consumer<Runnable> loop;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private volatile Optional<String> problem = Optional.of("the fence device was not asked yet");
  private volatile long goodNanos = System.nanoTime() - AGAIN.toNanos();
  private volatile boolean soon;
  private long dueNanos = System.nanoTime();

  Protection(Surroundings around, Consumer<Runnable> loop) {
    this.around = around;
    this.loop = loop;
  }

  Optional<String> problem() {
    return problem;
  }

  /// Why nobody is to rely on this node's going on alone right now; empty if the device answered
  /// just before. If it did not, it is asked, and the next question is answered by what it says.
  Optional<String> doubt() {
    long ago = System.nanoTime() - goodNanos;
    soon = soon || ago > AGAIN.dividedBy(2).toNanos();
    return problem.isEmpty() && ago < AGAIN.toNanos()
        ? Optional.empty()
        : Optional.of(problem.orElse("its fence device is being asked for the other node"));
  }

  /// Called with each tick.
  ///
  /// @param up whether the peer is known to be on
  void due(boolean up) {
    if ((System.nanoTime() - dueNanos < 0 && !soon) || !underWay.compareAndSet(false, true)) {
      return;
    }
    soon = false;
    Thread.ofVirtual()
        .name("pair-protection")
        .start(() -> {
          Optional<String> found = around.inspect(up);
          loop.accept(() -> found(found));
        });
  }

  private void found(Optional<String> found) {
    underWay.set(false);
    if (found.isEmpty()) {
      goodNanos = System.nanoTime();
    }
    dueNanos = System.nanoTime() + (found.isEmpty() ? EVERY : AGAIN).toNanos();
    if (found.equals(problem)) {
      return;
    }
    problem = found;
    if (found.isPresent()) {
      log.atError()
          .addKeyValue("code", "HA-PAIR-002")
          .addKeyValue("reason", found.get())
          .log("not protected: this node cannot go on alone");
      around.happened("NOT PROTECTED: " + found.get());
    } else {
      log.atInfo().log("protected: the fence device answers for the other node");
      around.happened("protected: the fence device answers for the other node");
    }
  }
}
