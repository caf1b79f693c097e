package dev.quorate.resource.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.Rule;
import dev.quorate.resource.Rule.Condition;
import dev.quorate.resource.Rule.DateComparison;
import dev.quorate.resource.Rule.DateOperation;
import dev.quorate.resource.Rule.Range;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleDatesTest {
  private static final String START = "2026-03-01T12:00:00Z";
  private static final String END = "2026-03-01T13:00:00Z";

  @ParameterizedTest
  @CsvSource({
    // operation, now, holds, changes next
    "IN_RANGE, 2026-03-01T11:59:59Z, false, 2026-03-01T12:00:00Z",
    "IN_RANGE, 2026-03-01T12:00:00Z, true, 2026-03-01T13:00:01Z",
    "IN_RANGE, 2026-03-01T13:00:00Z, true, 2026-03-01T13:00:01Z",
    "IN_RANGE, 2026-03-01T13:00:00.900Z, true, 2026-03-01T13:00:01Z",
    "IN_RANGE, 2026-03-01T13:00:01Z, false,",
    "GT, 2026-03-01T11:00:00Z, false, 2026-03-01T12:00:01Z",
    "GT, 2026-03-01T12:00:00Z, false, 2026-03-01T12:00:01Z",
    "GT, 2026-03-01T12:00:01Z, true,",
    "LT, 2026-03-01T12:59:59Z, true, 2026-03-01T13:00:00Z",
    "LT, 2026-03-01T13:00:00Z, false,",
  })
  void nowIsComparedWithBounds(
      DateOperation operation, Instant now, boolean expected, @Nullable Instant change) {
    NextChange next = new NextChange(now);
    assertEquals(expected, holds(dates(operation, START, END, Map.of()), now, next));
    assertEquals(Optional.ofNullable(change), next.earliest());
  }

  @Test
  void aRangeMayBeOpen() {
    NextChange next = new NextChange(Instant.parse(START));
    assertTrue(
        holds(dates(DateOperation.IN_RANGE, START, null, Map.of()), Instant.parse(START), next));
    assertEquals(Optional.empty(), next.earliest());
    assertTrue(
        holds(dates(DateOperation.IN_RANGE, null, END, Map.of()), Instant.parse(START), next));
    assertEquals(Optional.of(Instant.parse("2026-03-01T13:00:01Z")), next.earliest());
  }

  @ParameterizedTest
  @CsvSource({"IN_RANGE", "GT", "LT"})
  void withoutItsBoundNothingHolds(DateOperation operation) {
    Instant now = Instant.parse(START);
    assertFalse(holds(dates(operation, null, null, Map.of()), now, new NextChange(now)));
  }

  @ParameterizedTest
  @CsvSource({
    // start, unit, how many, last second within
    "2024-02-28T00:00:00Z, days, 1, 2024-02-29T00:00:00Z",
    "2025-02-28T00:00:00Z, days, 1, 2025-03-01T00:00:00Z",
    "2024-02-29T06:00:00Z, years, 1, 2025-02-28T06:00:00Z",
    "2024-02-29T06:00:00Z, years, 4, 2028-02-29T06:00:00Z",
    "2026-01-31T00:00:00Z, months, 1, 2026-02-28T00:00:00Z",
    "2024-01-31T00:00:00Z, months, 1, 2024-02-29T00:00:00Z",
    "2026-08-31T00:00:00Z, months, 13, 2027-09-30T00:00:00Z",
    "2025-12-29T00:00:00Z, weeks, 1, 2026-01-05T00:00:00Z",
    "2025-12-31T23:00:00Z, hours, 25, 2026-01-02T00:00:00Z",
    "2025-12-31T23:59:00Z, minutes, 1, 2026-01-01T00:00:00Z",
    "2025-12-31T23:59:59Z, seconds, 86401, 2026-01-02T00:00:00Z",
  })
  void aRangeMayLast(Instant start, String unit, int many, Instant last) {
    DateComparison range =
        dates(DateOperation.IN_RANGE, start.toString(), null, Map.of(unit, many));
    NextChange next = new NextChange(last);
    assertTrue(holds(range, last, next));
    assertEquals(Optional.of(last.plusSeconds(1)), next.earliest());
    assertFalse(holds(range, last.plusSeconds(1), next));
  }

  @Test
  void unitsAreAddedFromTheLargestToTheSmallest() {
    DateComparison range =
        dates(
            DateOperation.IN_RANGE,
            "2024-01-30T00:00:00Z",
            null,
            Map.of("days", 1, "months", 1, "years", 1));
    Instant last = Instant.parse("2025-03-01T00:00:00Z");
    assertTrue(holds(range, last, new NextChange(last)));
    assertFalse(holds(range, last.plusSeconds(1), new NextChange(last)));
  }

  @Test
  void anEndWinsOverALength() {
    Instant now = Instant.parse("2026-03-01T13:00:01Z");
    assertFalse(
        holds(
            dates(DateOperation.IN_RANGE, START, END, Map.of("years", 1)),
            now,
            new NextChange(now)));
  }

  @ParameterizedTest
  @CsvSource({
    // 2027-01-01 is a Friday of the last week of 2026
    "seconds, 7, 7, true",
    "seconds, 8, 2147483647, false",
    "minutes, -2147483648, 6, true",
    "hours, 9, 16, false",
    "hours, 0, 5, true",
    "monthdays, 1, 1, true",
    "months, 1, 3, true",
    "years, 2027, 2027, true",
    "yeardays, 1, 1, true",
    "weekyears, 2026, 2026, true",
    "weekyears, 2027, 2027, false",
    "weeks, 53, 53, true",
    "weekdays, 1, 4, false",
    "weekdays, 5, 5, true",
  })
  void fieldsLieInTheirRanges(String field, int from, int to, boolean expected) {
    Instant now = Instant.parse("2027-01-01T05:06:07Z");
    NextChange next = new NextChange(now);
    assertEquals(expected, holds(spec(Map.of(field, new Range(from, to))), now, next));
    assertEquals(Optional.empty(), next.earliest());
  }

  @Test
  void everyFieldCounts() {
    DateComparison office = spec(Map.of("hours", new Range(9, 16), "weekdays", new Range(1, 5)));
    for (String now : List.of("2026-03-02T09:00:00Z", "2026-03-06T16:59:59Z")) {
      assertTrue(holds(office, Instant.parse(now), new NextChange(Instant.EPOCH)), now);
    }
    for (String now : List.of("2026-03-01T09:00:00Z", "2026-03-06T17:00:00Z")) {
      assertFalse(holds(office, Instant.parse(now), new NextChange(Instant.EPOCH)), now);
    }
  }

  @Test
  void theFirstChangeToComeIsKept() {
    NextChange next = new NextChange(Instant.ofEpochSecond(100));
    next.offer(Instant.ofEpochSecond(99));
    next.offer(Instant.ofEpochSecond(100));
    assertEquals(Optional.empty(), next.earliest());
    next.offer(Instant.ofEpochSecond(102));
    next.offer(Instant.ofEpochSecond(101));
    next.offer(Instant.ofEpochSecond(103));
    assertEquals(Optional.of(Instant.ofEpochSecond(101)), next.earliest());
  }

  private static boolean holds(Condition condition, Instant now, NextChange next) {
    return RuleEvaluation.holds(
        new Rule("r", true, Optional.empty(), "", Optional.empty(), List.of(condition)),
        RuleContext.at(now),
        next);
  }

  private static DateComparison spec(Map<String, Range> fields) {
    return new DateComparison(
        "d", DateOperation.DATE_SPEC, Optional.empty(), Optional.empty(), Map.of(), fields);
  }

  private static DateComparison dates(
      DateOperation operation,
      @Nullable String start,
      @Nullable String end,
      Map<String, Integer> duration) {
    return new DateComparison(
        "d",
        operation,
        Optional.ofNullable(start).map(Instant::parse),
        Optional.ofNullable(end).map(Instant::parse),
        duration,
        Map.of());
  }
}
