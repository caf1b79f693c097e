package dev.quorate.resource.core.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.CertificateTrust;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterCommand.AdmitCertificate;
import dev.quorate.resource.ClusterCommand.ChangeConfiguration;
import dev.quorate.resource.ClusterCommand.RevokeCertificate;
import dev.quorate.resource.ClusterCommand.TrustAuthorities;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.json.ClusterJson;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CertificatesTest {
  private final Ledger ledger = Ledger.three();

  private String refusal(ClusterCommand command) {
    ledger.apply(command);
    return ledger.last.answer() instanceof CommandAnswer.Refused(var code, _, _) ? code : "";
  }

  private CertificateTrust trust() {
    return ledger.state.trust();
  }

  private static RevokeCertificate revoke(NodeId node) {
    return new RevokeCertificate(node, "stolen", "root");
  }

  @Test
  void aRevocationEndsAllCertificatesOfANodeUntilOneIsIssuedAnew() {
    assertEquals("", refusal(new AdmitCertificate(Ledger.N3, "a1")));
    assertEquals(CertificateTrust.FOUNDED, trust());
    assertEquals("", refusal(revoke(Ledger.N3)));
    assertTrue(trust().shutOut(Ledger.N3));
    assertEquals("stolen", Objects.requireNonNull(trust().revoked().get(Ledger.N3)).reason());
    assertEquals("HA-CERT-011", refusal(revoke(Ledger.N3)));
    for (String serial : List.of("b1", "b2", "b2", "b3")) {
      assertEquals("", refusal(new AdmitCertificate(Ledger.N3, serial)));
    }
    var revocation = Objects.requireNonNull(trust().revoked().get(Ledger.N3));
    assertEquals(List.of("b2", "b3"), revocation.admitted());
    assertFalse(trust().shutOut(Ledger.N3));
    assertEquals("", refusal(revoke(Ledger.N3)));
    assertTrue(trust().shutOut(Ledger.N3));
  }

  @Test
  void aMajorityKeepsItsCertificates() {
    assertEquals("HA-CERT-010", refusal(revoke(new NodeId("n9"))));
    assertEquals("", refusal(revoke(Ledger.N3)));
    assertEquals("HA-CERT-012", refusal(revoke(Ledger.N2)));
    assertFalse(trust().shutOut(Ledger.N2));
  }

  @Test
  void aRevocationOutlivesTheNodesDefinitionAndASnapshot() {
    assertEquals("", refusal(revoke(Ledger.N3)));
    ledger.state = ClusterJson.decodeState(ClusterJson.encode(ledger.state));
    assertTrue(trust().shutOut(Ledger.N3));
  }

  @Test
  void aRemovedNodesCertificatesAreRevoked() {
    ledger.apply(new ClusterCommand.LeaveNode(Ledger.N3, ledger.status(Ledger.N3).incarnation()));
    var remove = List.<ConfigurationChange>of(new ConfigurationChange.RemoveNode(Ledger.N3));
    assertEquals("", refusal(new ChangeConfiguration(-1, "root", remove)));
    assertTrue(trust().shutOut(Ledger.N3));
  }

  @Test
  void authoritiesAreExchangedByWhoKnowsThePresentOnes() {
    assertEquals("HA-CERT-014", refusal(new TrustAuthorities(List.of(), List.of(), "", "root")));
    var both = List.of("new", "old");
    assertEquals("", refusal(new TrustAuthorities(List.of(), both, "bridge", "root")));
    assertEquals(both, trust().authorities());
    assertEquals("bridge", trust().bridge());
    assertEquals(
        "HA-CERT-013", refusal(new TrustAuthorities(List.of(), List.of("other"), "", "root")));
    assertEquals("", refusal(new TrustAuthorities(both, List.of("new"), "", "root")));
    assertEquals(List.of("new"), trust().authorities());
  }
}
