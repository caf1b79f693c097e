package dev.quorate.agents.core.postgresql.drill;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/// The times in which no writer was told of a commit.
///
/// @param longest the longest, in nanoseconds
/// @param longestBegan when that began; the time of an acknowledgement, or of the beginning
/// @param median half of the times between two acknowledgements were shorter
/// @param noticeable how many were at least [#NOTICEABLE]
public record WriteGaps(long longest, long longestBegan, long median, long noticeable) {
  /// What a person notices: 200 ms.
  public static final long NOTICEABLE = 200_000_000L;

  /// Between two moments, of all writers together.
  public static WriteGaps between(long begin, long end, List<Sent> writers) {
    long[] moments =
        LongStream.concat(
                LongStream.of(begin, end),
                writers.stream().flatMapToLong(w -> w.acknowledgedAfter(begin)))
            .filter(moment -> moment <= end)
            .sorted()
            .toArray();
    long[] gaps = new long[moments.length - 1];
    long longest = 0;
    long began = begin;
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = moments[i + 1] - moments[i];
      if (gaps[i] > longest) {
        longest = gaps[i];
        began = moments[i];
      }
    }
    Arrays.sort(gaps);
    long noticeable = Arrays.stream(gaps).filter(gap -> gap >= NOTICEABLE).count();
    return new WriteGaps(longest, began, gaps[gaps.length / 2], noticeable);
  }
}
