package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an election announced to be lost with the last primary, in its record in the history.
///
/// @param end of the winner's WAL, in bytes
/// @param bytes that the last primary was heard to have written beyond
/// @param time how long before it was silent it had written the first of them
record Loss(long end, long bytes, Duration time) {
  private static final Pattern RECORD =
      Pattern.compile(
          "ended: Won.* WAL up to (\\p{XDigit}+)/(\\p{XDigit}+),"
              + ".*lost with the last primary: (\\d+) bytes \\(([0-9.]+) s\\)");
  private static final int HEXADECIMAL = 16;

  /// The announcement, which there must be.
  static Loss announced(Steps steps) {
    Matcher record =
        steps.steps().stream()
            .map(step -> RECORD.matcher(step.text()))
            .filter(Matcher::find)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no loss is announced in:\n" + steps));
    long high = Long.parseLong(record.group(1), HEXADECIMAL);
    long low = Long.parseLong(record.group(2), HEXADECIMAL);
    return new Loss(
        high << 32 | low,
        Long.parseLong(record.group(3)),
        Duration.ofMillis(Math.round(Double.parseDouble(record.group(4)) * 1000)));
  }

  /// As `hactl pg status` must show it, too.
  void shownIn(String status) {
    assertTrue(
        status.lines().anyMatch(l -> l.contains("Last election: ") && l.contains(text())), status);
  }

  private String text() {
    return "lost with the last primary: " + bytes + " bytes";
  }
}
