package dev.quorate.resource.cib.xml;

import dev.quorate.resource.Rule;
import dev.quorate.resource.Rule.Comparison;
import dev.quorate.resource.Rule.DateComparison;
import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.AttributeBlock.Entry;
import dev.quorate.resource.cib.Element;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// Makes elements of blocks and rules. What was written before is referred to from then on, for the
/// same identity must not be defined twice.
final class BlockWriter {
  private final Set<String> defined = new HashSet<>();

  /// The element, or a reference to it if one with this identity was written before.
  Element once(String name, String id, Supplier<Element> definition) {
    if (!id.isEmpty() && !defined.add(id)) {
      return new Made(name).with("id-ref", id).element();
    }
    return definition.get();
  }

  /// An element that is written as it is defines what is in it.
  Element verbatim(Element element) {
    String id = element.attributes().getOrDefault("id", "");
    if (!id.isEmpty()) {
      defined.add(id);
    }
    element.children().forEach(this::verbatim);
    return element;
  }

  List<Element> blocks(String name, List<AttributeBlock> blocks) {
    return blocks.stream().map(block -> block(name, block)).toList();
  }

  private Element block(String name, AttributeBlock block) {
    if (block.reference()) {
      return new Made(name).with("id-ref", block.id()).element();
    }
    Made made = new Made(name).with("id", block.id());
    if (block.score() != 0) {
      made.withScore("score", Optional.of(block.score()));
    }
    block.rule().ifPresent(rule -> made.child(rule(rule)));
    for (Entry entry : block.entries()) {
      made.child(entry(block, entry));
    }
    return made.element();
  }

  /// One without an identity is given that which Pacemaker's own tools would give it.
  private Element entry(AttributeBlock block, Entry entry) {
    String id = entry.id().isEmpty() ? block.id() + "-" + entry.name() : entry.id();
    if (!defined.add(id)) {
      return new Made("nvpair").with("id-ref", id).with("name", entry.name()).element();
    }
    return pair(id, entry);
  }

  static Element pair(String id, Entry entry) {
    return new Made("nvpair")
        .with("id", id)
        .with("name", entry.name())
        .always("value", entry.value())
        .element();
  }

  Element rule(Rule rule) {
    return once("rule", rule.id(), () -> define(rule));
  }

  private Element define(Rule rule) {
    Made made =
        new Made("rule")
            .with("id", rule.id())
            .with("boolean-op", rule.all() ? "" : "or")
            .withScore("score", rule.score())
            .with("score-attribute", rule.scoreAttribute())
            .withRole("role", rule.role());
    rule.conditions().forEach(condition -> made.child(condition(condition)));
    return made.element();
  }

  private Element condition(Rule.Condition condition) {
    return switch (condition) {
      case Rule.Nested nested -> rule(nested.rule());
      case Comparison comparison -> comparison(comparison);
      case DateComparison date -> date(date);
      case Rule.ResourceMatch match ->
          new Made("rsc_expression")
              .with("id", match.id())
              .with("class", match.agentClass())
              .with("provider", match.provider())
              .with("type", match.type())
              .element();
      case Rule.OperationMatch match ->
          new Made("op_expression")
              .with("id", match.id())
              .with("name", match.name())
              .with("interval", match.intervalMillis().map(BlockWriter::interval))
              .element();
    };
  }

  private static Element comparison(Comparison comparison) {
    return new Made("expression")
        .with("id", comparison.id())
        .with("attribute", comparison.attribute())
        .with("operation", word(comparison.operation()))
        .with("type", comparison.type().map(BlockWriter::word))
        .with(
            "value-source",
            comparison.source() == Rule.ValueSource.LITERAL ? "" : word(comparison.source()))
        .with("value", comparison.value())
        .element();
  }

  private static Element date(DateComparison date) {
    Made made =
        new Made("date_expression")
            .with("id", date.id())
            .with("operation", word(date.operation()))
            .with("start", date.start())
            .with("end", date.end());
    if (!date.duration().isEmpty()) {
      Made duration = new Made("duration").with("id", date.id() + "-duration");
      date.duration().forEach((unit, number) -> duration.with(unit, String.valueOf(number)));
      made.child(duration.element());
    }
    if (!date.fields().isEmpty() || date.operation() == Rule.DateOperation.DATE_SPEC) {
      Made fields = new Made("date_spec").with("id", date.id() + "-spec");
      date.fields().forEach((unit, range) -> fields.with(unit, range(range)));
      made.child(fields.element());
    }
    return made.element();
  }

  private static String range(Rule.Range range) {
    if (range.from() == range.to()) {
      return String.valueOf(range.from());
    }
    return range.from() + "-" + (range.to() == Integer.MAX_VALUE ? "" : range.to());
  }

  /// A constant's name as documents have it.
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /// Seconds where that is exact.
  static String interval(long millis) {
    if (millis == 0) {
      return "0";
    }
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  /// Makes one element of each.
  static <T> List<Element> each(List<T> all, Function<T, Element> maker) {
    List<Element> elements = new ArrayList<>();
    all.forEach(one -> elements.add(maker.apply(one)));
    return elements;
  }
}
