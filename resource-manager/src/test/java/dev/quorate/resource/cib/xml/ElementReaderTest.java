package dev.quorate.resource.cib.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.cib.Element;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElementReaderTest {
  private static List<CibProblem> refused(String text) {
    return refused(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<CibProblem> refused(byte[] document) {
    Problems problems = new Problems();
    Optional<Element> root = ElementReader.read(document, problems, new HistoryReader());
    assertEquals(root.isEmpty(), problems.anyRefused());
    return problems.refused();
  }

  private static Element root(String text) {
    return ElementReader.read(
            text.getBytes(StandardCharsets.UTF_8), new Problems(), new HistoryReader())
        .orElseThrow();
  }

  @Test
  void elementsKnowWhereTheyBegin() {
    Element root =
        root(
            """
            <?xml version="1.0"?>
            <!-- a comment
                 of two lines -->
            <a x="1"
               y="2">
              <b/><c
                z="3"/>
              <!-- another
              -->
              <d>  some &lt;text&gt; <!-- and --> more </d>
            </a>
            """);

    assertEquals("a", root.name());
    assertEquals("{x=1, y=2}", root.attributes().toString());
    assertEquals(List.of(6, 6, 10), root.children().stream().map(Element::line).toList());
    assertEquals("some <text>  more", root.children().getLast().text());
  }

  @Test
  void linesDoNotMakeElementsDiffer() {
    assertEquals(root("<a>\n\n<b/></a>"), root("<a><b/></a>"));
    assertEquals(root("<a>\n\n<b/></a>").hashCode(), root("<a><b/></a>").hashCode());
  }

  @Test
  void prefixesArePartOfNames() {
    Element root = root("<a xmlns:p='urn:p' p:x='1'><p:b/></a>");

    assertEquals("{p:x=1, xmlns:p=urn:p}", root.attributes().toString());
    assertEquals("p:b", root.children().getFirst().name());
  }

  @Test
  void entityBombIsNotOpened() {
    StringBuilder bomb = new StringBuilder("<!DOCTYPE cib [<!ENTITY a0 \"boom\">");
    for (int i = 1; i < 30; i++) {
      bomb.append("<!ENTITY a" + i + " \"" + ("&a" + (i - 1) + ";").repeat(10) + "\">");
    }
    List<CibProblem> problems = refused(bomb + "]>\n<cib>&a29;</cib>");

    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().message().contains("DOCTYPE"), problems.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE cib>\n<cib/>",
        "<!DOCTYPE cib SYSTEM \"file:///etc/passwd\">\n<cib/>",
        "<!DOCTYPE cib [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<cib>&x;</cib>",
        "<!DOCTYPE cib [<!ENTITY % x SYSTEM \"http://127.0.0.1:1/x\"> %x;]>\n<cib/>",
      })
  void documentTypesAreRefused(String text) {
    List<CibProblem> problems = refused(text);

    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().message().contains("DOCTYPE"), problems.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "<cib>",
        "<cib></bic>",
        "<cib a='1' a='2'/>",
        "<cib a=1/>",
        "<cib/><cib/>",
        "<cib/>text",
        "<cib>&unknown;</cib>",
        "<cib a='&unknown;'/>",
        "<cib a='&#0;'/>",
        "<?xml version='1.1'?><cib a='&#1;'/>",
        "<?xml version='1.0' encoding='no-such-code'?><cib/>",
        "no document",
      })
  void malformedTextIsOneProblem(String text) {
    assertEquals(1, refused(text).size());
  }

  @Test
  void malformedTextIsRefusedAtItsLine() {
    List<CibProblem> problems = refused("<cib>\n\n<a></b>\n</cib>");

    assertEquals(3, problems.getFirst().line());
    assertTrue(problems.getFirst().message().startsWith("not well-formed"), problems.toString());
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    byte[] document = "<cib a='x'/>".getBytes(StandardCharsets.UTF_8);
    document[8] = (byte) 0xFF;

    assertEquals(1, refused(document).size());
  }

  @Test
  void deepDocumentsAreRefused() {
    int depth = ElementReader.MAX_DEPTH;

    assertEquals(List.of(), refused("<a>".repeat(depth) + "</a>".repeat(depth)));
    List<CibProblem> problems = refused("<a>\n".repeat(depth + 1) + "</a>".repeat(depth + 1));
    assertEquals(depth + 1, problems.getFirst().line());
    assertTrue(problems.getFirst().message().contains("deeper"), problems.toString());
  }

  @Test
  void longAttributesAreRefused() {
    int length = ElementReader.MAX_ATTRIBUTE_LENGTH;

    assertEquals(List.of(), refused("<a b='" + "x".repeat(length) + "'/>"));
    List<CibProblem> problems = refused("<a>\n<a b='" + "x".repeat(length + 1) + "'/></a>");
    assertEquals(2, problems.getFirst().line());
    assertTrue(problems.getFirst().message().contains("longer"), problems.toString());
  }

  @Test
  void manyElementsAreRefused() {
    String text = "<a>" + "<b/>".repeat(ElementReader.MAX_ELEMENTS) + "</a>";

    List<CibProblem> problems = refused(text);
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().message().contains("elements"), problems.toString());
  }

  @Test
  void largeDocumentsAreRefused() throws IOException {
    byte[] document = new byte[ElementReader.MAX_BYTES + 10];

    List<CibProblem> problems = CibReader.read(new ByteArrayInputStream(document)).problems();
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().message().contains("larger"), problems.toString());
  }

  /// Whatever comes, it is read or refused.
  @Test
  void randomDamageNeverEscapes() {
    Random random = new Random(7);
    byte[] original = Examples.EVERYTHING.getBytes(StandardCharsets.UTF_8);
    String interesting = "<>&'\"/=!?[]-;# \n\0x";
    for (int round = 0; round < 2_000; round++) {
      byte[] damaged = original.clone();
      for (int hit = random.nextInt(4); hit >= 0; hit--) {
        damaged[random.nextInt(damaged.length)] =
            random.nextBoolean()
                ? (byte) interesting.charAt(random.nextInt(interesting.length()))
                : (byte) random.nextInt(256);
      }
      CibReader.Result result = CibReader.read(damaged);
      assertEquals(result.cib().isEmpty(), !result.problems().isEmpty());
    }
  }
}
