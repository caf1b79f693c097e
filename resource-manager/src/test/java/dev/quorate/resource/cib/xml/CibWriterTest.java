package dev.quorate.resource.cib.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.AttributeBlock.Entry;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.CibStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CibWriterTest {
  private static void assertKept(Cib cib, String name) {
    String written = CibWriter.write(cib);
    CibReader.Result again = Documents.read(written);
    assertEquals(List.of(), again.problems(), name);
    assertEquals(cib, again.cib().orElseThrow(), name);
    assertEquals(written, CibWriter.write(again.cib().orElseThrow()), name);
  }

  private static Cib withOption(Entry entry) {
    List<AttributeBlock> options = List.of(new AttributeBlock("options", List.of(entry)));
    return new Cib(
        new TreeMap<>(),
        new CibConfiguration(
            options, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
            List.of(), List.of()),
        new CibStatus(List.of(), List.of()));
  }

  @Test
  void everythingIsReadBackAsItWas() {
    assertKept(Documents.cib(Examples.EVERYTHING), "everything");
  }

  @Test
  void allCasesAreReadWithoutProblemsAndKept() throws IOException {
    List<Path> cases = SchedulerCases.all();

    for (Path file : cases) {
      CibReader.Result result = CibReader.read(Files.readAllBytes(file));
      assertEquals(List.of(), result.problems(), file.toString());
      assertKept(result.cib().orElseThrow(), file.toString());
    }
    assertTrue(cases.size() >= 554, "only " + cases.size() + " cases");
  }

  @Test
  void idsComeFirstAndOtherAttributesByName() {
    String written =
        CibWriter.write(
            Documents.cib(
                "<cib b='1' a='2'><configuration><nodes><node uname='u' id='i' score='INFINITY'/>"
                    + "</nodes></configuration></cib>"));

    assertEquals(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <cib a="2" b="1">
          <configuration>
            <crm_config/>
            <nodes>
              <node id="i" score="INFINITY" type="member" uname="u"/>
            </nodes>
            <resources/>
            <constraints/>
          </configuration>
          <status/>
        </cib>
        """,
        written);
  }

  @Test
  void sharedOperationsAreWrittenOnce() {
    String written = CibWriter.write(Documents.cib(Examples.EVERYTHING));

    assertEquals(1, written.split("<op id=\"a-start\"", -1).length - 1);
    assertTrue(written.contains("<op id-ref=\"a-start\"/>"), written);
    assertTrue(written.contains("<op id-ref=\"bi-monitor\"/>"), written);
    assertTrue(written.contains("<nvpair id-ref=\"a-2\" name=\"other\"/>"), written);
    assertTrue(written.contains("<meta_attributes id-ref=\"a-meta\"/>"), written);
  }

  @Test
  void entriesWithoutIdentityAreGivenOne() {
    String written = CibWriter.write(withOption(new Entry("", "name", "<&>\"'\t\r\n ü 😀")));

    assertEquals(
        List.of(new Entry("options-name", "name", "<&>\"'\t\r\n ü 😀")),
        Documents.cib(written).configuration().properties().getFirst().entries());
  }

  @Test
  void charactersThatCannotBeWrittenAreRefused() {
    for (String value : List.of("\0", "\u0001", "\uD800", "\uFFFF")) {
      Cib cib = withOption(new Entry("i", "n", value));
      assertThrows(IllegalArgumentException.class, () -> CibWriter.write(cib));
    }
  }
}
