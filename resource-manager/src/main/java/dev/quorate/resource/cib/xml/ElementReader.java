package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Element;
import java.io.CharArrayReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/// Turns text into elements and knows nothing of what they mean.
///
/// The text is not trusted: document type definitions and entities of its own are refused, and so
/// is what is too large, too deep or too wide.
final class ElementReader {
  static final int MAX_BYTES = 64 << 20;
  static final int MAX_DEPTH = 64;
  static final int MAX_ELEMENTS = 2_000_000;
  static final int MAX_ATTRIBUTE_LENGTH = 64 << 10;

  private final Problems problems;
  private final Deque<Open> open = new ArrayDeque<>();
  private int count;

  private ElementReader(Problems problems) {
    this.problems = problems;
  }

  /// The root element; empty if a problem was found.
  static Optional<Element> read(byte[] document, Problems problems) {
    if (document.length > MAX_BYTES) {
      problems.refuse(0, "the document is larger than " + MAX_BYTES + " bytes");
      return Optional.empty();
    }
    return decode(document, problems).flatMap(new ElementReader(problems)::parse);
  }

  /// Decodes UTF-8, with or without a mark at its beginning; no other code is spoken.
  private static Optional<CharBuffer> decode(byte[] document, Problems problems) {
    ByteBuffer bytes = ByteBuffer.wrap(document);
    CharBuffer text = CharBuffer.allocate(document.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(bytes, text, true);
    text.flip();
    if (result.isError()) {
      int line = 1 + (int) text.chars().filter(character -> character == '\n').count();
      problems.refuse(line, "the document is not in UTF-8");
      return Optional.empty();
    }
    boolean marked = !text.isEmpty() && text.get(0) == '\uFEFF';
    return Optional.of(marked ? text.position(1) : text);
  }

  private Optional<Element> parse(CharBuffer text) {
    int line = 1;
    try {
      XMLStreamReader reader =
          factory()
              .createXMLStreamReader(
                  new CharArrayReader(text.array(), text.position(), text.remaining()));
      try {
        if (!understood(reader)) {
          return Optional.empty();
        }
        boolean within = false;
        while (reader.hasNext()) {
          int event = reader.next();
          int end = reader.getLocation().getLineNumber();
          Optional<Element> root = event(event, reader, within ? line : end);
          if (problems.anyRefused()) {
            return Optional.empty();
          }
          if (root.isPresent()) {
            finish(reader);
            return root;
          }
          within = true;
          line = end;
        }
        problems.refuse(line, "the document has no end");
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      int at = e.getLocation() == null ? line : e.getLocation().getLineNumber();
      problems.refuse(at, "not well-formed XML: " + reason(e));
    }
    return Optional.empty();
  }

  private boolean understood(XMLStreamReader reader) {
    String version = reader.getVersion();
    if (version != null && !version.equals("1.0")) {
      problems.refuse(1, "the version of XML is not 1.0");
    }
    String code = reader.getCharacterEncodingScheme();
    if (code != null && !code.equalsIgnoreCase("UTF-8") && !code.equalsIgnoreCase("US-ASCII")) {
      problems.refuse(1, "the document says that it is not in UTF-8");
    }
    return !problems.anyRefused();
  }

  /// What follows the root element must be well-formed, too.
  private static void finish(XMLStreamReader reader) throws XMLStreamException {
    while (reader.hasNext()) {
      reader.next();
    }
  }

  private Optional<Element> event(int event, XMLStreamReader reader, int line) {
    switch (event) {
      case XMLStreamConstants.START_ELEMENT -> start(reader, line);
      case XMLStreamConstants.END_ELEMENT -> {
        Element element = open.pop().close();
        Open parent = open.peek();
        if (parent == null) {
          return Optional.of(element);
        }
        parent.children.add(element);
      }
      case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
        Open parent = open.peek();
        if (parent != null && (!parent.text.isEmpty() || !reader.isWhiteSpace())) {
          parent.text.append(reader.getText());
        }
      }
      case XMLStreamConstants.DTD ->
          problems.refuse(line, "a document type definition (DOCTYPE) is not allowed");
      case XMLStreamConstants.ENTITY_REFERENCE ->
          problems.refuse(line, "the entity \"" + reader.getLocalName() + "\" is not known");
      default -> {
        // Comments, processing instructions and white space mean nothing.
      }
    }
    return Optional.empty();
  }

  private void start(XMLStreamReader reader, int line) {
    Open element = new Open(qualified(reader.getPrefix(), reader.getLocalName()), line);
    if (++count > MAX_ELEMENTS) {
      problems.refuse(line, "more than " + MAX_ELEMENTS + " elements");
    }
    if (open.size() >= MAX_DEPTH) {
      problems.refuse(line, "elements are nested deeper than " + MAX_DEPTH);
    }
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      String name = qualified(reader.getAttributePrefix(i), reader.getAttributeLocalName(i));
      String value = reader.getAttributeValue(i);
      if (value.length() > MAX_ATTRIBUTE_LENGTH) {
        problems.refuse(
            line, "the attribute \"" + name + "\" is longer than " + MAX_ATTRIBUTE_LENGTH);
      }
      element.attributes.put(name, value);
    }
    open.push(element);
  }

  /// Namespaces mean nothing here; a prefix is a part of the name.
  private static String qualified(@Nullable String prefix, String name) {
    return prefix == null || prefix.isEmpty() ? name : prefix + ":" + name;
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
    factory.setXMLResolver((publicId, systemId, base, namespace) -> {
      throw new XMLStreamException("nothing outside the document is read");
    });
    return factory;
  }

  /// The parser's own words without the place, which is told otherwise.
  private static String reason(XMLStreamException e) {
    String message = e.getMessage() == null ? "unreadable" : e.getMessage();
    int start = message.indexOf("Message: ");
    return start < 0 ? message : message.substring(start + "Message: ".length());
  }

  private static final class Open {
    private final String name;
    private final int line;
    private final TreeMap<String, String> attributes = new TreeMap<>();
    private final List<Element> children = new ArrayList<>();
    private final StringBuilder text = new StringBuilder(0);

    Open(String name, int line) {
      this.name = name;
      this.line = line;
    }

    Element close() {
      return new Element(name, attributes, children, text.toString().strip(), line);
    }
  }
}
