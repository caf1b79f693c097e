package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Attributes;
import dev.quorate.resource.cib.Element;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
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
  static final int MAX_BYTES = 256 << 20;
  static final int MAX_DEPTH = 64;
  static final int MAX_ELEMENTS = 4_000_000;
  static final int MAX_ATTRIBUTE_LENGTH = 64 << 10;

  private static final int SHARED = 1 << 12;
  private static final int CHUNK = 1 << 16;

  private final Problems problems;
  private final HistoryReader history;
  private final Deque<Open> open = new ArrayDeque<>();
  private final @Nullable String[] shared = new String[SHARED];
  private int count;

  private ElementReader(Problems problems, HistoryReader history) {
    this.problems = problems;
    this.history = history;
  }

  /// The root element; empty if a problem was found.
  ///
  /// @param history takes what the lists of resources in the status contain
  static Optional<Element> read(byte[] document, Problems problems, HistoryReader history) {
    if (document.length > MAX_BYTES) {
      problems.refuse(0, "the document is larger than " + MAX_BYTES + " bytes");
      return Optional.empty();
    }
    return decodable(document, problems)
        ? new ElementReader(problems, history).parse(document)
        : Optional.empty();
  }

  /// Whether it is UTF-8; no other code is spoken.
  private static boolean decodable(byte[] document, Problems problems) {
    ByteBuffer bytes = ByteBuffer.wrap(document);
    CharBuffer text = CharBuffer.allocate(CHUNK);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    while (true) {
      CoderResult result = decoder.decode(bytes, text, true);
      if (result.isUnderflow()) {
        return true;
      }
      if (result.isError()) {
        int line = 1;
        for (int i = 0; i < bytes.position(); i++) {
          line += document[i] == '\n' ? 1 : 0;
        }
        problems.refuse(line, "the document is not in UTF-8");
        return false;
      }
      text.clear();
    }
  }

  /// The text, without the mark that it may begin with.
  private static Reader text(byte[] document) {
    boolean marked =
        document.length >= 3
            && document[0] == (byte) 0xEF
            && document[1] == (byte) 0xBB
            && document[2] == (byte) 0xBF;
    int skipped = marked ? 3 : 0;
    return new InputStreamReader(
        new ByteArrayInputStream(document, skipped, document.length - skipped),
        StandardCharsets.UTF_8);
  }

  private Optional<Element> parse(byte[] document) {
    int line = 1;
    try {
      XMLStreamReader reader = factory().createXMLStreamReader(text(document));
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
        if (!parent.histories || !history.take(element)) {
          parent.children.add(element);
        }
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
    Open parent = open.peek();
    Open element = new Open(qualified(reader.getPrefix(), reader.getLocalName()), line, parent);
    if (element.histories) {
      history.begin();
    }
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
      element.attributes.add(name);
      element.attributes.add(shared(value));
    }
    open.push(element);
  }

  /// The same value, if possible as the object that stood for it before.
  private String shared(String value) {
    int place = value.hashCode() & (SHARED - 1);
    String before = shared[place];
    if (before != null && before.equals(value)) {
      return before;
    }
    shared[place] = value;
    return value;
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
    private final String path;
    private final boolean histories;
    private final List<String> attributes = new ArrayList<>();
    private final List<Element> children = new ArrayList<>(2);
    private final StringBuilder text = new StringBuilder(0);

    Open(String name, int line, @Nullable Open parent) {
      this.name = name;
      this.line = line;
      this.path = parent == null ? name : parent.histories ? "" : parent.path + "/" + name;
      this.histories = HistoryReader.isList(path);
    }

    Element close() {
      String inside = text.isEmpty() ? "" : text.toString().strip();
      return new Element(name, Attributes.of(attributes), children, inside, line);
    }
  }
}
