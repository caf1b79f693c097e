package dev.quorate.resource.core.exchange;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.core.exchange.CibImport.Finding;
import dev.quorate.resource.core.rules.AttributeBlocks;
import dev.quorate.resource.core.rules.NextChange;
import dev.quorate.resource.core.rules.RuleContext;
import dev.quorate.resource.core.state.ConfigurationTrial;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Collects what cannot be imported and what does not count.
final class Findings {
  private final List<Finding> refusals = new ArrayList<>();
  private final List<Finding> notices = new ArrayList<>();

  void refuse(String id, String message) {
    add(refusals, new Finding(id, message));
  }

  void notice(String id, String message) {
    add(notices, new Finding(id, message));
  }

  private static void add(List<Finding> findings, Finding finding) {
    if (findings.isEmpty() || !findings.getLast().equals(finding)) {
      findings.add(finding);
    }
  }

  List<Finding> refusals() {
    return refusals;
  }

  List<Finding> notices() {
    return notices;
  }

  /// The identity of the entry with a name, under its present or its older name; empty if there is
  /// none.
  static String entry(List<AttributeBlock> blocks, String name) {
    return blocks.stream()
        .flatMap(block -> block.entries().stream())
        .filter(e -> name.equals(ConfigurationTrial.propertyName(Words.meta(e.name()))))
        .map(AttributeBlock.Entry::id)
        .findFirst()
        .orElse("");
  }

  /// The values of blocks; rules are refused.
  SortedMap<String, String> values(
      String owner, String what, List<AttributeBlock> blocks, Optional<String> first) {
    List<AttributeBlock> plain = new ArrayList<>();
    for (AttributeBlock block : blocks) {
      if (block.rule().isPresent()) {
        refuse(
            block.id(),
            "rules are not managed: write those %s of %s that shall hold without one"
                .formatted(what, owner));
      } else {
        plain.add(block);
      }
    }
    return AttributeBlocks.resolve(
        plain, RuleContext.at(Instant.EPOCH), new NextChange(Instant.EPOCH), first.orElse(null));
  }
}
