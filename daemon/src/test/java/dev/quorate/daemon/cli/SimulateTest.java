package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final String GOOD =
      """
      <cib have-quorum="1"><configuration>
        <crm_config><cluster_property_set id="o">
          <nvpair id="o1" name="stonith-enabled" value="false"/>
        </cluster_property_set></crm_config>
        <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
        <resources><primitive id="a" class="ocf" provider="pacemaker" type="Dummy"/></resources>
      </configuration><status>
        <node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member">
          <lrm id="1"><lrm_resources>
            <lrm_resource id="a" class="ocf" provider="pacemaker" type="Dummy">
              <lrm_rsc_op id="a_last_0" operation="start" call-id="1" rc-code="0" op-status="0"
                interval="0" transition-key="1:1:0:x" transition-magic="0:0;1:1:0:x"/>
            </lrm_resource>
          </lrm_resources></lrm>
        </node_state>
      </status></cib>
      """;
  private static final String BUNDLE =
      """
      <cib><configuration><resources>
        <bundle id="b"><docker image="i"/></bundle>
      </resources></configuration></cib>
      """;

  @TempDir Path directory = Path.of(".");

  private final List<String> output = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  private ExitCode run(String document, String... words) {
    output.clear();
    remarks.clear();
    return Simulate.run(
        List.of(words),
        new ByteArrayInputStream(document.getBytes(StandardCharsets.UTF_8)),
        Output.into(output, remarks),
        NOON);
  }

  private void wrong(String remark, String remedy, String... words) {
    assertEquals(ExitCode.USAGE, run(GOOD, words), remark);
    assertTrue(remarks.toString().contains(remark), remarks.toString());
    assertTrue(remarks.toString().contains(remedy), remarks.toString());
    assertEquals(List.of(), output);
  }

  @Test
  void showsStatePlanAndOutcome() {
    assertEquals(ExitCode.OK, run(GOOD, "--cib", "-"));
    assertEquals("At 2026-11-20T12:00:00Z:", output.getFirst());
    assertTrue(output.contains("  a  Started on n1"), output.toString());
    assertEquals(ExitCode.OK, run(GOOD, "--cib=-", "--at", "@0"));
    assertEquals("At 1970-01-01T00:00:00Z:", output.getFirst());
  }

  @Test
  void explainsScores() {
    String document =
        GOOD.replace(
            "</resources>",
            "</resources><constraints><rsc_location id='l' rsc='a' node='n1' score='7'/></constraints>");
    assertEquals(ExitCode.OK, run(document, "--cib", "-", "--explain", "a"));
    assertTrue(output.contains("Scores of a:"), output.toString());
    assertTrue(output.contains("  a on n1: +7"), output.toString());
    assertTrue(output.contains("    +7  location l"), output.toString());
    assertTrue(output.contains("  a shall be Started on n1"), output.toString());
    assertEquals(ExitCode.OK, run(document, "--cib", "-", "--explain", "a", "-o", "json"));
    assertTrue(output.toString().contains("\"source\" : \"location\""), output.toString());
    wrong("resource 'aa' does not exist", "'a'", "--cib", "-", "--explain", "aa");
  }

  @Test
  void supposes() {
    assertEquals(ExitCode.OK, run(GOOD, "--cib", "-", "--set-quorum", "no"));
    assertTrue(output.contains("  a  stopped  (was: Started on n1)"), output.toString());
    assertEquals(ExitCode.OK, run(GOOD, "--cib", "-", "--fail-resource", "a"));
    assertTrue(output.toString().contains("stop a on n1"), output.toString());
    assertEquals(ExitCode.OK, run(GOOD, "--cib", "-", "--fail-resource=a@n1", "-o", "json"));
    assertTrue(output.getFirst().contains("\"after\""), output.toString());
    assertEquals(ExitCode.OK, run(GOOD, "--cib", "-", "--fail-node", "n1"));
    assertFalse(output.contains("  a  Started on n1"), output.toString());
  }

  @Test
  void draws() throws IOException {
    Path svg = directory.resolve("plan.svg");
    assertEquals(
        ExitCode.OK,
        run(
            GOOD,
            "--cib",
            "-",
            "--fail-resource",
            "a",
            "--graphviz",
            "-",
            "--svg",
            svg.toString()));
    assertEquals("digraph plan {", output.getFirst());
    assertTrue(Files.readString(svg).startsWith("<svg "));
  }

  @Test
  void wrongWords() {
    wrong("needs a document", "hactl cib export FILE");
    wrong("unknown option '--fail-nod'", "did you mean '--fail-node'?", "--fail-nod", "n1");
    wrong("one word too many", "usage:", "cib.xml");
    wrong("option '--cib' needs a value", "usage:", "--cib");
    wrong("'yaml' is not an output format", "text or json", "--cib", "-", "-o", "yaml");
    wrong("'soon' is not a time", "2026-11-20T12:00:00Z", "--cib", "-", "--at", "soon");
    wrong("neither yes nor no", "usage:", "--cib", "-", "--set-quorum", "perhaps");
    wrong("node 'n3'", "n1", "--cib", "-", "--fail-node", "n3");
    wrong("running resource 'b'", "a", "--cib", "-", "--fail-resource", "b");
    wrong("does not run on n2", "it runs on n1", "--cib", "-", "--fail-resource", "a@n2");
    wrong("'--out' is missing", "usage:", "--cases", ".");
    wrong("exclude each other", "hactl simulate", "--cib", "-", "--cases", ".");
    wrong("both", "a file", "--cib", "-", "--svg", "-", "--graphviz", "-");
  }

  @Test
  void everyProblemOfTheDocumentIsToldAndNothingElse() {
    String bad =
        GOOD.replace("id=\"2\" uname", "id=\"1\" uname")
            .replace("</resources>", "<primitive id=\"a\" class=\"ocf\" type=\"x\"/></resources>");
    assertEquals(ExitCode.USAGE, run(bad, "--cib", "-"));
    assertEquals(List.of(), output);
    assertTrue(remarks.size() >= 2, remarks.toString());
    assertTrue(
        remarks.stream().allMatch(r -> r.matches("line [0-9]+, id \".*\": .*")),
        remarks.toString());
    assertEquals(ExitCode.FAILED, run("", "--cib", directory.resolve("none").toString()));
    assertTrue(remarks.toString().contains("there is no such file"), remarks.toString());
  }

  @Test
  void refusesWhatIsNotManaged() {
    assertEquals(ExitCode.REFUSED, run(BUNDLE, "--cib", "-"));
    assertTrue(remarks.contains("Refused: bundle b: bundles are not managed"), remarks.toString());
    assertTrue(output.getLast().startsWith("There is no plan"), output.toString());
  }

  @Test
  void decidesForADirectory() throws IOException {
    Path cases = Files.createDirectory(directory.resolve("cases"));
    Path answers = directory.resolve("answers");
    Path catalog = directory.resolve("catalog.jsonl");
    Files.writeString(cases.resolve("good.xml"), GOOD);
    Files.writeString(cases.resolve("bundle.xml"), BUNDLE);
    Files.writeString(catalog, "{\"name\":\"good\",\"tier\":\"core\",\"now\":\"2005-020\"}\n");
    String[] words = {
      "--cases", cases.toString(), "--out", answers.toString(), "--catalog", catalog.toString()
    };
    assertEquals(ExitCode.OK, run("", words), remarks.toString());
    assertTrue(
        Files.readString(answers.resolve("good.json")).startsWith("{\"before\":{\"a\":[[\"n1\""));
    assertTrue(
        output.getFirst().startsWith("2 documents: 2 decided, 1 of them refused in part, 0 failed"),
        output.toString());
    Files.writeString(cases.resolve("good.xml"), "<cib>");
    assertEquals(ExitCode.FAILED, run("", words));
    assertTrue(remarks.getFirst().startsWith("good: line 1"), remarks.toString());
    assertFalse(Files.exists(answers.resolve("good.json")), "an old answer must not stay");
    Files.writeString(catalog, "{\"name\":\"good\",\"now\":\"later\"}\nx\n");
    assertEquals(ExitCode.USAGE, run("", words));
    assertTrue(remarks.toString().contains("line 1: 'later' is not a time"), remarks.toString());
    assertTrue(remarks.toString().contains("line 2: "), remarks.toString());
  }
}
