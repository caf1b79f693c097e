package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Draft.accepted;
import static dev.quorate.resource.core.state.Draft.refused;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.CertificateTrust;
import dev.quorate.resource.CertificateTrust.Revocation;
import dev.quorate.resource.ClusterCommand.AdmitCertificate;
import dev.quorate.resource.ClusterCommand.RevokeCertificate;
import dev.quorate.resource.ClusterCommand.TrustAuthorities;
import dev.quorate.resource.CommandAnswer;
import java.util.ArrayList;
import java.util.List;

/// Whose certificates count.
///
/// A revocation ends all certificates of a node, known or not; what is issued to it afterwards is
/// admitted one by one. It outlives the node's definition. A majority of the voters always keeps
/// certificates that count: without it nothing could be committed any more.
final class CertificateRules {
  private static final int MOST_AUTHORITIES = 2;
  private static final int MOST_ADMITTED = 2;

  private CertificateRules() {}

  static CommandAnswer trust(Draft draft, TrustAuthorities command) {
    CertificateTrust now = draft.trust();
    if (!now.authorities().equals(command.expected())) {
      return refused(
          "HA-CERT-013",
          "the authorities were exchanged by somebody else meanwhile",
          "see 'hactl cluster certificate list', and type the command again");
    }
    List<String> next = command.authorities();
    if (next.isEmpty() || next.size() > MOST_AUTHORITIES) {
      return refused(
          "HA-CERT-014",
          next.size() + " authorities cannot be trusted at once, only 1 or 2",
          "finish the exchange that is under way");
    }
    draft.trust(
        now.withAuthorities(next, command.bridge()),
        next.size() > 1
            ? "a new authority issues certificates, the old one is still trusted"
            : "one authority is trusted, the older one no longer",
        command.client());
    return accepted();
  }

  static CommandAnswer revoke(Draft draft, RevokeCertificate command) {
    NodeId node = command.node();
    CertificateTrust now = draft.trust();
    if (!draft.configuration().nodes().containsKey(node)) {
      return refused(
          "HA-CERT-010",
          "%s is not a node of this cluster".formatted(node),
          "known are " + draft.configuration().nodes().keySet());
    }
    if (now.shutOut(node)) {
      return refused(
          "HA-CERT-011",
          "the certificates of %s are revoked already".formatted(node),
          "see 'hactl cluster certificate list'");
    }
    List<NodeId> voters = draft.configuration().voters();
    long left = voters.stream().filter(v -> !v.equals(node) && !now.shutOut(v)).count();
    if (voters.contains(node) && left < voters.size() / 2 + 1) {
      return refused(
          "HA-CERT-012",
          "without %s, %d of %d voters would be left, which is no majority"
              .formatted(node, left, voters.size()),
          "let another node join with a token, or remove voters, first");
    }
    shutOut(draft, node, command.reason(), command.client());
    return accepted();
  }

  /// Whoever is removed from the cluster has no certificate that counts.
  static void removed(Draft draft, NodeId node, String client) {
    if (!draft.trust().shutOut(node)) {
      shutOut(draft, node, "removed from the cluster", client);
    }
  }

  private static void shutOut(Draft draft, NodeId node, String reason, String client) {
    draft.trust(
        draft.trust().with(node, new Revocation(reason, client, draft.wallMillis, List.of())),
        "the certificates of node " + node + " were revoked: " + reason,
        client);
  }

  static CommandAnswer admit(Draft draft, AdmitCertificate command) {
    CertificateTrust now = draft.trust();
    Revocation revocation = now.revoked().get(command.node());
    if (revocation == null || revocation.admitted().contains(command.serial())) {
      return accepted();
    }
    List<String> admitted = new ArrayList<>(revocation.admitted());
    admitted.add(command.serial());
    draft.trust(
        now.with(
            command.node(),
            new Revocation(
                revocation.reason(),
                revocation.client(),
                revocation.wallMillis(),
                admitted.subList(Math.max(0, admitted.size() - MOST_ADMITTED), admitted.size()))),
        "a new certificate of node " + command.node() + " counts",
        "quorated");
    return accepted();
  }
}
