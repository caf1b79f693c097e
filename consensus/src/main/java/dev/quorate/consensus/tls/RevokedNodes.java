package dev.quorate.consensus.tls;

import dev.quorate.membership.NodeId;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The nodes whose certificates were revoked, all of them that were ever issued, known or not; and
/// for each the serial numbers of those that were issued to it afterwards.
///
/// @param admitted by node; serial numbers as [NodeCertificate#serial()] writes them
public record RevokedNodes(SortedMap<NodeId, List<String>> admitted) {
  /// Nobody.
  public static final RevokedNodes NONE = new RevokedNodes(new TreeMap<>());

  /// Copies the map.
  public RevokedNodes {
    SortedMap<NodeId, List<String>> copy = new TreeMap<>();
    admitted.forEach((node, serials) -> copy.put(node, List.copyOf(serials)));
    admitted = Collections.unmodifiableSortedMap(copy);
  }

  /// Whether certificates of the node were revoked.
  public boolean names(NodeId node) {
    return admitted.containsKey(node);
  }

  /// The node whose revoked certificate this is; empty if it is not revoked.
  Optional<NodeId> refuses(X509Certificate certificate) {
    NodeCertificate shown = NodeCertificate.of(certificate);
    for (NodeId node : admitted.keySet()) {
      if (node.name().equals(shown.name())
          && !admitted.getOrDefault(node, List.of()).contains(shown.serial())) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }
}
