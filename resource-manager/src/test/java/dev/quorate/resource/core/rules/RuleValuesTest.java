package dev.quorate.resource.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.resource.FlagText;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleValuesTest {
  @ParameterizedTest
  @CsvSource({
    "20, 20000",
    "0, 0",
    "-1, -1000",
    "+3s, 3000",
    "30sec, 30000",
    "1500ms, 1500",
    "7 msec, 7",
    "1500us, 1",
    "2000usec, 2",
    "5m, 300000",
    "5 MIN, 300000",
    "2h, 7200000",
    "2 hr, 7200000",
    "' 10 s ', 10000",
    "9999999999999999999h, 9223372036854775807",
    "PT1M, 60000",
    "P1D, 86400000",
    "P1W, 604800000",
    "P1Y1M1DT1H1M1S, 34218061000",
    "PT0.25S, 250",
    "'PT1,5S', 1500",
  })
  void durationsAreMilliseconds(String text, long millis) {
    assertEquals(OptionalLong.of(millis), Durations.millis(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "five", "1.5", "5d", "5 s s", "P", "PT", "P1", "PT1D"})
  void whatIsNoDurationIsNone(String text) {
    assertEquals(OptionalLong.empty(), Durations.millis(text));
  }

  @Test
  void yesAndNoHaveManyNames() {
    for (String yes : List.of("true", "YES", "On", "y", "1")) {
      assertEquals(Optional.of(true), FlagText.parse(yes));
    }
    for (String no : List.of("false", "NO", "Off", "n", "0")) {
      assertEquals(Optional.of(false), FlagText.parse(no));
    }
    for (String neither : List.of("", "2", "maybe", " true")) {
      assertEquals(Optional.empty(), FlagText.parse(neither));
    }
  }
}
