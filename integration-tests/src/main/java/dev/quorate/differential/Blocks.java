package dev.quorate.differential;

import dev.quorate.resource.cib.AttributeBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Collects names and values for one block.
final class Blocks {
  private final SortedMap<String, String> entries = new TreeMap<>();

  Blocks put(String name, String value) {
    entries.put(name, value);
    return this;
  }

  Blocks putIf(boolean condition, String name, String value) {
    return condition ? put(name, value) : this;
  }

  /// No block if there is nothing to say.
  List<AttributeBlock> as(String id) {
    if (entries.isEmpty()) {
      return List.of();
    }
    List<AttributeBlock.Entry> all = new ArrayList<>();
    entries.forEach((name, value) ->
        all.add(
            new AttributeBlock.Entry(
                id + "-" + name.replaceAll("[^A-Za-z0-9]", "_"), name, value)));
    return List.of(new AttributeBlock(id, all));
  }
}
