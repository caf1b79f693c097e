package dev.quorate.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// A document in which things are changed by chance.
final class WideDocument {
  final Dice dice;
  private final Document document;
  private int next = 1;

  WideDocument(Document document, Dice dice) {
    this.document = document;
    this.dice = dice;
  }

  List<Element> all(String... tags) {
    List<Element> found = new ArrayList<>();
    for (String tag : tags) {
      NodeList elements = document.getElementsByTagName(tag);
      for (int i = 0; i < elements.getLength(); i++) {
        if (elements.item(i) instanceof Element element) {
          found.add(element);
        }
      }
    }
    return found;
  }

  /// Does something to one of them, if there is one.
  void any(List<Element> among, Consumer<Element> change) {
    if (!among.isEmpty()) {
      change.accept(dice.of(among));
    }
  }

  Element section(String tag) {
    List<Element> found = all(tag);
    return found.isEmpty() ? add(all("configuration").getFirst(), tag) : found.getFirst();
  }

  Element add(Element parent, String tag, String... attributes) {
    Element element = document.createElement(tag);
    for (int i = 0; i + 1 < attributes.length; i += 2) {
      element.setAttribute(attributes[i], attributes[i + 1]);
    }
    parent.appendChild(element);
    return element;
  }

  String id() {
    return "wide-" + next++;
  }

  /// Sets a value in the first block of the kind, which is made if need be.
  void put(Element owner, String block, String name, String value) {
    Optional<Element> found =
        Xml.children(owner).stream().filter(c -> c.getTagName().equals(block)).findFirst();
    Element into = found.orElseGet(() -> first(owner, block));
    for (Element pair : Xml.children(into)) {
      if (pair.getAttribute("name").equals(name)) {
        pair.setAttribute("value", value);
        return;
      }
    }
    add(into, "nvpair", "id", id(), "name", name, "value", value);
  }

  /// A new block of a resource, with a rule if there is to be one.
  Element first(Element owner, String block) {
    Element made = document.createElement(block);
    made.setAttribute("id", id());
    owner.insertBefore(made, owner.getFirstChild());
    return made;
  }

  void option(String name, String value) {
    put(section("crm_config"), "cluster_property_set", name, value);
  }

  void meta(Element resource, String name, String value) {
    put(resource, "meta_attributes", name, value);
  }

  List<Element> primitives() {
    return all("primitive").stream()
        .filter(p ->
            p.getParentNode() instanceof Element parent
                && List.of("resources", "group", "clone").contains(parent.getTagName()))
        .toList();
  }

  /// Those that are in no other and are no fence devices.
  List<Element> outermost() {
    return Xml.children(section("resources")).stream()
        .filter(
            r -> !r.getAttribute("class").equals("stonith") && !r.getTagName().equals("template"))
        .toList();
  }

  List<Element> clones() {
    return all("clone");
  }

  boolean promotable(Element resource) {
    return resource.getTagName().equals("clone")
        && Xml.children(resource).stream()
            .flatMap(b -> Xml.children(b).stream())
            .anyMatch(p -> p.getAttribute("name").equals("promotable"));
  }

  /// The name of a node.
  String node() {
    return dice.of(all("node")).getAttribute("uname");
  }

  Element constraints() {
    return section("constraints");
  }

  /// What is known of one resource on one node.
  List<Element> histories() {
    return all("lrm_resource");
  }

  List<Element> results() {
    return all("lrm_rsc_op");
  }

  List<Element> states() {
    return all("node_state");
  }

  /// Sets an attribute of a node until it restarts.
  void transientAttribute(Element state, String name, String value) {
    Element all =
        Xml.children(state).stream()
            .filter(c -> c.getTagName().equals("transient_attributes"))
            .findFirst()
            .orElseGet(() -> add(state, "transient_attributes", "id", state.getAttribute("id")));
    put(all, "instance_attributes", name, value);
  }
}
