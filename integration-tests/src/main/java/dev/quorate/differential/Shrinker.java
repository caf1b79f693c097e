package dev.quorate.differential;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/// Takes parts out of a document for as long as the decisions on it differ in the same way.
final class Shrinker {
  private static final List<String> KEPT =
      List.of("cib", "configuration", "status", "crm_config", "nodes", "resources", "constraints");

  private static final List<String> DECISIVE = List.of("worth", "promotable", "globally-unique");

  private final Comparison comparison;
  private final Instant now;
  private final SortedSet<String> kinds;

  private Shrinker(Comparison comparison, Instant now, SortedSet<String> kinds) {
    this.comparison = comparison;
    this.now = now;
    this.kinds = kinds;
  }

  static String shrink(Comparison comparison, String xml, Instant now, Difference difference)
      throws IOException, InterruptedException {
    return new Shrinker(comparison, now, difference.kinds()).shrink(xml);
  }

  private String shrink(String xml) throws IOException, InterruptedException {
    Document document = Xml.parse(xml);
    boolean again = true;
    while (again) {
      again = false;
      for (Element element : parts(document.getDocumentElement())) {
        if (element.getParentNode() != null
            && isIn(element, document)
            && (removed(document, element) || replaced(document, element))) {
          again = true;
        }
      }
    }
    return Xml.text(document);
  }

  private static boolean isIn(Element element, Document document) {
    Node node = element;
    while (node.getParentNode() != null) {
      node = node.getParentNode();
    }
    return node.isSameNode(document);
  }

  /// From the whole to the details, the last first.
  private static List<Element> parts(Element root) {
    List<Element> parts = new ArrayList<>();
    List<Element> level = List.of(root);
    while (!level.isEmpty()) {
      List<Element> below = new ArrayList<>();
      for (Element element : level) {
        if (!KEPT.contains(element.getTagName()) && !decisive(element)) {
          parts.add(element);
        }
        below.addAll(Xml.children(element));
      }
      level = below.reversed();
    }
    return parts;
  }

  /// Whether without it the resource would be of another kind.
  private static boolean decisive(Element element) {
    if (element.getTagName().equals("meta_attributes")
        || element.getTagName().equals("instance_attributes")) {
      return Xml.children(element).stream().anyMatch(Shrinker::decisive);
    }
    return DECISIVE.contains(element.getAttribute("name"));
  }

  private boolean removed(Document document, Element element)
      throws IOException, InterruptedException {
    Node parent = element.getParentNode();
    Node next = element.getNextSibling();
    parent.removeChild(element);
    if (differs(document)) {
      return true;
    }
    parent.insertBefore(element, next);
    return false;
  }

  /// Puts the resource of a group or clone in its place.
  private boolean replaced(Document document, Element element)
      throws IOException, InterruptedException {
    if (!element.getTagName().equals("group")) {
      return false;
    }
    List<Element> members =
        Xml.children(element).stream().filter(c -> c.getTagName().equals("primitive")).toList();
    if (members.size() != 1) {
      return false;
    }
    Node parent = element.getParentNode();
    element.removeChild(members.getFirst());
    parent.replaceChild(members.getFirst(), element);
    if (differs(document)) {
      return true;
    }
    parent.replaceChild(element, members.getFirst());
    element.appendChild(members.getFirst());
    return false;
  }

  private boolean differs(Document document) throws IOException, InterruptedException {
    Optional<Difference> difference = comparison.compare(Xml.text(document), now).difference();
    return difference.isPresent()
        && !difference.get().none()
        && !difference.get().known()
        && kinds.containsAll(difference.get().kinds())
        && difference.get().kinds().contains(kinds.first());
  }
}
