package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PgDrillTest {
  @Test
  void anAddressIsEnough() {
    DrillOptions options = DrillOptions.parse(List.of("10.0.0.100"));

    assertEquals("10.0.0.100", options.target().host());
    assertEquals(5432, options.target().port());
    assertEquals(4, options.writers());
    assertEquals(Duration.ofMinutes(1), options.lasting());
  }

  @Test
  void everyOptionIsRead() {
    DrillOptions options =
        DrillOptions.parse(
            List.of(
                "fd00::5",
                "port=5433",
                "database=d",
                "user=u",
                "sslmode=require",
                "writers=9",
                "for=2min",
                "pace=5ms",
                "timeout=300ms",
                "--keep",
                "--force",
                "-o",
                "json"));

    assertEquals("fd00::5 5433 d u require", words(options));
    assertEquals(9, options.writers());
    assertEquals(Duration.ofMinutes(2), options.lasting());
    assertEquals(Duration.ofMillis(5), options.pace());
    assertEquals(Duration.ofMillis(300), options.target().replyWithin());
    assertTrue(options.keep() && options.anew() && options.json());
  }

  private static String words(DrillOptions options) {
    return String.join(
        " ",
        options.target().host(),
        Integer.toString(options.target().port()),
        options.target().database(),
        options.target().user(),
        options.target().sslMode());
  }

  @ParameterizedTest
  @CsvSource({
    "'',which address shall be written to?",
    "a b,'one address is written to, not 2: [a, b]'",
    "a port=0,'''port=0'' is no number from 1 to 65535'",
    "a writers=65,'''writers=65'' is no number from 1 to 64'",
    "a writers=,'''writers='' has no value'",
    "a for=long,'''for=long'' is no time from 1s to 86400s'",
    "a timeout=1ms,'''timeout=1ms'' is no time from 100ms to 60s'",
    "a sslmode=maybe,'''sslmode=maybe'' is not known'",
    "a writer=4,'''pg drill'' has no option ''writer=4'''",
    "a --kep,'''pg drill'' has no option ''--kep'''",
    "a -o,'''-o'' is followed by text or json'"
  })
  void whatIsWrongIsNamed(String words, String message) {
    HactlError problem =
        assertThrows(
            HactlError.class,
            () -> DrillOptions.parse(words.isEmpty() ? List.of() : List.of(words.split(" ", -1))));

    assertEquals(message, problem.message());
    assertEquals(ExitCode.USAGE, problem.exit());
  }

  @Test
  void aSimilarWordIsProposed() {
    HactlError problem =
        assertThrows(HactlError.class, () -> DrillOptions.parse(List.of("a", "writer=4")));

    assertEquals("did you mean 'writers'?", problem.hint());
  }

  @Test
  void errorsAreReportedWithTheirExitCode() {
    List<String> said = new ArrayList<>();
    Output out = Output.into(said, said);

    assertEquals(ExitCode.USAGE, PgDrill.run(List.of("--json"), out));
    assertTrue(said.getFirst().contains("HA-CLI-001"), said::toString);
  }
}
