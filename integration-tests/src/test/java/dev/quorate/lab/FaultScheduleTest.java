package dev.quorate.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultScheduleTest {
  @Test
  void aTenthAtLeastIsOfEachKind() {
    List<FaultKind> kinds = new FaultSchedule(300, 7).kinds();

    assertEquals(300, kinds.size());
    for (FaultKind kind : FaultKind.values()) {
      assertTrue(Collections.frequency(kinds, kind) >= 30, kind.word());
      assertTrue(new FaultSchedule(6, 7).kinds().contains(kind), kind.word());
    }
  }

  @Test
  void theSameSeedGivesTheSameFaults() {
    assertEquals(new FaultSchedule(50, 7).kinds(), new FaultSchedule(50, 7).kinds());
    assertNotEquals(new FaultSchedule(50, 7).kinds(), new FaultSchedule(50, 8).kinds());
  }

  @Test
  void countAndSeedAreRead() {
    assertEquals(new FaultSchedule(20, 5), FaultSchedule.parse(List.of(), 5));
    assertEquals(new FaultSchedule(300, 5), FaultSchedule.parse(List.of("300"), 5));
    assertEquals(new FaultSchedule(300, -9), FaultSchedule.parse(List.of("300", "-9"), 5));
  }

  @ParameterizedTest
  @CsvSource({
    "5,'the number of faults is from 6 to 2000, not ''5'''",
    "all,'the number of faults is from 6 to 2000, not ''all'''",
    "10 x,'the seed is a number, not ''x'''",
    "10 1 2,unknown word '2'"
  })
  void whatIsWrongIsNamed(String words, String message) {
    IllegalArgumentException problem =
        assertThrows(
            IllegalArgumentException.class,
            () -> FaultSchedule.parse(List.of(words.split(" ", -1)), 5));

    assertEquals(message, problem.getMessage());
  }

  @Test
  void quantilesAreFiguresThatOccurred() {
    List<FaultTable.Row> rows =
        List.of(
            new FaultTable.Row(30, 0, false, 0),
            new FaultTable.Row(10, 0, true, 0),
            new FaultTable.Row(20, 0, false, 0));

    assertEquals(20, FaultTable.quantile(rows, FaultTable.Row::gapMillis, 0.5));
    assertEquals(30, FaultTable.quantile(rows, FaultTable.Row::gapMillis, 0.95));
  }
}
