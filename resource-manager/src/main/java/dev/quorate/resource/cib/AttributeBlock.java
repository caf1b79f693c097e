package dev.quorate.resource.cib;

import dev.quorate.resource.Rule;
import java.util.List;
import java.util.Optional;

/// A set of names and values that holds where its rule does: `meta_attributes`,
/// `instance_attributes`, `utilization` or `cluster_property_set`.
///
/// @param reference whether the document only refers to a block that is defined elsewhere; the
///   content is that block's
/// @param score blocks with higher ones win; 0 where none is given
/// @param entries in the order of the document; the first of a name wins
public record AttributeBlock(
    String id, boolean reference, int score, Optional<Rule> rule, List<Entry> entries) {
  /// One name and its value.
  ///
  /// @param id may be empty
  /// @param value may be empty
  public record Entry(String id, String name, String value) {}

  /// Copies the list.
  public AttributeBlock {
    entries = List.copyOf(entries);
  }

  /// A block that always holds.
  public AttributeBlock(String id, List<Entry> entries) {
    this(id, false, 0, Optional.empty(), entries);
  }
}
