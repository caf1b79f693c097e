package dev.quorate.resource.cib;

import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// An XML element that is kept as it is.
///
/// @param text the character data directly inside it, stripped; empty if there is none
/// @param line where it begins in its document, from 1; 0 if it was made, not read
public record Element(
    String name,
    SortedMap<String, String> attributes,
    List<Element> children,
    String text,
    int line) {
  /// Copies the collections.
  public Element {
    attributes = Attributes.copyOf(attributes);
    children = List.copyOf(children);
  }

  /// Elements are equal that say the same, wherever they stand.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Element that
        && name.equals(that.name)
        && attributes.equals(that.attributes)
        && children.equals(that.children)
        && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, attributes, children, text);
  }
}
