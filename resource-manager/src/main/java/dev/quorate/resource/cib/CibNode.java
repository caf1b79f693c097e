package dev.quorate.resource.cib;

import java.util.List;

/// A configured node.
///
/// @param type `member`, `ping` or `remote`
/// @param score what the node is worth to every resource
public record CibNode(
    String id,
    String name,
    String type,
    int score,
    List<AttributeBlock> attributes,
    List<AttributeBlock> utilization) {
  /// Copies the lists.
  public CibNode {
    attributes = List.copyOf(attributes);
    utilization = List.copyOf(utilization);
  }
}
