package dev.quorate.daemon.pair;

import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import java.time.Duration;
import java.util.Optional;

/// What the peer said of itself last, and when. Confined to one thread.
final class PeerWord {
  /// Who said hello so lately is not fenced: it is there, and its log may take longer to be heard.
  private static final Duration TALKS = Duration.ofMillis(1500);

  private Optional<Hello> last = Optional.empty();
  private long atNanos = System.nanoTime() - TALKS.toNanos();

  void said(Hello hello) {
    last = Optional.of(hello);
    atNanos = System.nanoTime();
  }

  /// In which boot it was; empty if it was not heard in this run.
  Optional<String> boot() {
    return last.map(Hello::boot);
  }

  /// Whether it said something just now.
  boolean talks() {
    return System.nanoTime() - atNanos < TALKS.toNanos();
  }

  /// Whether it copies an epoch, as far as it said.
  boolean copies(long epoch) {
    SurvivorRecord learner = new SurvivorRecord(epoch, Standing.LEARNER);
    return last.filter(h -> h.survivor().equals(learner)).isPresent();
  }
}
