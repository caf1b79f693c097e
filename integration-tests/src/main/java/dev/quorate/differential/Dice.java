package dev.quorate.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Chance, from one seed.
final class Dice {
  private final RandomGenerator random;

  Dice(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /// True that often of a hundred times.
  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /// A number of the range, both ends included.
  int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  String of(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /// So many different ones, or all, in the order they have.
  <T> List<T> some(List<T> choices, int count) {
    List<T> left = new ArrayList<>(choices);
    while (left.size() > count) {
      left.remove(random.nextInt(left.size()));
    }
    return left;
  }

  /// A score of a constraint.
  int score() {
    int roll = random.nextInt(100);
    if (roll < 40) {
      return 1_000_000;
    }
    if (roll < 50) {
      return -1_000_000;
    }
    return roll < 60 ? -between(1, 200) : between(1, 200) * (chance(20) ? 10 : 1);
  }
}
