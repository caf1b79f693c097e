package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// A node as configured.
///
/// @param address where the node's services answer: a host name or IP address
/// @param voter whether it votes in the log
/// @param attributes permanent node attributes; `standby`, `maintenance` and `witness` are `on` or
///   absent
/// @param utilization what the node has of each thing that resources use: whole numbers
public record NodeDefinition(
    NodeId id,
    String address,
    boolean voter,
    SortedMap<String, String> attributes,
    SortedMap<String, String> utilization) {
  /// The attribute of a node that only votes.
  public static final String WITNESS = "witness";

  /// Copies the maps.
  public NodeDefinition {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    utilization = Collections.unmodifiableSortedMap(new TreeMap<>(utilization));
  }

  /// A node of which nothing is said that resources use.
  public NodeDefinition(
      NodeId id, String address, boolean voter, SortedMap<String, String> attributes) {
    this(id, address, voter, attributes, Collections.emptySortedMap());
  }

  /// Whether the node may not host resources.
  public boolean standby() {
    return "on".equals(attributes.get("standby")) || witness();
  }

  /// Whether the node votes and nothing else: nothing of a resource ever runs there.
  public boolean witness() {
    return "on".equals(attributes.get(WITNESS));
  }

  /// Whether nothing on the node may be touched.
  public boolean maintenance() {
    return "on".equals(attributes.get("maintenance"));
  }
}
