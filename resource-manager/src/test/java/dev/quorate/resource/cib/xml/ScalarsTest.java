package dev.quorate.resource.cib.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.resource.Role;
import dev.quorate.resource.Rule.Range;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarsTest {
  @ParameterizedTest
  @CsvSource({
    "INFINITY,1000000", "+INFINITY,1000000", "-INFINITY,-1000000", "infinity,1000000", "0,0",
    "-5,-5", "+5,5", "1000001,1000000", "-9999999,-1000000", "99999999999999999999999,1000000",
    "-99999999999999999999999,-1000000", "red,-1000000", "yellow,0", "green,0"
  })
  void scores(String text, int score) {
    assertEquals(Optional.of(score), Scalars.score(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1.5", "--1", "1e3", "INFINITE", "5x", "", "-"})
  void notScores(String text) {
    assertEquals(Optional.empty(), Scalars.score(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "10,10000",
    "10s,10000",
    "10ms,10",
    "1min,60000",
    "2h,7200000",
    "PT10S,10000",
    "P10S,10000",
    "1m,60000",
    "PT1M,60000",
    "P1D,86400000",
    "' 5 s ',5000",
    "99999999999999999,4294967295"
  })
  void intervals(String text, long millis) {
    assertEquals(Optional.of(millis), Scalars.interval(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "10parsecs", "P", "PT", "P10X", "1 2", "s"})
  void notIntervals(String text) {
    assertEquals(Optional.empty(), Scalars.interval(text));
  }

  @Test
  void rolesOfBothAges() {
    for (String text : List.of("Master", "master", "MASTER", "Promoted", "promoted")) {
      assertEquals(Optional.of(Role.PROMOTED), Scalars.role(text));
    }
    for (String text : List.of("Slave", "slave", "Unpromoted", "UNPROMOTED")) {
      assertEquals(Optional.of(Role.UNPROMOTED), Scalars.role(text));
    }
    assertEquals(Optional.of(Role.STARTED), Scalars.role("Started"));
    assertEquals(Optional.of(Role.STOPPED), Scalars.role("stopped"));
    assertEquals(Optional.empty(), Scalars.role("Leader"));
  }

  @ParameterizedTest
  @CsvSource({
    "2005-01-20,2005-01-20T00:00:00Z",
    "20050120,2005-01-20T00:00:00Z",
    "2005-020,2005-01-20T00:00:00Z",
    "2005020,2005-01-20T00:00:00Z",
    "2004-366,2004-12-31T00:00:00Z",
    "2005-W03-1,2005-01-17T00:00:00Z",
    "2005W031,2005-01-17T00:00:00Z",
    "2009-W01-1,2008-12-29T00:00:00Z",
    "2009-W53-7,2010-01-03T00:00:00Z",
    "2005-01-20Z,2005-01-20T00:00:00Z",
    "2005-01-20 12:30,2005-01-20T12:30:00Z",
    "2005-01-20 12:30:15,2005-01-20T12:30:15Z",
    "2005-01-20T12:30:15Z,2005-01-20T12:30:15Z",
    "20050120T123015Z,2005-01-20T12:30:15Z",
    "2005-01-20T12:30:15+02:00,2005-01-20T10:30:15Z",
    "2019-09-23 13:00:00 -05:00,2019-09-23T18:00:00Z",
    "2005-01-20T12:30:15-0530,2005-01-20T18:00:15Z",
    "2005-01-20T24:00:00,2005-01-21T00:00:00Z",
    "2005-020 10:00 +01,2005-01-20T09:00:00Z",
    "epoch,1970-01-01T00:00:00Z"
  })
  void dates(String text, String instant) {
    assertEquals(Optional.of(Instant.parse(instant)), Dates.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "today",
        "2005",
        "2005-13-01",
        "2005-02-30",
        "2005-366",
        "2005-000",
        "2005-W53-1",
        "2005-W00-1",
        "2005-W03-8",
        "2005-01-20T25:00",
        "2005-01-20T24:00:01",
        "2005-01-20T12:60",
        "2005-01-20T12:30:15+19:00",
        "2005-01-20T12:30:15X",
        "2005-01-20T",
        "T12:30",
        "-2005-01-20",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T24:00:00",
        "0000-01-01"
      })
  void notDates(String text) {
    assertEquals(Optional.empty(), Dates.parse(text));
  }

  @Test
  void ranges() {
    assertEquals(Optional.of(new Range(5, 5)), RuleReader.range("5"));
    assertEquals(Optional.of(new Range(5, 7)), RuleReader.range("5-7"));
    assertEquals(Optional.of(new Range(5, Integer.MAX_VALUE)), RuleReader.range("5-"));
    assertEquals(Optional.of(new Range(0, 7)), RuleReader.range("-7"));
    for (String text : List.of("", "-", "x", "7-5", "1-2-3", "1,2")) {
      assertEquals(Optional.empty(), RuleReader.range(text), text);
    }
  }
}
