package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.tls.NodeCertificate;
import dev.quorate.consensus.tls.SigningRequest;
import dev.quorate.consensus.tls.TlsException;
import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.http.HttpListener;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.CertificateTrust;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.core.state.Applied;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes with real keys and ports, and a log that commits at once.
class CertificateDeskTest {
  private static final List<NodeId> NODES =
      List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
  private static final NodeId N1 = NODES.get(0);
  private static final NodeId N2 = NODES.get(1);
  private static final NodeId N3 = NODES.get(2);

  @TempDir Path temporary = Path.of("");
  private final TreeMap<NodeId, Member> members = new TreeMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private ClusterState state = ClusterState.initial("demo");
  private long index;
  private int port;

  private static String address(NodeId node) {
    return "127.0.0." + node.name().substring(1);
  }

  private static List<String> addresses(NodeId node) {
    return NODES.contains(node) ? List.of(address(node)) : List.of();
  }

  /// One node.
  private final class Member {
    final NodeId node;
    final SecretStore secrets;
    final NodeCertificates certificates;
    final DaemonConfig config;
    final CertificateDesk desk;
    boolean up = true;
    Optional<HttpListener> listener = Optional.empty();

    Member(NodeId node) {
      this.node = node;
      secrets = new SecretStore(temporary.resolve(node.name()));
      certificates = new NodeCertificates(secrets);
      StringBuilder text = new StringBuilder("cluster = demo\n");
      text.append(
          "node = %s\naddress = %s\nadmin.port = %d\n".formatted(node, address(node), port));
      NODES.stream()
          .filter(n -> !n.equals(node))
          .forEach(n -> text.append("peer.%s = %s\n".formatted(n, address(n))));
      config = ConfigFile.parse(temporary.resolve("quorate.conf"), text.toString());
      desk =
          new CertificateDesk(
              secrets, certificates, () -> config, CertificateDeskTest::addresses, c -> propose(c));
    }

    void listen() throws IOException {
      Lifecycle bystander = new Lifecycle(config, new AgentCatalog(List.of()), new EventHistory());
      open.add(bystander);
      HttpListener started =
          HttpListener.tcp(
              address(node),
              port,
              Optional.of(certificates.tls()),
              new MemberRoutes(
                  bystander.operator(),
                  new Enrolment(
                      secrets,
                      () -> config.identity().orElseThrow(),
                      desk,
                      _ -> Enrolment.LogSeat.FOUNDER),
                  bystander.rekeying(),
                  new LogMembership(Optional::empty, () -> config, _ -> {}),
                  desk,
                  bystander.moving()));
      listener = Optional.of(started);
      open.add(started);
    }

    void follow() {
      if (up && certificates.follow(state.trust()) && !certificates.issuedByPresentAuthority()) {
        desk.renew();
      }
    }
  }

  @BeforeEach
  void threeNodes() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    NODES.forEach(n -> members.put(n, new Member(n)));
    SecretStore first = member(N1).secrets;
    first.found("demo", N1, address(N1), Instant.now());
    for (NodeId node : List.of(N2, N3)) {
      member(node).secrets.accept(first.grant(node, address(node), "", Instant.now()));
    }
    for (NodeId node : NODES) {
      member(node).listen();
    }
    List<ConfigurationChange> nodes = new ArrayList<>();
    NODES.forEach(n ->
        nodes.add(
            new ConfigurationChange.PutNode(
                new NodeDefinition(n, address(n), true, new TreeMap<>()))));
    propose(new ClusterCommand.ChangeConfiguration(-1, "test", nodes));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private Member member(NodeId node) {
    return Objects.requireNonNull(members.get(node));
  }

