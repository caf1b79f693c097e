package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.Setup;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.resource.ResourceId;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SetupsTest {
  @Test
  void crossTheNetworkAsTheyAre() throws IOException {
    Setup setup =
        new Setup(
            "/data/quorate.conf",
            List.of(
                new Setup.Amendment("fsync", "on", false, true, "/a:3", "\"quotes\"\nand lines"),
                new Setup.Amendment("wal_level", "replica", true, false, "", "ü")),
            true,
            "a problem",
            "a remedy");
    assertEquals(setup, Setups.parse(Setups.format(setup)));
    ResourceId id = new ResourceId("pg");
    assertEquals(id, Findings.asked(Setups.question(id, true)));
    assertTrue(Setups.writes(Setups.question(id, true)));
    assertFalse(Setups.writes(Setups.question(id, false)));
    assertFalse(Setups.writes(Findings.question(id)));
  }

  @Test
  void whatIsNoAnswerIsRefused() {
    assertThrows(HactlError.class, () -> Setups.parse("{}"));
    assertThrows(HactlError.class, () -> Setups.parse("<html>"));
  }
}
