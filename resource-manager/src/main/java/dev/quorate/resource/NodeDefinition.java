package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A node as configured.
///
/// @param address where the node's services answer: a host name or IP address
/// @param voter whether it votes in the log; a node that was added does once its log has caught up
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

  /// The attribute of a node that shall never vote.
  public static final String LISTENER = "listener";

  /// The attribute with the addresses of the ring's second and further links to a node, separated
  /// by commas.
  public static final String LINKS = "links";

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

  /// Whether the node follows the log and never votes.
  public boolean listener() {
    return "on".equals(attributes.get(LISTENER));
  }

  /// The ring's further links to the node, if it has any.
  public List<String> links() {
    String links = attributes.getOrDefault(LINKS, "");
    return links.isEmpty() ? List.of() : List.of(links.split(","));
  }

  /// The same as a voter.
  public NodeDefinition voting() {
    return new NodeDefinition(id, address, true, attributes, utilization);
  }

  /// The same at other addresses.
  ///
  /// @param further those of the second and further links, separated by commas; empty for none
  public NodeDefinition at(String first, String further) {
    TreeMap<String, String> others = new TreeMap<>(attributes);
    if (further.isEmpty()) {
      others.remove(LINKS);
    } else {
      others.put(LINKS, further);
    }
    return new NodeDefinition(id, first, voter, others, utilization);
  }

  /// Whether nothing on the node may be touched.
  public boolean maintenance() {
    return "on".equals(attributes.get("maintenance"));
  }
}