  private synchronized void propose(ClusterCommand command) {
    Applied applied =
        ClusterStateMachine.apply(state, new LogPosition(1, 1, ++index), index, command);
    state = applied.state();
    if (applied.answer() instanceof CommandAnswer.Refused(var code, var text, var hint)) {
      throw new HactlError(ExitCode.REFUSED, code, text, hint);
    }
    NODES.forEach(n -> {
      Member member = member(n);
      if (n.equals(N1)) {
        member.follow();
      } else {
        open.add(followLater(member));
      }
    });
  }

  private static AutoCloseable followLater(Member member) {
    Thread thread = Thread.ofVirtual().start(member::follow);
    return thread::join;
  }

  private String ask(NodeId from, NodeId to, String path, String body) {
    return MemberClient.post(
        member(from).certificates.tls().context(),
        address(to),
        port,
        path,
        body,
        Duration.ofSeconds(5));
  }

  private void revoke(NodeId node) {
    propose(new ClusterCommand.RevokeCertificate(node, "stolen", "root"));
    members
        .values()
        .forEach(m -> {
          if (!m.node.equals(node)) {
            m.certificates.follow(state.trust());
          }
        });
  }

  @Test
  void everyNodeGetsANewKeyThatItMadeItself() throws IOException {
    var before = member(N1).desk.list(NODES);
    String key = Files.readString(temporary.resolve("n2/node.key"));
    var lines = member(N1).desk.rotate(NODES);
    assertEquals(3, lines.size());
    var after = member(N3).desk.list(NODES);
    for (int i = 0; i < 3; i++) {
      assertNotEquals(before.get(i).serial(), after.get(i).serial());
      assertEquals(before.get(i).issuer(), after.get(i).issuer());
    }
    assertNotEquals(key, Files.readString(temporary.resolve("n2/node.key")));
    assertFalse(Files.exists(temporary.resolve("n2/node.next")));
  }

  @Test
  void aNodeThatIsDownIsNamedAndTheOthersAreRenewed() {
    member(N3).listener.orElseThrow().close();
    String before = member(N2).certificates.own().serial();
    var e = assertThrows(HactlError.class, () -> member(N1).desk.rotate(NODES));
    assertEquals(ExitCode.PARTLY, e.exit());
    assertTrue(e.message().contains("n3: "), e.message());
    assertNotEquals(before, member(N2).certificates.own().serial());
  }

  @Test
  void withoutTheAuthorityNothingIsLost() {
    member(N1).listener.orElseThrow().close();
    String before = member(N2).certificates.own().serial();
    var e = assertThrows(HactlError.class, () -> member(N2).desk.renew());
    assertEquals("HA-CERT-023", e.code());
    assertEquals(before, member(N2).certificates.own().serial());
  }

  @Test
  void theAuthorityIsExchangedWithEveryCertificate() {
    String old = member(N1).certificates.trusted().getFirst();
    var lines = member(N1).desk.exchangeAuthority(NODES, "root");
    assertTrue(lines.getFirst().startsWith("Authority "), lines.toString());
    members.values().forEach(m -> m.certificates.follow(state.trust()));
    for (Member m : members.values()) {
      assertEquals(1, m.certificates.trusted().size());
      assertFalse(m.certificates.trusted().contains(old));
      assertEquals(m.certificates.trusted().getFirst(), m.certificates.issuer());
    }
    assertEquals(3, member(N3).desk.rotate(NODES).size());
    var again = member(N1).desk.exchangeAuthority(NODES, "root");
    assertNotEquals(lines, again);
  }

  @Test
  void anExchangeWithANodeDownWaitsForItAndIsGoneOnWith() throws IOException {
    Member away = member(N3);
    away.up = false;
    away.listener.orElseThrow().close();
    var some = List.of(N1, N3);
    var e = assertThrows(HactlError.class, () -> member(N1).desk.exchangeAuthority(some, "root"));
    assertEquals(ExitCode.PARTLY, e.exit());
    assertEquals(2, state.trust().authorities().size());
    away.up = true;
    away.listen();
    // It knows the old authority only, and the others show certificates of the new one.
    assertTrue(ask(N3, N1, "/v1/certificate", "{}").contains("\"node\":\"n1\""));
    assertTrue(ask(N1, N3, "/v1/certificate", "{}").contains("\"node\":\"n3\""));
    away.follow();
    members.values().forEach(Member::follow);
    member(N1).desk.exchangeAuthority(NODES, "root");
    assertEquals(1, state.trust().authorities().size());
  }

