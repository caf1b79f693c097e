package dev.quorate.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Spoiled and oversized documents: there is an answer to each of them, and soon.
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FuzzTest {
  private static final long DOCUMENTS = 1_000;
  private static final int MANY = 10_000;

  @Test
  void nothingBreaksOnSpoiledDocuments() throws IOException {
    Fuzz fuzz = new Fuzz(FuzzMain.madeUp());
    int read = 0;
    for (long seed = 1; seed <= DOCUMENTS; seed++) {
      Fuzz.Outcome outcome = fuzz.one(seed);
      assertEquals(Optional.empty(), outcome.fault(), "seed " + seed);
      read += outcome.read() ? 1 : 0;
    }
    assertTrue(read > DOCUMENTS / 4, "many are taken by the reader: " + read);
  }

  @Test
  void manyResourcesAreDecidedOn() {
    assertEquals(List.of(), decide(primitives(), "").refusals());
  }

  @Test
  void longCirclesAreDecidedOnOrRefused() {
    for (String constraint :
        List.of(
            "<rsc_order id=\"x%d\" first=\"r%d\" then=\"r%d\"/>",
            "<rsc_colocation id=\"x%d\" rsc=\"r%d\" with-rsc=\"r%d\" score=\"INFINITY\"/>")) {
      String circle =
          IntStream.range(0, MANY)
              .mapToObj(i -> String.format(constraint, i, i, (i + 1) % MANY))
              .collect(Collectors.joining());
      Decision decision = decide(primitives(), circle);
      assertEquals(decision.refusals().isEmpty() ? 0 : 1, decision.refusals().size());
      assertNotEquals(decision.steps().isEmpty(), decision.refusals().isEmpty());
    }
  }

  @Test
  void tooManyInstancesAreRefused() {
    String clone =
        "<clone id=\"c\"><meta_attributes id=\"m\"><nvpair id=\"m1\" name=\"clone-max\""
            + " value=\"INFINITY\"/></meta_attributes>"
            + primitive(0)
            + "</clone>";
    assertEquals(
        List.of("clone c: more than 100 instances are not managed"), decide(clone, "").refusals());
  }

  private static String primitive(int number) {
    return "<primitive id=\"r"
        + number
        + "\" class=\"ocf\" provider=\"pacemaker\" type=\"Dummy\"/>";
  }

  private static String primitives() {
    return IntStream.range(0, MANY).mapToObj(FuzzTest::primitive).collect(Collectors.joining());
  }

  private static Decision decide(String resources, String constraints) {
    String xml =
        "<cib have-quorum=\"1\"><configuration><crm_config/><nodes><node id=\"1\" uname=\"n1\"/>"
            + "</nodes><resources>"
            + resources
            + "</resources><constraints>"
            + constraints
            + "</constraints></configuration><status><node_state id=\"1\" uname=\"n1\""
            + " in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\"/></status></cib>";
    return PolicyEngine.decide(
        CibReader.read(xml.getBytes(StandardCharsets.UTF_8)).cib().orElseThrow(),
        RandomCluster.NOW);
  }
}
