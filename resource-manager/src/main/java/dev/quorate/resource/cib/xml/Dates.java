package dev.quorate.resource.cib.xml;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Points in time as ISO 8601 writes them: calendar dates, ordinal dates and dates by week, with or
/// without a time, with or without an offset. What has no offset is UTC; what has no time is
/// midnight.
public final class Dates {
  private static final Pattern DATE =
      Pattern.compile(
          "([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|([0-9]{2})([0-9]{2})|-?([0-9]{3})"
              + "|-?W([0-9]{1,2})-?([1-7]))");
  private static final Pattern TIME =
      Pattern.compile("([0-9]{1,2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,][0-9]+)?)?");
  private static final Pattern OFFSET = Pattern.compile("([+-])([0-9]{2})(?::?([0-9]{2}))?");
  private static final Pattern WHOLE =
      Pattern.compile("([^ TZ]+)(?:[ T]+([0-9:.,]+)\\s*(Z|[+-][0-9:]+)?|(Z))?");

  private Dates() {}

  /// Empty if it is none.
  public static Optional<Instant> parse(String text) {
    String stripped = text.strip();
    if (stripped.equals("epoch")) {
      return Optional.of(Instant.EPOCH);
    }
    Matcher whole = WHOLE.matcher(stripped);
    if (!whole.matches()) {
      return Optional.empty();
    }
    try {
      Optional<LocalDate> date = date(whole.group(1));
      Optional<Long> second = whole.group(2) == null ? Optional.of(0L) : time(whole.group(2));
      Optional<Integer> offset = whole.group(3) == null ? Optional.of(0) : offset(whole.group(3));
      if (date.isEmpty() || second.isEmpty() || offset.isEmpty()) {
        return Optional.empty();
      }
      LocalDateTime moment = date.get().atStartOfDay().plusSeconds(second.get() - offset.get());
      return Optional.of(moment)
          .filter(found -> found.getYear() >= 1 && found.getYear() <= 9999)
          .map(found -> found.toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<LocalDate> date(String text) {
    Matcher date = DATE.matcher(text);
    if (!date.matches()) {
      return Optional.empty();
    }
    int year = Integer.parseInt(date.group(1));
    if (date.group(2) != null) {
      return Optional.of(LocalDate.of(year, number(date, 2), number(date, 3)));
    }
    if (date.group(4) != null) {
      return Optional.of(LocalDate.of(year, number(date, 4), number(date, 5)));
    }
    if (date.group(6) != null) {
      return Optional.of(LocalDate.ofYearDay(year, number(date, 6)));
    }
    int week = number(date, 7);
    LocalDate fourth = LocalDate.of(year, 1, 4);
    if (!IsoFields.WEEK_OF_WEEK_BASED_YEAR.rangeRefinedBy(fourth).isValidValue(week)) {
      return Optional.empty();
    }
    LocalDate monday = fourth.minusDays(fourth.getDayOfWeek().getValue() - 1L);
    return Optional.of(monday.plusDays(7L * (week - 1) + number(date, 8) - 1));
  }

  /// Seconds since midnight; 24:00:00 is the end of the day.
  private static Optional<Long> time(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      return Optional.empty();
    }
    int hour = number(time, 1);
    int minute = number(time, 2);
    int second = time.group(3) == null ? 0 : number(time, 3);
    boolean endOfDay = hour == 24 && minute == 0 && second == 0;
    if (!endOfDay && (hour > 23 || minute > 59 || second > 59)) {
      return Optional.empty();
    }
    return Optional.of(hour * 3600L + minute * 60L + second);
  }

  private static Optional<Integer> offset(String text) {
    if (text.equals("Z")) {
      return Optional.of(0);
    }
    Matcher offset = OFFSET.matcher(text);
    if (!offset.matches()) {
      return Optional.empty();
    }
    int minutes = number(offset, 2) * 60 + (offset.group(3) == null ? 0 : number(offset, 3));
    if (minutes > 18 * 60) {
      return Optional.empty();
    }
    return Optional.of((offset.group(1).equals("-") ? -60 : 60) * minutes);
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
