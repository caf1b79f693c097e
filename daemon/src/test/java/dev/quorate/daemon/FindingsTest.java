package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quorate.agents.Finding;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.resource.ResourceId;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {
  @Test
  void crossTheNetworkAsTheyAre() throws IOException {
    List<Finding> findings =
        List.of(
            Finding.error("fsync", "it is off: \"quotes\"\nand lines", "set it"),
            Finding.hint("log", "ü", "–"));
    assertEquals(findings, Findings.parse(Findings.format(findings)));
    ResourceId id = new ResourceId("pg");
    assertEquals(id, Findings.asked(Findings.question(id)));
  }

  @Test
  void whatIsNoAnswerOrQuestionIsRefused() {
    assertThrows(HactlError.class, () -> Findings.parse("{\"findings\":[{\"severity\":\"BAD\"}]}"));
    assertThrows(HactlError.class, () -> Findings.parse("<html>"));
    assertThrows(HactlError.class, () -> Findings.asked("{\"resource\":\"a b\"}"));
  }
}
