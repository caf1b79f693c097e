package dev.quorate.daemon.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people type them: `15`, `15s`, `300ms`, `2min`, `1h`.
public final class Durations {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(ms|msec|s|sec|m|min|h|hr)?");

  private Durations() {}

  /// Parses the text; a bare number is seconds.
  public static Optional<Duration> parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(form.group(1));
    String unit = form.group(2) == null ? "s" : form.group(2);
    return Optional.of(
        switch (unit) {
          case "ms", "msec" -> Duration.ofMillis(count);
          case "m", "min" -> Duration.ofMinutes(count);
          case "h", "hr" -> Duration.ofHours(count);
          default -> Duration.ofSeconds(count);
        });
  }

  /// The shortest text that says it: `90s`, `300ms`.
  public static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }
}
