package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whose certificates count among the nodes. Certificates are texts here; what they say is of no
/// matter to the state.
///
/// @param version counts the changes, so that a node that reads its log again after a restart does
///   not go back to what counted before
/// @param authorities those that are trusted, the one that issues first; none as long as the one
///   counts that the cluster was founded with
/// @param bridge the certificate by which the authority before the issuing one vouches for it;
///   empty text if there is none
/// @param revoked the nodes whose certificates were revoked
public record CertificateTrust(
    long version, List<String> authorities, String bridge, SortedMap<NodeId, Revocation> revoked) {
  /// As founded, and nothing revoked.
  public static final CertificateTrust FOUNDED =
      new CertificateTrust(0, List.of(), "", new TreeMap<>());

  /// All certificates that a node had.
  ///
  /// @param reason why
  /// @param client who asked
  /// @param wallMillis when
  /// @param admitted the serial numbers of certificates that were issued to it since
  public record Revocation(String reason, String client, long wallMillis, List<String> admitted) {
    /// Copies the list.
    public Revocation {
      admitted = List.copyOf(admitted);
    }
  }

  /// Copies the collections.
  public CertificateTrust {
    authorities = List.copyOf(authorities);
    revoked = Collections.unmodifiableSortedMap(new TreeMap<>(revoked));
  }

  /// The next, with other authorities.
  public CertificateTrust withAuthorities(List<String> next, String nextBridge) {
    return new CertificateTrust(version + 1, next, nextBridge, revoked);
  }

  /// The next, with another revocation for a node.
  public CertificateTrust with(NodeId node, Revocation revocation) {
    SortedMap<NodeId, Revocation> next = new TreeMap<>(revoked);
    next.put(node, revocation);
    return new CertificateTrust(version + 1, authorities, bridge, next);
  }

  /// Whether a node has no certificate that counts.
  public boolean shutOut(NodeId node) {
    Revocation revocation = revoked.get(node);
    return revocation != null && revocation.admitted().isEmpty();
  }
}