  @Test
  void aRestartedNodeDoesNotGoBackToAnOlderAuthority() {
    CertificateTrust older = state.trust();
    member(N1).desk.exchangeAuthority(NODES, "root");
    member(N2).certificates.follow(state.trust());
    var restarted = new NodeCertificates(member(N2).secrets);
    var trusted = restarted.trusted();
    restarted.tls();
    assertFalse(restarted.follow(older));
    assertEquals(trusted, restarted.trusted());
    assertEquals(state.trust(), restarted.agreed());
  }

  @Test
  void whatCannotBeStoredIsFollowedLater() throws IOException {
    Member second = member(N2);
    Path obstacle = temporary.resolve(N2.name()).resolve("trust.json");
    Files.deleteIfExists(obstacle);
    Files.createDirectories(obstacle.resolve("in the way"));
    revoke(N3);
    assertTrue(second.certificates.agreed().shutOut(N3));
    assertNotEquals(state.trust(), second.certificates.agreed());
    assertFalse(second.certificates.follow(state.trust()));
    Files.delete(obstacle.resolve("in the way"));
    Files.delete(obstacle);
    var _ = second.certificates.follow(state.trust()); // or who tries again by itself was first
    assertEquals(state.trust(), second.certificates.agreed());
    assertTrue(Files.isRegularFile(obstacle));
  }

  @Test
  void aRevokedNodeIsRefusedAndHearsWhy() throws Exception {
    SSLSocket before =
        (SSLSocket)
            member(N3)
                .certificates
                .tls()
                .context()
                .getSocketFactory()
                .createSocket(InetAddress.ofLiteral(address(N2)), port);
    before.startHandshake();
    before.setSoTimeout(5000);
    String serial = member(N3).certificates.own().serial();
    assertTrue(ask(N3, N2, "/v1/certificate", "{}").contains("n2"));
    revoke(N3);
    assertThrows(
        IOException.class,
        () -> {
          if (before.getInputStream().read() < 0) {
            throw new IOException("cut");
          }
        });
    var refused = assertThrows(HactlError.class, () -> ask(N3, N2, "/v1/certificate", "{}"));
    assertEquals("HA-CERT-003", refused.code(), refused.message());
    assertThrows(HactlError.class, () -> ask(N2, N3, "/v1/certificate", "{}"));
    String why =
        MemberClient.post(
            member(N3).certificates.tls().anonymous(),
            address(N2),
            port,
            "/v1/standing",
            "{\"node\":\"n3\",\"serial\":\"" + serial + "\"}",
            Duration.ofSeconds(5));
    assertTrue(why.contains("\"revoked\":true"), why);
    assertTrue(why.contains("stolen"), why);
    assertThrows(HactlError.class, () -> member(N3).desk.renew());
    var keeper =
        new CertificateKeeper(
            member(N3).certificates, member(N3).desk, () -> member(N3).config, () -> false);
    open.add(keeper);
    keeper.look();
    assertTrue(keeper.warnings().getFirst().contains("revoked"), keeper.warnings().toString());
  }

