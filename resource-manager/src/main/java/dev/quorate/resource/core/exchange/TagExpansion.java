package dev.quorate.resource.core.exchange;

import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.cib.CibConfiguration.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// Replaces in constraints the names that stand for many, those of tags and templates, by the
/// resources that they stand for.
final class TagExpansion {
  private final SortedMap<String, List<String>> sets = new TreeMap<>();
  private final Findings findings;

  /// @param templates what uses each template
  TagExpansion(List<Tag> tags, SequencedMap<String, List<String>> templates, Findings findings) {
    this.findings = findings;
    sets.putAll(templates);
    for (Tag tag : tags) {
      sets.put(tag.id(), tag.references());
      findings.notice(
          tag.id(), "the tag is not kept; constraints that name it are written for its resources");
    }
  }

  /// The constraints that say the same without such names; more than one if a pair becomes many.
  List<ConstraintElement> all(ConstraintElement element) {
    if (element.names().stream().noneMatch(name -> sets.containsKey(name))) {
      return List.of(element);
    }
    List<ConstraintElement> all =
        switch (element) {
          case ConstraintElement.Location l when !l.sets().isEmpty() -> List.of(inSets(l));
          case ConstraintElement.Location l when !l.rules().isEmpty() -> List.of(location(l));
          case ConstraintElement.Location l -> pairs(l, l.resource(), "");
          case ConstraintElement.Colocation c ->
              c.sets().isEmpty() ? pairs(c, c.dependent(), c.primary()) : List.of(inSets(c));
          case ConstraintElement.Order o ->
              o.sets().isEmpty() ? pairs(o, o.first(), o.then()) : List.of(inSets(o));
          case ConstraintElement.Ticket t -> List.of(t);
        };
    if (all.size() > 1) {
      findings.notice(
          element.id(),
          "it becomes " + String.join(", ", all.stream().map(ConstraintElement::id).toList()));
    }
    return all;
  }

  private List<String> members(String name) {
    return members(name, new ArrayList<>());
  }

  private List<String> members(String name, List<String> seen) {
    List<String> members = sets.get(name);
    if (members == null || seen.contains(name)) {
      return List.of(name);
    }
    seen.add(name);
    return members.stream().flatMap(m -> members(m, seen).stream()).distinct().toList();
  }

  /// A location of a set of resources, so that its rules are there once.
  private ConstraintElement location(ConstraintElement.Location l) {
    return new ConstraintElement.Location(
        l.id(),
        "",
        "",
        List.of(
            new ResourceSet(
                l.id() + "-set",
                members(l.resource()),
                Optional.of(false),
                Optional.empty(),
                "",
                "",
                Optional.empty(),
                Optional.empty(),
                "")),
        l.node(),
        l.score(),
        l.role(),
        l.discovery(),
        l.rules());
  }

  private ConstraintElement inSets(ConstraintElement element) {
    return element.withSets(
        element.sets().stream()
            .map(s -> s.with(s.resources().stream().flatMap(r -> members(r).stream()).toList()))
            .toList());
  }

  private List<ConstraintElement> pairs(ConstraintElement element, String one, String other) {
    List<ConstraintElement> pairs = new ArrayList<>();
    for (String a : members(one)) {
      for (String b : members(other)) {
        String own =
            element.id() + (a.equals(one) ? "" : "-" + a) + (b.equals(other) ? "" : "-" + b);
        pairs.add(
            element
                .renamed(name -> name.equals(one) ? a : name.equals(other) ? b : name)
                .withId(own));
      }
    }
    return pairs;
  }
}
