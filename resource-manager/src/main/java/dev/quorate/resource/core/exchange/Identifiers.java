package dev.quorate.resource.core.exchange;

import dev.quorate.resource.cib.AttributeBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;

/// Gives out identities, each once and legal in XML.
final class Identifiers {
  private final TreeSet<String> used = new TreeSet<>();

  /// This one if it is legal and free, else one like it.
  String of(String wanted) {
    String legal = wanted.replaceAll("[^A-Za-z0-9._-]", "_");
    if (!legal.matches("[A-Za-z_].*")) {
      legal = "_" + legal;
    }
    String id = legal;
    for (int i = 2; !used.add(id); i++) {
      id = legal + "-" + i;
    }
    return id;
  }

  /// A block of these values; none if there are none.
  List<AttributeBlock> blocks(String id, SortedMap<String, String> values) {
    if (values.isEmpty()) {
      return List.of();
    }
    String own = of(id);
    List<AttributeBlock.Entry> entries = new ArrayList<>();
    for (Map.Entry<String, String> value : values.entrySet()) {
      entries.add(
          new AttributeBlock.Entry(
              of(own + "-" + value.getKey()), value.getKey(), value.getValue()));
    }
    return List.of(new AttributeBlock(own, entries));
  }
}
