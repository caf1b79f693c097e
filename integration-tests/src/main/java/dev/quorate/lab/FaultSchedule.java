package dev.quorate.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Which faults a run consists of, in which order: the same ones for the same seed.
///
/// @param seed of this order, and of everything else that the run leaves to chance
record FaultSchedule(int count, long seed) {
  static final String USAGE = "./demo faults [COUNT] [SEED]";
  private static final int USUAL_COUNT = 20;
  private static final int MOST = 2_000;
  private static final int SHARE = 10;

  /// Reads the words after `faults`.
  ///
  /// @param anySeed where none is given
  /// @throws IllegalArgumentException naming the word that is wrong
  static FaultSchedule parse(List<String> words, long anySeed) {
    if (words.size() > 2) {
      throw new IllegalArgumentException("unknown word '" + words.get(2) + "'");
    }
    int count = USUAL_COUNT;
    if (!words.isEmpty()) {
      String word = words.getFirst();
      count = word.matches("[0-9]{1,4}") ? Integer.parseInt(word) : 0;
      if (count < FaultKind.values().length || count > MOST) {
        throw new IllegalArgumentException(
            "the number of faults is from %d to %d, not '%s'"
                .formatted(FaultKind.values().length, MOST, word));
      }
    }
    if (words.size() < 2) {
      return new FaultSchedule(count, anySeed);
    }
    if (!words.get(1).matches("-?[0-9]{1,18}")) {
      throw new IllegalArgumentException("the seed is a number, not '" + words.get(1) + "'");
    }
    return new FaultSchedule(count, Long.parseLong(words.get(1)));
  }

  /// The faults: of each kind a tenth, and at least one; the rest is chance.
  List<FaultKind> kinds() {
    Random random = new Random(seed);
    List<FaultKind> kinds = new ArrayList<>();
    for (FaultKind kind : FaultKind.values()) {
      kinds.addAll(Collections.nCopies(Math.max(1, count / SHARE), kind));
    }
    List<FaultKind> all = List.of(FaultKind.values());
    while (kinds.size() < count) {
      kinds.add(all.get(random.nextInt(all.size())));
    }
    Collections.shuffle(kinds, random);
    return kinds;
  }
}
