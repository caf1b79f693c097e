package dev.quorate.resource.core.rules;

import dev.quorate.resource.Rule.DateComparison;
import dev.quorate.resource.Rule.Range;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compares now with dates, in whole seconds and in UTC.
final class Dates {
  private Dates() {}

  /// Whether a comparison holds. A missing bound that the comparison needs: it does not.
  static boolean holds(DateComparison dates, Instant now, NextChange next) {
    return switch (dates.operation()) {
      case GT -> after(dates.start().orElse(null), now, next);
      case LT -> before(dates.end().orElse(null), now, next);
      case IN_RANGE -> within(dates, now, next);
      case DATE_SPEC -> within(dates.fields(), LocalDateTime.ofInstant(now, ZoneOffset.UTC));
    };
  }

  private static boolean after(@Nullable Instant start, Instant now, NextChange next) {
    if (start == null) {
      return false;
    }
    if (now.getEpochSecond() > start.getEpochSecond()) {
      return true;
    }
    next.offer(secondAfter(start));
    return false;
  }

  private static boolean before(@Nullable Instant end, Instant now, NextChange next) {
    if (end == null || now.getEpochSecond() >= end.getEpochSecond()) {
      return false;
    }
    next.offer(end);
    return true;
  }

  private static boolean within(DateComparison dates, Instant now, NextChange next) {
    Instant start = dates.start().orElse(null);
    Instant end = dates.end().orElse(null);
    if (end == null && start != null && !dates.duration().isEmpty()) {
      end = plus(start, dates.duration());
    }
    if (start == null && end == null) {
      return false;
    }
    if (start != null && now.getEpochSecond() < start.getEpochSecond()) {
      next.offer(start);
      return false;
    }
    if (end != null) {
      if (now.getEpochSecond() > end.getEpochSecond()) {
        return false;
      }
      next.offer(secondAfter(end));
    }
    return true;
  }

  private static Instant secondAfter(Instant moment) {
    return Instant.ofEpochSecond(moment.getEpochSecond() + 1);
  }

  /// Adds the units from the largest to the smallest. A day that the month does not have is the
  /// month's last one.
  private static Instant plus(Instant start, Map<String, Integer> duration) {
    return LocalDateTime.ofInstant(start, ZoneOffset.UTC)
        .plusYears(duration.getOrDefault("years", 0))
        .plusMonths(duration.getOrDefault("months", 0))
        .plusWeeks(duration.getOrDefault("weeks", 0))
        .plusDays(duration.getOrDefault("days", 0))
        .plusHours(duration.getOrDefault("hours", 0))
        .plusMinutes(duration.getOrDefault("minutes", 0))
        .plusSeconds(duration.getOrDefault("seconds", 0))
        .toInstant(ZoneOffset.UTC);
  }

  private static boolean within(Map<String, Range> fields, LocalDateTime now) {
    for (Map.Entry<String, Range> field : fields.entrySet()) {
      Range range = field.getValue();
      int value = value(field.getKey(), now, range.from());
      if (value < range.from() || value > range.to()) {
        return false;
      }
    }
    return true;
  }

  /// The value of a field; what has no such field is whatever is wanted of it.
  private static int value(String field, LocalDateTime now, int other) {
    return switch (field) {
      case "seconds" -> now.getSecond();
      case "minutes" -> now.getMinute();
      case "hours" -> now.getHour();
      case "monthdays" -> now.getDayOfMonth();
      case "months" -> now.getMonthValue();
      case "years" -> now.getYear();
      case "yeardays" -> now.getDayOfYear();
      case "weekyears" -> now.get(IsoFields.WEEK_BASED_YEAR);
      case "weeks" -> now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case "weekdays" -> now.getDayOfWeek().getValue();
      default -> other;
    };
  }
}
