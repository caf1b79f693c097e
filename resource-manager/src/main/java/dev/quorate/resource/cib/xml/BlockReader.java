package dev.quorate.resource.cib.xml;

import dev.quorate.resource.Rule;
import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.AttributeBlock.Entry;
import dev.quorate.resource.cib.Element;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Reads blocks of names and values.
final class BlockReader {
  private final Problems problems;
  private final Identities identities;
  private final RuleReader rules;
  private final IdentityHashMap<Element, AttributeBlock> read = new IdentityHashMap<>();

  BlockReader(Problems problems, Identities identities, RuleReader rules) {
    this.problems = problems;
    this.identities = identities;
    this.rules = rules;
  }

  /// The blocks among them.
  List<AttributeBlock> all(List<Element> elements) {
    List<AttributeBlock> blocks = new ArrayList<>();
    elements.forEach(element -> read(element).ifPresent(blocks::add));
    return blocks;
  }

  private Optional<AttributeBlock> read(Element element) {
    Optional<Element> target = identities.resolve(element);
    if (target.isEmpty()) {
      return Optional.empty();
    }
    AttributeBlock known = read.get(target.get());
    if (known == null) {
      known = define(target.get());
      read.put(target.get(), known);
    }
    if (!Identities.isReference(element)) {
      return Optional.of(known);
    }
    return Optional.of(
        new AttributeBlock(known.id(), true, known.score(), known.rule(), known.entries()));
  }

  private AttributeBlock define(Element element) {
    Fields fields = new Fields(element, problems);
    List<Rule> conditions = rules.all(fields.children("rule"));
    if (conditions.size() > 1) {
      problems.refuse(element, "this " + element.name() + " has more than one rule");
    }
    List<Entry> entries = new ArrayList<>();
    for (Element child : fields.children("nvpair")) {
      entry(child).ifPresent(entries::add);
    }
    AttributeBlock block =
        new AttributeBlock(
            fields.id(),
            false,
            fields.score("score").orElse(0),
            conditions.stream().findFirst(),
            entries);
    fields.done();
    return block;
  }

  private Optional<Entry> entry(Element element) {
    Optional<Element> target = identities.resolve(element);
    if (target.isEmpty()) {
      return Optional.empty();
    }
    if (!Identities.isReference(element)) {
      Fields fields = new Fields(element, problems);
      Entry entry = new Entry(fields.id(), fields.required("name"), fields.text("value"));
      fields.done();
      return Optional.of(entry);
    }
    String name = element.attributes().getOrDefault("name", "");
    SortedMap<String, String> attributes = target.get().attributes();
    return Optional.of(
        new Entry(
            attributes.getOrDefault("id", ""),
            name.isEmpty() ? attributes.getOrDefault("name", "") : name,
            attributes.getOrDefault("value", "")));
  }
}
