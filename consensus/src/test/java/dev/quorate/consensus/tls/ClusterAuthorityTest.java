package dev.quorate.consensus.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/// Certificates as the JDK reads them, and in a handshake.
final class ClusterAuthorityTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final NodeId N1 = new NodeId("n1");

  private final ClusterAuthority authority = ClusterAuthority.create("test", Instant.now());

  @Test
  void issuesWhatTheJdkReads() throws Exception {
    ClusterAuthority past = ClusterAuthority.create("café", NOW);
    Credentials credentials = past.issue(N1, List.of("10.0.0.1", "fd00::1", "n1.example.com"), NOW);
    X509Certificate root = TlsMaterial.certificates("root", past.certificatePem()).getFirst();
    X509Certificate node = TlsMaterial.certificates("node", credentials.certificate()).getFirst();
    root.verify(root.getPublicKey());
    node.verify(root.getPublicKey());
    assertEquals("CN=Quorate cluster café", root.getSubjectX500Principal().getName());
    assertEquals("CN=n1", node.getSubjectX500Principal().getName());
    assertEquals(root.getSubjectX500Principal(), node.getIssuerX500Principal());
    assertEquals(1, root.getBasicConstraints());
    assertEquals(-1, node.getBasicConstraints());
    assertEquals(
        List.of(
            List.of(7, "10.0.0.1"), List.of(7, "fd00:0:0:0:0:0:0:1"), List.of(2, "n1.example.com")),
        List.copyOf(node.getSubjectAlternativeNames()));
    assertEquals(Instant.parse("2026-05-31T00:00:00Z"), node.getNotBefore().toInstant());
    assertEquals(Instant.parse("2046-05-26T00:00:00Z"), root.getNotAfter().toInstant());
  }

  @Test
  void writesTimesFrom2050InTheLongForm() {
    ClusterAuthority late = ClusterAuthority.create("late", Instant.parse("2049-01-01T00:00:00Z"));
    X509Certificate root = TlsMaterial.certificates("root", late.certificatePem()).getFirst();
    assertEquals(Instant.parse("2068-12-26T00:00:00Z"), root.getNotAfter().toInstant());
  }

  @Test
  void membersShakeHands() throws Exception {
    ClusterAuthority loaded =
        ClusterAuthority.load(authority.certificatePem(), authority.privateKeyPem());
    Credentials server = authority.issue(N1, List.of("127.0.0.1"), Instant.now());
    Credentials client = loaded.issue(new NodeId("n2"), List.of("127.0.0.1"), Instant.now());
    assertEquals("CN=n2 says 42", Handshake.of(server, client));
  }

  @Test
  void refusesTheCertificateOfAnotherCluster() {
    Credentials server = authority.issue(N1, List.of("127.0.0.1"), Instant.now());
    ClusterAuthority other = ClusterAuthority.create("other", Instant.now());
    Credentials stranger = other.issue(N1, List.of("127.0.0.1"), Instant.now());
    assertThrows(SSLException.class, () -> Handshake.of(server, stranger));
    Credentials impostor =
        new Credentials(authority.certificatePem(), stranger.certificate(), stranger.privateKey());
    assertThrows(IOException.class, () -> Handshake.of(server, impostor));
  }

  @Test
  void refusesTheWrongHost() {
    Credentials server = authority.issue(N1, List.of("127.0.0.9"), Instant.now());
    Credentials client = authority.issue(N1, List.of("127.0.0.1"), Instant.now());
    assertThrows(SSLException.class, () -> Handshake.of(server, client));
  }

  @Test
  void namesWhatIsWrong() {
    Credentials good = authority.issue(N1, List.of("127.0.0.1"), Instant.now());
    TlsException e =
        assertThrows(
            TlsException.class,
            () -> TlsMaterial.of(new Credentials(good.authority(), "nonsense", good.privateKey())));
    assertEquals("the node's certificate holds no certificate in PEM form", e.getMessage());
    assertEquals("Credentials[private key withheld]", good.toString());
    assertThrows(TlsException.class, () -> authority.issue(N1, List.of("1.2.3.400"), NOW));
  }
}
