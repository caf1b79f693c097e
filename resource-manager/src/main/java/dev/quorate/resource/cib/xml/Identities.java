package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Element;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who is who in the configuration of a document.
final class Identities {
  private static final Set<String> SECTIONS =
      Set.of(
          "crm_config",
          "rsc_defaults",
          "op_defaults",
          "nodes",
          "resources",
          "constraints",
          "tags",
          "fencing-topology",
          "alerts");

  /// Their `id` is a name of something else, or nobody refers to it.
  private static final Set<String> WITHOUT_IDENTITY =
      Set.of("resource_ref", "obj_ref", "duration", "date_spec");

  private static final Set<String> RESOURCES =
      Set.of("primitive", "group", "clone", "master", "bundle", "template");

  private final Problems problems;
  private final Map<String, Element> elements = new HashMap<>();
  private final Map<String, Element> nodes = new HashMap<>();
  private final Map<String, Element> dateSpecs = new HashMap<>();
  private final Map<String, Element> durations = new HashMap<>();

  private Identities(Problems problems) {
    this.problems = problems;
  }

  /// Collects the identities, refusing those that are used twice.
  static Identities of(Element configuration, Problems problems) {
    Identities identities = new Identities(problems);
    for (Element section : configuration.children()) {
      if (SECTIONS.contains(section.name())) {
        section.children().forEach(child -> identities.collect(child, section));
      }
    }
    return identities;
  }

  private void collect(Element element, Element parent) {
    String id = element.attributes().get("id");
    if (id != null && !id.isEmpty()) {
      switch (element.name()) {
        case "node" -> add(nodes, id, element, parent);
        case "date_spec" -> dateSpecs.putIfAbsent(id, element);
        case "duration" -> durations.putIfAbsent(id, element);
        default -> {
          if (!WITHOUT_IDENTITY.contains(element.name())) {
            add(elements, id, element, parent);
          }
        }
      }
    }
    element.children().forEach(child -> collect(child, element));
  }

  private void add(Map<String, Element> known, String id, Element element, Element parent) {
    Element first = known.putIfAbsent(id, element);
    if (first != null) {
      problems.refuse(
          element,
          "the id of this "
              + element.name()
              + " in "
              + parent.name()
              + " is already that of the "
              + first.name()
              + " in line "
              + first.line());
    }
  }

  /// Whether it stands for another element.
  static boolean isReference(Element element) {
    return element.attributes().containsKey("id-ref");
  }

  /// The element that is meant: the given one, or the one of the same name that it refers to with
  /// `id-ref`; empty, and refused, if there is none.
  Optional<Element> resolve(Element element) {
    String reference = element.attributes().get("id-ref");
    if (reference == null) {
      return Optional.of(element);
    }
    for (String name : element.attributes().keySet()) {
      if (!name.equals("id-ref") && !(name.equals("name") && element.name().equals("nvpair"))) {
        problems.notice(element, "the attribute \"" + name + "\" of a reference is ignored");
      }
    }
    for (Element child : element.children()) {
      problems.notice(child, "the element \"" + child.name() + "\" in a reference is ignored");
    }
    Map<String, Element> among =
        switch (element.name()) {
          case "date_spec" -> dateSpecs;
          case "duration" -> durations;
          default -> elements;
        };
    Element target = among.get(reference);
    if (target == null || !target.name().equals(element.name())) {
      problems.refuse(
          element,
          "refers to the " + element.name() + " \"" + reference + "\", which does not exist");
      return Optional.empty();
    }
    if (isReference(target)) {
      problems.refuse(
          element, "refers to \"" + Fields.shown(reference) + "\", which is itself a reference");
      return Optional.empty();
    }
    return Optional.of(target);
  }

  /// Whether a template has this id.
  boolean isTemplate(String id) {
    Element element = elements.get(id);
    return element != null && element.name().equals("template");
  }

  /// Whether a constraint may name it: a resource, an instance of one, a template or a tag.
  boolean isConstrainable(String id) {
    Element element = elements.get(id);
    if (element != null) {
      return RESOURCES.contains(element.name()) || element.name().equals("tag");
    }
    int colon = id.lastIndexOf(':');
    return colon > 0
        && id.substring(colon + 1).matches("[0-9]{1,9}")
        && isConstrainable(id.substring(0, colon));
  }

  /// Whether it is a resource itself.
  boolean isResource(String id) {
    Element element = elements.get(id);
    return element != null
        && RESOURCES.contains(element.name())
        && !element.name().equals("template");
  }

  /// Whether anything in the configuration has this id.
  boolean exists(String id) {
    return elements.containsKey(id) || nodes.containsKey(id);
  }
}
