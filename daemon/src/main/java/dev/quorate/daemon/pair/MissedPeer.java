package dev.quorate.daemon.pair;

import dev.quorate.resource.Absence;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Whether the ring sees the peer, and whether its machine is silent as well. As long as the ring
/// misses it, its machine is asked again and again: an answer that was lost on the way counts no
/// longer than until the next one.
///
/// Confined to one thread, except for the questions.
final class MissedPeer {
  static final Duration AGAIN = Duration.ofSeconds(1);

  /// The thread to which this belongs.
  interface Loop {
    void submit(Runnable event);

    void later(Duration delay, Runnable event);
  }

  private final Supplier<Absence> probe;
  private final Loop loop;
  private final Runnable changed;
  private boolean seen = true;
  private boolean silent;
  private long sinceNanos;
  private long views;

  /// @param probe asks the peer's machine; blocks for a bounded time
  /// @param changed called when an answer has come
  MissedPeer(Supplier<Absence> probe, Loop loop, Runnable changed) {
    this.probe = probe;
    this.loop = loop;
    this.changed = changed;
  }

  /// Whether the ring sees the peer.
  boolean seen() {
    return seen;
  }

  /// Whether the ring misses the peer, and its machine did not answer when it was asked last.
  boolean silent() {
    return silent;
  }

  /// When the ring missed it last.
  long sinceNanos() {
    return sinceNanos;
  }

  /// The ring agreed on who is there.
  void viewInstalled(boolean withPeer) {
    seen = withPeer;
    silent = false;
    views++;
    if (!withPeer) {
      sinceNanos = System.nanoTime();
      ask(views);
    }
  }

  /// Asks the peer's machine once whether it answers.
  void whetherItAnswers(Consumer<Boolean> then) {
    ask(answer -> then.accept(answer != Absence.SILENT));
  }

  private void ask(long view) {
    ask(answer -> answered(view, answer));
  }

  private void ask(Consumer<Absence> then) {
    Thread.ofVirtual()
        .name("pair-probe")
        .start(() -> {
          Absence answer = probe.get();
          loop.submit(() -> then.accept(answer));
        });
  }

  private void answered(long view, Absence answer) {
    if (view == views) {
      silent = answer == Absence.SILENT;
      changed.run();
      loop.later(
          AGAIN,
          () -> {
            if (view == views) {
              ask(view);
            }
          });
    }
  }
}
