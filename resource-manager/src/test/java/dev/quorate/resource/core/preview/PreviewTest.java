package dev.quorate.resource.core.preview;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.digest.OperationDigest;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class PreviewTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  private static final String DOCUMENT =
      """
      <cib have-quorum="1" execution-date="1795176000"><configuration>
        <crm_config><cluster_property_set id="o">
          <nvpair id="o1" name="stonith-enabled" value="true"/>
          <nvpair id="o2" name="no-quorum-policy" value="stop"/>
          <nvpair id="o3" name="have-watchdog" value="false"/>
        </cluster_property_set></crm_config>
        <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
        <resources>
          <primitive id="fence" class="stonith" type="fence_dummy"/>
          <group id="web">
            <primitive id="ip" class="ocf" provider="heartbeat" type="IPaddr2">
              <operations><op id="ipm" name="monitor" interval="15s"/></operations>
            </primitive>
            <primitive id="www" class="ocf" provider="heartbeat" type="apache"/>
          </group>
        </resources>
        <constraints><rsc_location id="l" rsc="fence" node="n2" score="100"/></constraints>
      </configuration><status>
        <node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member">
          <lrm id="1"><lrm_resources>
            %s
          </lrm_resources></lrm>
        </node_state>
        <node_state id="2" uname="n2" in_ccm="true" crmd="online" join="member" expected="member">
          <lrm id="2"><lrm_resources>
            %s
          </lrm_resources></lrm>
        </node_state>
      </status></cib>
      """
          .formatted(
              history("ip", "ocf", "IPaddr2", true)
                  + history("www", "ocf", "apache", true)
                  + history("fence", "stonith", "fence_dummy", false),
              history("ip", "ocf", "IPaddr2", false)
                  + history("www", "ocf", "apache", false)
                  + history("fence", "stonith", "fence_dummy", true));

  private static String history(String id, String kind, String type, boolean runs) {
    String entry =
        "<lrm_rsc_op id=\"%s_last_0\" operation=\"%s\" call-id=\"5\" rc-code=\"%d\" op-status=\"0\""
                .formatted(id, runs ? "start" : "monitor", runs ? 0 : 7)
            + digest(OptionalLong.empty())
            + " interval=\"0\" transition-key=\"1:1:%d:a\" transition-magic=\"0:%d;1:1:%d:a\"/>"
                .formatted(runs ? 0 : 7, runs ? 0 : 7, runs ? 0 : 7);
    String recurring =
        id.equals("ip") && runs
            ? "<lrm_rsc_op id=\"ip_monitor_15000\" operation=\"monitor\" call-id=\"6\" rc-code=\"0\""
                + digest(OptionalLong.of(20_000))
                + " op-status=\"0\" interval=\"15000\" transition-key=\"2:1:0:a\""
                + " transition-magic=\"0:0;2:1:0:a\"/>"
            : "";
    return "<lrm_resource id=\"%s\" class=\"%s\" type=\"%s\"%s>"
            .formatted(id, kind, type, kind.equals("ocf") ? " provider=\"heartbeat\"" : "")
        + entry
        + recurring
        + "</lrm_resource>";
  }

  private static String digest(OptionalLong timeout) {
    return " op-digest=\"" + OperationDigest.of(new TreeMap<>(), timeout) + "\"";
  }

  private final Cib cib = read();

  private static Cib read() {
    CibReader.Result read = CibReader.read(DOCUMENT.getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(), read.problems());
    return read.cib().orElseThrow();
  }

  private static Preview preview(Cib cib) {
    return Preview.of(PolicyEngine.decide(cib, NOON));
  }

  private static String text(Cib cib) {
    return String.join("\n", PreviewText.of(preview(cib), NOON));
  }

  @Test
  void theTimeIsThatAskedForElseTheDocumentsElseThePresent() {
    Cib timeless = new Cib(new TreeMap<>(), cib.configuration(), cib.status());
    assertEquals(NOON, Moment.of(cib, Optional.of(NOON), Instant.EPOCH));
    assertEquals(Instant.ofEpochSecond(1795176000), Moment.of(cib, Optional.empty(), NOON));
    assertEquals(NOON, Moment.of(timeless, Optional.empty(), NOON));
  }

  @Test
  void nothingToDo() {
    assertEquals(
        """
        At 2026-11-20T12:00:00Z:
          fence  Started on n2
          ip     Started on n1
          www    Started on n1

        There is nothing to do.

        Afterwards:
          fence  Started on n2
          ip     Started on n1
          www    Started on n1\
        """,
        text(cib));
  }

  @Test
  void aNodeFails() {
    assertEquals(List.of("n1", "n2"), WhatIf.nodes(cib));
    assertEquals(
        """
        At 2026-11-20T12:00:00Z:
          fence  Started on n2
          ip     Started on n1
          www    Started on n1

        Plan (4 steps):
          1. fence n1 (reboot)
          2. start ip on n2  (after 1)
          3. monitor ip on n2 every 15 s  (after 2)
          4. start www on n2  (after 2)

        Afterwards:
          fence  Started on n2
          ip     Started on n2  (was: Started on n1)
          www    Started on n2  (was: Started on n1)\
        """,
        text(WhatIf.nodeFails(cib, "n1")));
  }

  @Test
  void aResourceFails() {
    Cib failed = WhatIf.resourceFails(cib, "ip", "n1", "Started", NOON).orElseThrow();
    String text = text(failed);
    assertTrue(text.contains("stop ip on n1  (after 1)"), text);
    assertTrue(text.contains("start ip on n1  (after 2)"), text);
    assertTrue(
        failed.status().nodes().getFirst().transientAttributes().getLast().entries().stream()
            .anyMatch(e -> e.name().equals("fail-count-ip#monitor_15000") && e.value().equals("1")),
        "the failure is counted");
    Cib twice = WhatIf.resourceFails(failed, "ip", "n1", "Started", NOON).orElseThrow();
    assertTrue(
        twice.status().nodes().getFirst().transientAttributes().getLast().entries().stream()
            .anyMatch(e -> e.name().equals("fail-count-ip#monitor_15000") && e.value().equals("2")),
        "the second is counted too");
    assertTrue(WhatIf.resourceFails(cib, "other", "n1", "Started", NOON).isEmpty());
  }

  @Test
  void quorumIsLost() {
    String text = text(WhatIf.quorum(cib, false));
    assertTrue(text.contains("ip     stopped  (was: Started on n1)"), text);
  }

  @Test
  void aLoopIsSeenAndItsStepsComeLast() {
    Decision.Step step = new Decision.Step("start", "core", "a", "n1", "");
    Decision decision =
        new Decision(
            new TreeMap<>(),
            List.of(step, step, step),
            List.of(new Decision.Edge(0, 1), new Decision.Edge(1, 0)),
            List.of(),
            Optional.empty(),
            new TreeMap<>(),
            List.of(new Decision.Held(step, "too few nodes")),
            List.of(),
            List.of(),
            List.of());
    Preview preview = Preview.of(decision);
    assertTrue(preview.loop());
    assertEquals(List.of(2, 0, 1), preview.order());
    List<String> lines = PreviewText.of(preview, NOON);
    assertTrue(lines.contains("  start a on n1: too few nodes"), lines.toString());
    assertFalse(SvgDrawing.of(PlanGraph.of(preview)).isEmpty());
  }

  @Test
  void theGraphLeavesOutWhatFollows() {
    List<String> lines = PlanGraph.of(preview(WhatIf.nodeFails(cib, "n1"))).graphviz();
    assertEquals("digraph plan {", lines.getFirst());
    assertTrue(
        lines.stream().anyMatch(l -> l.contains("fence n1 (reboot)") && l.contains("#ffd0cc")),
        lines.toString());
    long edges = lines.stream().filter(l -> l.contains(" -> ")).count();
    assertTrue(edges > 0 && edges < preview(WhatIf.nodeFails(cib, "n1")).decision().edges().size());
  }

  @Test
  void theDrawingIsXmlAndItsBoxesDoNotOverlap() throws Exception {
    List<String> lines = SvgDrawing.of(PlanGraph.of(preview(WhatIf.nodeFails(cib, "n1"))));
    var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    var document =
        builder.parse(
            new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
    var boxes = document.getElementsByTagName("rect");
    List<double[]> placed = new ArrayList<>();
    for (int i = 0; i < boxes.getLength(); i++) {
      var attributes = boxes.item(i).getAttributes();
      double x = Double.parseDouble(attributes.getNamedItem("x").getNodeValue());
      double y = Double.parseDouble(attributes.getNamedItem("y").getNodeValue());
      double width = Double.parseDouble(attributes.getNamedItem("width").getNodeValue());
      assertTrue(x >= 0 && y >= 0);
      for (double[] other : placed) {
        assertTrue(y != other[1] || x >= other[0] + other[2] || x + width <= other[0]);
      }
      placed.add(new double[] {x, y, width});
    }
    assertTrue(placed.size() >= 4);
  }
}
