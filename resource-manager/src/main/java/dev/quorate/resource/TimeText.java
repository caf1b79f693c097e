package dev.quorate.resource;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Times as Pacemaker writes them: seconds, or a whole number with one of the units `ms`, `s`,
/// `sec`, `m`, `min`, `h` or `hr`.
public final class TimeText {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})\\s*(ms|s|sec|m|min|h|hr)?");

  private TimeText() {}

  /// The time, or nothing if the text is not one.
  public static Optional<Duration> parse(String text) {
    var matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2) == null ? "s" : matcher.group(2);
    return Optional.of(
        switch (unit) {
          case "ms" -> Duration.ofMillis(number);
          case "m", "min" -> Duration.ofMinutes(number);
          case "h", "hr" -> Duration.ofHours(number);
          default -> Duration.ofSeconds(number);
        });
  }
}
