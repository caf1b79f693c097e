package dev.quorate.resource.cib.xml;

import dev.quorate.resource.FlagText;
import dev.quorate.resource.Role;
import dev.quorate.resource.cib.Attributes;
import dev.quorate.resource.cib.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// One element while it is read: whoever reads takes what it knows, and [#done] tells what nobody
/// took.
final class Fields {
  private final Element element;
  private final Problems problems;
  private final List<String> taken = new ArrayList<>();
  private final List<String> takenChildren = new ArrayList<>(4);

  Fields(Element element, Problems problems) {
    this.element = element;
    this.problems = problems;
  }

  /// The identity, which must not be missing.
  String id() {
    return required("id");
  }

  /// Empty if absent.
  String text(String name) {
    taken.add(name);
    return element.attributes().getOrDefault(name, "");
  }

  String required(String name) {
    String value = text(name);
    if (value.isEmpty()) {
      problems.refuse(element, "this " + element.name() + " needs the attribute \"" + name + "\"");
    }
    return value;
  }

  Optional<Integer> score(String name) {
    return parsed(name, "a score", Scalars::score);
  }

  Optional<Boolean> flag(String name) {
    return parsed(name, "a boolean", FlagText::parse);
  }

  Optional<Role> role(String name) {
    return parsed(name, "a role", Scalars::role);
  }

  /// Milliseconds; 0 if absent.
  long interval(String name) {
    return parsed(name, "an interval", Scalars::interval).orElse(0L);
  }

  /// Within the range of an `int`.
  Optional<Integer> integer(String name) {
    return longInteger(name).map(value -> Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  Optional<Long> longInteger(String name) {
    return parsed(
        name, "a whole number", text -> Scalars.integer(text, Long.MIN_VALUE, Long.MAX_VALUE));
  }

  /// One of the words of an enumeration, whatever their case.
  <E extends Enum<E>> Optional<E> word(String name, Class<E> type) {
    return parsed(
        name,
        "one of " + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT),
        text -> {
          for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text.strip())) {
              return Optional.of(constant);
            }
          }
          return Optional.empty();
        });
  }

  /// One of these words as it is spelled here, whatever its case there; empty if absent.
  String oneOf(String name, String... words) {
    return parsed(
            name,
            "one of " + List.of(words),
            text ->
                Stream.of(words).filter(word -> word.equalsIgnoreCase(text.strip())).findFirst())
        .orElse("");
  }

  /// Empty if the attribute is absent or empty, and refused if it is not what is expected.
  <T> Optional<T> parsed(String name, String expected, Function<String, Optional<T>> parser) {
    String value = text(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> parsed = parser.apply(value);
    if (parsed.isEmpty()) {
      problems.refuse(
          element, "the attribute \"" + name + "\" is \"" + shown(value) + "\", not " + expected);
    }
    return parsed;
  }

  /// Keeps long values out of messages.
  static String shown(String value) {
    return value.length() <= 60 ? value : value.substring(0, 60) + "…";
  }

  /// These attributes say nothing that is kept.
  void skip(String... names) {
    taken.addAll(List.of(names));
  }

  /// All attributes that were not taken yet.
  SortedMap<String, String> rest() {
    List<String> rest = new ArrayList<>();
    for (Map.Entry<String, String> attribute : element.attributes().entrySet()) {
      if (!taken.contains(attribute.getKey())) {
        taken.add(attribute.getKey());
        rest.add(attribute.getKey());
        rest.add(attribute.getValue());
      }
    }
    return Attributes.of(rest);
  }

  /// Elements directly below, in their order.
  List<Element> children(String... names) {
    List<String> wanted = List.of(names);
    takenChildren.addAll(wanted);
    if (element.children().isEmpty()) {
      return List.of();
    }
    List<Element> found = new ArrayList<>();
    for (Element child : element.children()) {
      if (wanted.contains(child.name())) {
        found.add(child);
      }
    }
    return found;
  }

  /// Tells what nobody took.
  void done() {
    for (String name : element.attributes().keySet()) {
      if (!taken.contains(name)) {
        problems.notice(
            element, "the attribute \"" + name + "\" of " + element.name() + " is ignored");
      }
    }
    for (Element child : element.children()) {
      if (!takenChildren.contains(child.name())) {
        problems.notice(
            child, "the element \"" + child.name() + "\" in " + element.name() + " is ignored");
      }
    }
    if (!element.text().isEmpty()) {
      problems.notice(element, "the text in " + element.name() + " is ignored");
    }
  }
}
