package dev.quorate.resource.core.rules;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads lengths of time as configurations write them.
public final class Durations {
  private static final BigDecimal SECOND = BigDecimal.valueOf(1_000);
  private static final BigDecimal MINUTE = BigDecimal.valueOf(60_000);
  private static final BigDecimal HOUR = BigDecimal.valueOf(3_600_000);
  private static final BigDecimal DAY = BigDecimal.valueOf(86_400_000);
  private static final BigDecimal WEEK = DAY.multiply(BigDecimal.valueOf(7));
  private static final BigDecimal MONTH = DAY.multiply(BigDecimal.valueOf(30));
  private static final BigDecimal YEAR = DAY.multiply(BigDecimal.valueOf(365));
  private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

  private static final Pattern NUMBER = Pattern.compile("([+-]?\\d{1,19})\\s*([a-zA-Z]*)");
  private static final Pattern ISO =
      Pattern.compile(
          "P(?=.)(?:(\\d{1,19})Y)?(?:(\\d{1,19})M)?(?:(\\d{1,19})W)?(?:(\\d{1,19})D)?"
              + "(?:T?(?=\\d)(?:(\\d{1,19})H)?(?:(\\d{1,19})M)?(?:(\\d{1,19}(?:[.,]\\d{1,9})?)S)?)?");

  private Durations() {}

  /// Milliseconds of a text, cut to whole ones; empty if the text is no length of time.
  ///
  /// A number alone is seconds. It may be followed, also after blanks, by `us` or `usec`, `ms` or
  /// `msec`, `s` or `sec`, `m` or `min`, `h` or `hr`, whatever their case. A text that begins with
  /// `P` is an ISO 8601 duration (`P1DT12H`, or carelessly `P10S`), with months of 30 days and
  /// years of 365. What is longer than 64 bits can say is as long as they can say.
  public static OptionalLong millis(String text) {
    String trimmed = text.strip();
    if (trimmed.startsWith("P")) {
      return iso(trimmed);
    }
    Matcher matcher = NUMBER.matcher(trimmed);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    BigDecimal number = new BigDecimal(matcher.group(1));
    return switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
      case "us", "usec" -> bounded(number.movePointLeft(3));
      case "ms", "msec" -> bounded(number);
      case "", "s", "sec" -> bounded(number.multiply(SECOND));
      case "m", "min" -> bounded(number.multiply(MINUTE));
      case "h", "hr" -> bounded(number.multiply(HOUR));
      default -> OptionalLong.empty();
    };
  }

  private static OptionalLong iso(String text) {
    Matcher matcher = ISO.matcher(text);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    return bounded(
        part(matcher, 1, YEAR)
            .add(part(matcher, 2, MONTH))
            .add(part(matcher, 3, WEEK))
            .add(part(matcher, 4, DAY))
            .add(part(matcher, 5, HOUR))
            .add(part(matcher, 6, MINUTE))
            .add(part(matcher, 7, SECOND)));
  }

  private static BigDecimal part(Matcher matcher, int group, BigDecimal unit) {
    String number = matcher.group(group);
    return number == null
        ? BigDecimal.ZERO
        : new BigDecimal(number.replace(',', '.')).multiply(unit);
  }

  private static OptionalLong bounded(BigDecimal millis) {
    return OptionalLong.of(
        millis.min(LONGEST).max(LONGEST.negate()).setScale(0, RoundingMode.DOWN).longValue());
  }
}
