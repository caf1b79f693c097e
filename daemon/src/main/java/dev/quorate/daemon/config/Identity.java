package dev.quorate.daemon.config;

import dev.quorate.membership.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which cluster this is, and who of it.
///
/// @param address where this node's services listen; its first link in the ring too
/// @param peers every other node of the cluster's founding, by name, with its address
/// @param furtherLinks the addresses of the ring's second and further links, of nodes that have
///   them
/// @param witnesses the nodes that only vote, as the cluster was founded
public record Identity(
    String cluster,
    NodeId node,
    String address,
    SortedMap<NodeId, String> peers,
    SortedMap<NodeId, List<String>> furtherLinks,
    SortedSet<NodeId> witnesses) {
  /// Copies the collections.
  public Identity {
    peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
    furtherLinks = Collections.unmodifiableSortedMap(new TreeMap<>(furtherLinks));
    witnesses = Collections.unmodifiableSortedSet(new TreeSet<>(witnesses));
  }

  /// A cluster with a single link and without a witness.
  public Identity(String cluster, NodeId node, String address, SortedMap<NodeId, String> peers) {
    this(cluster, node, address, peers, new TreeMap<>(), new TreeSet<>());
  }

  /// Whether a text can be the address of a node: an IP address or a host name.
  public static boolean isAddress(String text) {
    return text.matches("[0-9A-Za-z.:_-]{1,253}");
  }

  /// The same of a node at another address.
  public Identity at(String other) {
    return new Identity(cluster, node, other, peers, furtherLinks, witnesses);
  }

  /// Every node with its address, this one included.
  public SortedMap<NodeId, String> everyone() {
    SortedMap<NodeId, String> all = new TreeMap<>(peers);
    all.put(node, address);
    return all;
  }

  /// The ring's links to a node that has this address, the preferred one first.
  public List<String> links(NodeId of, String first) {
    List<String> links = new ArrayList<>(List.of(first));
    links.addAll(furtherLinks.getOrDefault(of, List.of()));
    return links;
  }
}
