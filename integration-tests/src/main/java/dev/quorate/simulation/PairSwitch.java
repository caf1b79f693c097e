package dev.quorate.simulation;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The power switches of two machines, which behave alike.
final class PairSwitch {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// How they behave at present.
  enum Mood {
    WORKING,
    /// Refuses everything at once.
    REFUSING,
    /// Cuts the power and does not answer.
    MUTE
  }

  private final PairCluster cluster;
  private final RandomGenerator random;
  private Mood mood = Mood.WORKING;

  PairSwitch(PairCluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.random = random;
  }

  void behave(Mood next) {
    mood = next;
  }

  boolean works() {
    return mood == Mood.WORKING;
  }

  /// Cuts the power of a machine, asks whether it is off, and switches it on again later.
  ///
  /// @param answer whether it was shown to be off
  void cut(PairMachine target, Consumer<Boolean> answer) {
    boolean lies = cluster.weakness == PairWeakness.LYING_DEVICE;
    boolean refuses = mood == Mood.REFUSING;
    boolean tells = mood == Mood.WORKING;
    long work = World.between(random, 250, 900);
    if (!refuses && !lies) {
      cluster.after(
          work,
          () -> {
            cluster.powerOff(target, "fenced");
            int boots = target.boots;
            cluster.after(
                World.between(random, 4_000, 15_000),
                () -> {
                  if (target.boots == boots) {
                    cluster.powerOn(target);
                  }
                });
          });
    }
    boolean shown = lies || tells || cluster.weakness == PairWeakness.FAILED_FENCING_COUNTS;
    cluster.after(
        tells || lies || refuses ? work + 1_000_000 : TIMEOUT.toNanos(),
        () -> answer.accept(shown));
  }
}
