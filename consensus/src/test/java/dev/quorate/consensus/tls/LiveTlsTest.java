package dev.quorate.consensus.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;

/// Keys, certificates and trust that are exchanged under way.
final class LiveTlsTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");

  private final ClusterAuthority authority = ClusterAuthority.create("test", Instant.now());
  private final LiveTls server = new LiveTls(material(authority, N1));
  private final LiveTls client = new LiveTls(material(authority, N2));

  private static TlsMaterial material(ClusterAuthority by, NodeId node) {
    return TlsMaterial.of(by.issue(node, List.of("127.0.0.1"), Instant.now()));
  }

  private static RevokedNodes revoked(NodeId node, String... admitted) {
    TreeMap<NodeId, List<String>> nodes = new TreeMap<>();
    nodes.put(node, List.of(admitted));
    return new RevokedNodes(nodes);
  }

  private static String serial(LiveTls tls) {
    return NodeCertificate.of(tls.material().chain().getFirst()).serial();
  }

  private static Certificate[] chain(LiveTls tls) {
    return tls.material().chain().toArray(Certificate[]::new);
  }

  @Test
  void refusesARevokedClient() throws Exception {
    assertEquals("CN=n2 says 42", Handshake.of(server.context(), client.context()));
    server.refuse(revoked(N2));
    assertThrows(IOException.class, () -> Handshake.of(server.context(), client.context()));
    assertEquals(
        "the certificate of node n2 was revoked", server.refusal(chain(client)).orElseThrow());
  }

  @Test
  void refusesARevokedServer() {
    client.refuse(revoked(N1));
    assertThrows(IOException.class, () -> Handshake.of(server.context(), client.context()));
  }

  @Test
  void refusesAllOfANodesCertificatesButThoseIssuedAfterwards() throws Exception {
    LiveTls again = new LiveTls(material(authority, N2));
    server.refuse(revoked(N2, serial(again)));
    assertEquals("CN=n2 says 42", Handshake.of(server.context(), again.context()));
    assertThrows(IOException.class, () -> Handshake.of(server.context(), client.context()));
  }

  /// Who resumes a session shows no certificate, and would not be refused.
  @Test
  void resumesNoSession() throws Exception {
    SSLContext sameClient = client.context();
    try (SSLServerSocket listening = Handshake.listen(server.context())) {
      assertEquals("CN=n2 says 42", Handshake.of(listening, sameClient));
      server.refuse(revoked(N2));
      assertThrows(IOException.class, () -> Handshake.of(listening, sameClient));
    }
  }

  @Test
  void aContextUsesWhatWasExchangedAfterItWasMade() throws Exception {
    SSLContext sameServer = server.context();
    AtomicInteger told = new AtomicInteger();
    Runnable end = server.onChange(told::incrementAndGet);
    ClusterAuthority other = ClusterAuthority.create("other", Instant.now());
    server.use(material(other, N1));
    assertEquals(1, told.get());
    assertThrows(IOException.class, () -> Handshake.of(sameServer, client.context()));
    assertTrue(server.refusal(chain(client)).isPresent());
    client.use(material(other, N2));
    assertEquals("CN=n2 says 42", Handshake.of(sameServer, client.context()));
    end.run();
    server.refuse(revoked(N2));
    assertEquals(1, told.get());
  }

  @Test
  void aBridgeLeadsFromTheOldAuthorityToTheNew() throws Exception {
    ClusterAuthority.Successor next = authority.successor(Instant.now());
    Credentials leaf = next.authority().issue(N1, List.of("127.0.0.1"), Instant.now());
    String both = next.authority().certificatePem() + authority.certificatePem();
    String whole = leaf.certificate() + next.bridge() + next.authority().certificatePem();
    LiveTls renewed = new LiveTls(TlsMaterial.of(new Credentials(both, whole, leaf.privateKey())));
    assertEquals("CN=n1 says 42", Handshake.of(client.context(), renewed.context()));
    assertEquals("CN=n2 says 42", Handshake.of(renewed.context(), client.context()));
    LiveTls withoutBridge =
        new LiveTls(TlsMaterial.of(new Credentials(both, leaf.certificate(), leaf.privateKey())));
    assertThrows(IOException.class, () -> Handshake.of(client.context(), withoutBridge.context()));
    String only = next.authority().certificatePem();
    LiveTls last = new LiveTls(TlsMaterial.of(new Credentials(only, whole, leaf.privateKey())));
    assertEquals("CN=n1 says 42", Handshake.of(renewed.context(), last.context()));
    assertThrows(IOException.class, () -> Handshake.of(last.context(), client.context()));
    ClusterAuthority.Successor third = next.authority().successor(Instant.now());
    String name =
        TlsMaterial.certificates("third", third.authority().certificatePem())
            .getFirst()
            .getSubjectX500Principal()
            .getName();
    assertTrue(name.matches("CN=Quorate cluster test \\([0-9a-f]{8}\\)"), name);
  }

  @Test
  void signsAKeyThatWasMadeElsewhereAndNothingElse() {
    SigningRequest.Prepared prepared = SigningRequest.prepare(N2);
    String leaf = authority.sign(prepared.request(), List.of("127.0.0.1"), Instant.now());
    TlsMaterial.of(new Credentials(authority.certificatePem(), leaf, prepared.privateKeyPem()));
    SigningRequest good = prepared.request();
    SigningRequest renamed = new SigningRequest(N1, good.publicKey(), good.proof());
    SigningRequest foreign =
        new SigningRequest(N2, SigningRequest.prepare(N2).request().publicKey(), good.proof());
    for (SigningRequest bad :
        List.of(
            renamed,
            foreign,
            new SigningRequest(N2, "AAAA", "AAAA"),
            new SigningRequest(N2, "ä", ""))) {
      assertThrows(
          TlsException.class, () -> authority.sign(bad, List.of("127.0.0.1"), Instant.now()));
    }
    Credentials mixed =
        new Credentials(
            authority.certificatePem(), leaf, SigningRequest.prepare(N2).privateKeyPem());
    assertEquals(
        "the key does not belong to the certificate",
        assertThrows(TlsException.class, () -> TlsMaterial.of(mixed)).getMessage());
  }

  @Test
  void clocksThatAreDecadesOffAreNamed() {
    X509Certificate leaf = material(authority, N1).chain().getFirst();
    NodeCertificate certificate = NodeCertificate.of(leaf);
    Instant now = Instant.now();
    assertTrue(certificate.unusable(now).isEmpty());
    assertTrue(certificate.unusable(Instant.EPOCH).orElseThrow().contains("1970-01-01"));
    Instant late = now.plus(Duration.ofDays(40 * 365));
    assertTrue(certificate.unusable(late).orElseThrow().contains("expired at"));
    assertTrue(certificate.wrongClock(late).orElseThrow().contains("expired at"));
    Instant years = now.plus(Duration.ofDays(5 * 365));
    assertTrue(certificate.wrongClock(years).isEmpty(), "it may be that late");
    assertTrue(certificate.wrongClock(Instant.EPOCH).orElseThrow().contains("1970-01-01"));
    assertTrue(certificate.renewFrom().isAfter(now));
    assertTrue(certificate.renewFrom().isBefore(certificate.until()));
    for (Instant wrong : List.of(Instant.EPOCH, late)) {
      TlsException refused =
          assertThrows(TlsException.class, () -> authority.issue(N1, List.of("127.0.0.1"), wrong));
      assertTrue(String.valueOf(refused.getMessage()).contains("set the clock"));
    }
  }
}
