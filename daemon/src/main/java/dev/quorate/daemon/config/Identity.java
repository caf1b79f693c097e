package dev.quorate.daemon.config;

import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which cluster this is, and who of it.
///
/// @param address where this node's services listen
/// @param peers every other node of the cluster's founding, by name, with its address
public record Identity(
    String cluster, NodeId node, String address, SortedMap<NodeId, String> peers) {
  /// Copies the map.
  public Identity {
    peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
  }

  /// Whether a text can be the address of a node: an IP address or a host name.
  public static boolean isAddress(String text) {
    return text.matches("[0-9A-Za-z.:_-]{1,253}");
  }

  /// Every node with its address, this one included.
  public SortedMap<NodeId, String> everyone() {
    SortedMap<NodeId, String> all = new TreeMap<>(peers);
    all.put(node, address);
    return all;
  }
}