  @Test
  void whatCouldNotBeStoredIsTriedAgainWithoutAnotherEntry() throws IOException {
    Member second = member(N2);
    second.up = false;
    Path inTheWay = temporary.resolve("n2/trust.json");
    Files.createDirectories(inTheWay.resolve("something"));
    revoke(N3);
    var keeper =
        new CertificateKeeper(second.certificates, second.desk, () -> second.config, () -> true);
    open.add(keeper);
    keeper.agreed(state.trust());
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (keeper.warnings().isEmpty() && System.nanoTime() < end) {
      keeper.look();
    }
    assertTrue(
        keeper.warnings().getFirst().contains("cannot be stored"), keeper.warnings().toString());
    Files.delete(inTheWay.resolve("something"));
    Files.delete(inTheWay);
    keeper.look();
    assertEquals(List.of(), keeper.warnings());
    assertEquals(state.trust().version(), second.certificates.agreed().version());
  }

  @Test
  void aRevokedNodeReturnsWithANewTokenOnly() throws IOException {
    revoke(N3);
    var grant = member(N1).desk.grant(N3, address(N3));
    member(N2).certificates.follow(state.trust());
    assertThrows(HactlError.class, () -> ask(N3, N2, "/v1/certificate", "{}"));
    member(N3).secrets.accept(grant);
    member(N3).certificates.forget();
    assertTrue(ask(N3, N2, "/v1/certificate", "{}").contains("n2"));
    member(N3).desk.renew();
    member(N2).certificates.follow(state.trust());
    assertTrue(ask(N3, N2, "/v1/certificate", "{}").contains("n2"));
  }

  @Test
  void aMemberGetsItsOwnCertificateOnly() {
    SigningRequest stolen = SigningRequest.prepare(N3).request();
    String body =
        "{\"node\":\"n3\",\"key\":\"%s\",\"proof\":\"%s\"}"
            .formatted(stolen.publicKey(), stolen.proof());
    assertEquals(
        "HA-CERT-026",
        assertThrows(HactlError.class, () -> ask(N2, N1, "/v1/certificate/sign", body)).code());
    assertEquals(
        "HA-CERT-021",
        assertThrows(HactlError.class, () -> ask(N3, N2, "/v1/certificate/sign", body)).code());
    for (String bad : List.of("{}", "{\"node\":\"n3\"}", "{\"node\":\"n3\",\"key\":\"AA\"}")) {
      assertThrows(HactlError.class, () -> ask(N3, N1, "/v1/certificate/sign", bad));
    }
  }

  @Test
  void aCertificateThatWouldNotDoIsNotTakenOn() {
    Member n2 = member(N2);
    String before = n2.certificates.own().serial();
    SigningRequest.Prepared own = SigningRequest.prepare(N2);
    SigningRequest.Prepared other = SigningRequest.prepare(N3);
    SecretStore first = member(N1).secrets;
    Instant now = Instant.now();
    String good = first.sign(own.request(), addresses(N2), "", now);
    String foreign = first.sign(other.request(), addresses(N3), "", now);
    assertThrows(
        TlsException.class, () -> n2.certificates.adopt(N2, good, other.privateKeyPem(), now));
    assertThrows(
        TlsException.class, () -> n2.certificates.adopt(N2, foreign, other.privateKeyPem(), now));
    assertThrows(
        TlsException.class,
        () -> n2.certificates.adopt(N2, good, own.privateKeyPem(), Instant.EPOCH));
    assertEquals(before, n2.certificates.own().serial());
    n2.certificates.adopt(N2, good, own.privateKeyPem(), now);
    assertNotEquals(before, n2.certificates.own().serial());
  }

  @Test
  void anExchangeOfFilesThatWasInterruptedIsFinished() throws IOException {
    SigningRequest.Prepared own = SigningRequest.prepare(N2);
    String chain = member(N1).secrets.sign(own.request(), List.of(address(N2)), "", Instant.now());
    Files.writeString(temporary.resolve("n2/node.next"), chain + own.privateKeyPem());
    Files.writeString(temporary.resolve("n2/node.key"), own.privateKeyPem());
    var material = member(N2).secrets.certificates().load();
    assertEquals("n2", NodeCertificate.of(material.chain().getFirst()).name());
    assertFalse(Files.exists(temporary.resolve("n2/node.next")));
  }
}
