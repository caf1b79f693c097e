package dev.quorate.resource.cib.xml;

import dev.quorate.resource.Role;
import dev.quorate.resource.cib.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// An element in the making.
final class Made {
  private final String name;
  private final SortedMap<String, String> attributes = new TreeMap<>();
  private final List<Element> children = new ArrayList<>();

  Made(String name) {
    this.name = name;
  }

  /// Says nothing if the value is empty.
  Made with(String attribute, String value) {
    if (!value.isEmpty()) {
      attributes.put(attribute, value);
    }
    return this;
  }

  /// Says it even if the value is empty.
  Made always(String attribute, String value) {
    attributes.put(attribute, value);
    return this;
  }

  Made with(String attribute, Optional<?> value) {
    return with(attribute, value.map(String::valueOf).orElse(""));
  }

  Made withScore(String attribute, Optional<Integer> score) {
    return with(
        attribute,
        score.map(number ->
            switch (number) {
              case Scalars.INFINITY -> "INFINITY";
              case -Scalars.INFINITY -> "-INFINITY";
              default -> String.valueOf(number);
            }));
  }

  Made withRole(String attribute, Optional<Role> role) {
    return with(attribute, role.map(Scalars::name));
  }

  Made with(SortedMap<String, String> all) {
    attributes.putAll(all);
    return this;
  }

  Made child(Element child) {
    children.add(child);
    return this;
  }

  Made children(List<Element> all) {
    children.addAll(all);
    return this;
  }

  /// Adds it unless it would be empty.
  Made childIfAny(Made child) {
    if (!child.children.isEmpty()) {
      children.add(child.element());
    }
    return this;
  }

  Element element() {
    return new Element(name, attributes, children, "", 0);
  }
}
