package dev.quorate.resource.core.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How long what fails at every start is left alone.
class StartPauseTest {
  private static Plan plan(int failures, String operation, long wallMillis) {
    return Scenario.of(
            """
            node n1
            node n2
            promotable pg
            is pg n1 STOPPED
            is pg n2 STOPPED
            failed pg n1 %d %s 10000
            wall %d
            """
                .formatted(failures, operation, wallMillis))
        .plan();
  }

  private static Optional<Long> again(int failures) {
    return plan(failures, "START", 10_000).recheck().map(Instant::toEpochMilli);
  }

  @ParameterizedTest
  @CsvSource({"4,500", "5,1000", "8,8000", "10,32000", "11,32000", "999999,32000"})
  void itDoublesUpToHalfAMinute(int failures, long millis) {
    assertEquals(Optional.of(10_000 + millis), again(failures));
  }

  @ParameterizedTest
  @CsvSource({"1", "3", "1000000"})
  void theFirstAreTriedAtOnceAndTheForbiddenNever(int failures) {
    assertEquals(Optional.empty(), again(failures));
  }

  @Test
  void onlyStartsAreWaitedFor() {
    assertEquals(Optional.empty(), plan(5, "MONITOR", 10_000).recheck());
  }

  @Test
  void whatIsOverIsNotWaitedFor() {
    assertEquals(Optional.empty(), plan(5, "START", 11_000).recheck());
  }
}
