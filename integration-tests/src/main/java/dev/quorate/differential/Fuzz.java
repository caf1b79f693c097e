package dev.quorate.differential;

import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.PolicyEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/// Spoils documents and lets the engine decide on them: it must answer or list what is wrong, and
/// do either soon.
final class Fuzz {
  private static final List<String> ABSURD =
      List.of(
          "",
          " ",
          "0",
          "-1",
          "1",
          "INFINITY",
          "-INFINITY",
          "99999999999999999999",
          "-99999999999999999999",
          "2147483648",
          "9223372036854775807",
          "1e9",
          "NaN",
          "true",
          "false",
          "P",
          "P1",
          "PT99999999999S",
          "P99999999999Y",
          "9999999999999999999s",
          "10 light years",
          "0000-00-00",
          "2027-02-30T25:61:61Z",
          "999999999-01-01",
          "Promoted",
          "Stopped",
          "start",
          "promote",
          "migrate_to",
          "#uname",
          "[",
          "(a+)+$",
          "%9",
          ":",
          ":0",
          "a:b:c:d",
          "1:2:3:4:5",
          "\u00e4\ud83d\ude00");

  /// Longer than any of these documents may take.
  private static final long SLOW_MILLIS = 5_000;

  private final List<String> seeds;

  /// @param seeds well-formed documents
  Fuzz(List<String> seeds) {
    this.seeds = List.copyOf(seeds);
  }

  /// What came of one document: what broke, or nothing.
  ///
  /// @param read whether the reader took it
  record Outcome(String xml, boolean read, Optional<String> fault) {}

  /// Spoils a document and decides on it.
  Outcome one(long seed) throws IOException {
    Dice dice = new Dice(seed);
    String xml = spoiled(dice.of(seeds), dice);
    long begin = System.nanoTime();
    boolean read = false;
    try {
      var cib = CibReader.read(xml.getBytes(StandardCharsets.UTF_8)).cib();
      read = cib.isPresent();
      cib.ifPresent(c -> PolicyEngine.decide(c, RandomCluster.NOW));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return new Outcome(xml, read, Optional.of(told(e)));
    }
    long millis = (System.nanoTime() - begin) / 1_000_000;
    return new Outcome(
        xml, read, millis > SLOW_MILLIS ? Optional.of("took " + millis + " ms") : Optional.empty());
  }

  private static String told(Throwable fault) {
    StackTraceElement[] trace = fault.getStackTrace();
    StringBuilder told = new StringBuilder(fault.toString());
    for (int i = 0; i < Math.min(4, trace.length); i++) {
      told.append("\n    at ").append(trace[i]);
    }
    return told.toString();
  }

  private static String spoiled(String xml, Dice dice) throws IOException {
    if (dice.chance(5)) {
      return torn(xml, dice);
    }
    Document document = Xml.parse(xml);
    for (int i = dice.between(1, 6); i > 0; i--) {
      spoil(document, dice);
    }
    return Xml.text(document);
  }

  private static String torn(String xml, Dice dice) {
    int at = dice.between(0, xml.length() - 1);
    return switch (dice.between(1, 3)) {
      case 1 -> xml.substring(0, at);
      case 2 -> xml.substring(0, at) + dice.of("<", "&", "\"", "]]>", "\u0000") + xml.substring(at);
      default -> xml.substring(0, at) + xml.substring(Math.min(xml.length(), at + 7));
    };
  }

  private static void spoil(Document document, Dice dice) {
    List<Element> all = new ArrayList<>();
    collect(document.getDocumentElement(), all);
    Element element = dice.of(all);
    switch (dice.between(1, 8)) {
      case 1 -> remove(element);
      case 2 -> {
        Element other = dice.of(all);
        if (!isIn(other, element) && element.getParentNode() instanceof Element) {
          other.appendChild(element);
        }
      }
      case 3, 4 -> {
        Node from = attribute(dice.of(all), dice);
        Node to = attribute(element, dice);
        if (from != null && to != null) {
          to.setNodeValue(from.getNodeValue());
        }
      }
      case 5 -> reference(all, dice);
      default -> {
        Node attribute = attribute(element, dice);
        if (attribute != null) {
          attribute.setNodeValue(dice.of(ABSURD));
        }
      }
    }
  }

  private static void remove(Element element) {
    if (element.getParentNode() instanceof Element parent) {
      parent.removeChild(element);
    }
  }

  /// Lets a constraint, a set, a tag or a template name another resource.
  private static void reference(List<Element> all, Dice dice) {
    List<String> ids =
        all.stream()
            .filter(e ->
                List.of("primitive", "group", "clone", "template", "tag").contains(e.getTagName()))
            .map(e -> e.getAttribute("id"))
            .toList();
    List<String> names = List.of("rsc", "with-rsc", "first", "then", "template", "id");
    List<Node> references = new ArrayList<>();
    for (Element element : all) {
      for (String name : names) {
        boolean refers =
            !name.equals("id") || List.of("resource_ref", "obj_ref").contains(element.getTagName());
        if (refers && element.hasAttribute(name)) {
          references.add(element.getAttributeNode(name));
        }
      }
    }
    if (!ids.isEmpty() && !references.isEmpty()) {
      dice.of(references).setNodeValue(dice.of(ids));
    }
  }

  private static @Nullable Node attribute(Element element, Dice dice) {
    NamedNodeMap attributes = element.getAttributes();
    return attributes.getLength() == 0
        ? null
        : attributes.item(dice.between(0, attributes.getLength() - 1));
  }

  private static boolean isIn(Element inner, Element outer) {
    for (Node node = inner; node != null; node = node.getParentNode()) {
      if (node.isSameNode(outer)) {
        return true;
      }
    }
    return false;
  }

  private static void collect(Element element, List<Element> all) {
    all.add(element);
    Xml.children(element).forEach(child -> collect(child, all));
  }
}
