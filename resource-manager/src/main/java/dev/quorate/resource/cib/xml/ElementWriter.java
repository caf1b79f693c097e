package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Element;

/// Turns elements into text, the same text for equal elements: indented, the attribute `id` first
/// and the others by name.
final class ElementWriter {
  private final StringBuilder text = new StringBuilder();

  private ElementWriter() {}

  static String write(Element root) {
    ElementWriter writer = new ElementWriter();
    writer.text.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    writer.element(root, 0);
    return writer.text.toString();
  }

  private void element(Element element, int depth) {
    indent(depth).append('<').append(element.name());
    String id = element.attributes().get("id");
    if (id != null) {
      attribute("id", id);
    }
    element
        .attributes()
        .forEach((name, value) -> {
          if (!name.equals("id")) {
            attribute(name, value);
          }
        });
    if (element.children().isEmpty() && element.text().isEmpty()) {
      text.append("/>\n");
    } else if (element.children().isEmpty()) {
      text.append('>');
      escaped(element.text(), false);
      text.append("</").append(element.name()).append(">\n");
    } else {
      text.append(">\n");
      if (!element.text().isEmpty()) {
        indent(depth + 1);
        escaped(element.text(), false);
        text.append('\n');
      }
      element.children().forEach(child -> element(child, depth + 1));
      indent(depth).append("</").append(element.name()).append(">\n");
    }
  }

  private StringBuilder indent(int depth) {
    return text.repeat("  ", depth);
  }

  private void attribute(String name, String value) {
    text.append(' ').append(name).append("=\"");
    escaped(value, true);
    text.append('"');
  }

  private void escaped(String value, boolean attribute) {
    for (int i = 0; i < value.length(); ) {
      int character = value.codePointAt(i);
      i += Character.charCount(character);
      switch (character) {
        case '&' -> text.append("&amp;");
        case '<' -> text.append("&lt;");
        case '>' -> text.append("&gt;");
        case '\r' -> text.append("&#13;");
        case '"' -> text.append(attribute ? "&quot;" : "\"");
        case '\n' -> text.append(attribute ? "&#10;" : "\n");
        case '\t' -> text.append(attribute ? "&#9;" : "\t");
        default -> {
          if (!allowed(character)) {
            throw new IllegalArgumentException(
                "XML cannot hold the character " + Integer.toHexString(character));
          }
          text.appendCodePoint(character);
        }
      }
    }
  }

  private static boolean allowed(int character) {
    return character >= 0x20
        && !(character >= 0xD800 && character <= 0xDFFF)
        && character != 0xFFFE
        && character != 0xFFFF;
  }
}
