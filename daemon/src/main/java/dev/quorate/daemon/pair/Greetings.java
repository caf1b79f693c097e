package dev.quorate.daemon.pair;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Says hello to the peer: often while something has to be settled, seldom while both vote.
final class Greetings {
  private static final int SELDOM = 10;

  private final Surroundings around;
  private final Consumer<Runnable> loop;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private int skipped = SELDOM;

  Greetings(Surroundings around, Consumer<Runnable> loop) {
    this.around = around;
    this.loop = loop;
  }

  /// Called with each tick.
  void due(Hello mine, boolean steady, Consumer<Hello> answered) {
    skipped++;
    if ((steady && skipped < SELDOM) || !underWay.compareAndSet(false, true)) {
      return;
    }
    skipped = 0;
    Thread.ofVirtual()
        .name("pair-hello")
        .start(() -> {
          try {
            around.greet(mine).ifPresent(other -> loop.accept(() -> answered.accept(other)));
          } finally {
            underWay.set(false);
          }
        });
  }
}
