package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quorate.consensus.tls.ClusterAuthority;
import dev.quorate.consensus.tls.NodeCertificate;
import dev.quorate.consensus.tls.SigningRequest;
import dev.quorate.consensus.tls.TlsException;
import dev.quorate.consensus.tls.TlsMaterial;
import dev.quorate.daemon.cli.CertificateFacts;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.daemon.secrets.SecretsException;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.CertificateTrust;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// How certificates are listed, renewed and signed, among the nodes.
///
/// A node makes its key itself and has it signed by the node that holds the authority, over the
/// port on which members speak to each other. An exchange of the authority is two entries of the
/// log: from the first on the new one issues and both are trusted, from the second on only the new
/// one is; in between every node renews its certificate, by itself.
final class CertificateDesk {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration EXCHANGE = Duration.ofSeconds(20);
  private static final String CANNOT_SIGN = "HA-CERT-021";

  private final SecretStore secrets;
  private final NodeCertificates certificates;
  private final Supplier<DaemonConfig> config;
  private final Function<NodeId, List<String>> addresses;
  private final Consumer<ClusterCommand> log;
  private final ReentrantLock renewing = new ReentrantLock();

  /// @param addresses by which others reach a node; none of one that is not of the cluster
  /// @param log proposes a command, and throws if it was not committed
  CertificateDesk(
      SecretStore secrets,
      NodeCertificates certificates,
      Supplier<DaemonConfig> config,
      Function<NodeId, List<String>> addresses,
      Consumer<ClusterCommand> log) {
    this.secrets = secrets;
    this.certificates = certificates;
    this.config = config;
    this.addresses = addresses;
    this.log = log;
  }

  private Identity identity() {
    return config.get().identity().orElseThrow();
  }

  private String post(NodeId node, String path, String body, Duration patience) {
    String address = identity().everyone().get(node);
    if (address == null) {
      throw HactlError.failed("its address is not known", "");
    }
    return MemberClient.post(
        certificates.tls().context(), address, config.get().ports().admin(), path, body, patience);
  }

  // What this node has.

  CertificateFacts own() {
    NodeCertificate own = certificates.own();
    return new CertificateFacts(
        identity().node(),
        own.serial(),
        own.from(),
        own.until(),
        certificates.issuer(),
        certificates.trusted(),
        secrets.authority(),
        "");
  }

  /// The certificates of the nodes; who cannot be asked is listed with the reason.
  List<CertificateFacts> list(List<NodeId> nodes) {
    SortedMap<NodeId, CertificateFacts> found = new ConcurrentSkipListMap<>();
    each(nodes, node -> found.put(node, of(node)));
    return List.copyOf(found.values());
  }

  private static void each(List<NodeId> nodes, Consumer<NodeId> action) {
    List<Thread> threads = new ArrayList<>();
    for (NodeId node : nodes) {
      threads.add(Thread.ofVirtual().start(() -> action.accept(node)));
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw HactlError.failed("interrupted", "type the command again");
      }
    }
  }

  private CertificateFacts of(NodeId node) {
    if (node.equals(identity().node())) {
      return own();
    }
    try {
      return CertificateFacts.read(
          ClusterJson.mapper().readTree(post(node, "/v1/certificate", "{}", PATIENCE)));
    } catch (HactlError e) {
      return CertificateFacts.unknown(node, e.message());
    } catch (IOException | IllegalArgumentException e) {
      return CertificateFacts.unknown(node, "its answer is not understood: " + e.getMessage());
    }
  }

  /// Whether this node's certificate names an address.
  boolean names(String address) {
    return certificates.names(address);
  }

  // Renewal.

  /// Renews this node's certificate.
  void renew() {
    NodeId self = identity().node();
    renewing.lock();
    try {
      SigningRequest.Prepared prepared = SigningRequest.prepare(self);
      String chain = signed(prepared.request());
      certificates.adopt(self, chain, prepared.privateKeyPem(), Instant.now());
    } catch (TlsException | SecretsException e) {
      throw new HactlError(
          ExitCode.FAILED,
          "HA-CERT-022",
          "the certificate of " + self + " is not renewed: " + e.getMessage(),
          "the one before stays in use");
    } finally {
      renewing.unlock();
    }
  }

  private String signed(SigningRequest request) {
    if (secrets.authority()) {
      return sign(request);
    }
    ObjectNode body = ClusterJson.mapper().createObjectNode();
    body.put("node", request.node().name());
    body.put("key", request.publicKey());
    body.put("proof", request.proof());
    List<String> tried = new ArrayList<>();
    for (NodeId peer : identity().everyone().keySet()) {
      if (peer.equals(request.node()) || certificates.agreed().shutOut(peer)) {
        continue;
      }
      try {
        String answer = post(peer, "/v1/certificate/sign", body.toString(), EXCHANGE);
        return ClusterJson.mapper().readTree(answer).path("chain").asText();
      } catch (HactlError e) {
        if (!e.code().equals(CANNOT_SIGN)) {
          tried.add(peer + ": " + e.message());
        }
      } catch (IOException e) {
        tried.add(peer + ": " + e.getMessage());
      }
    }
    throw new HactlError(
        ExitCode.FAILED,
        "HA-CERT-023",
        "no node signed the new key of "
            + request.node()
            + (tried.isEmpty() ? "" : " (" + String.join("; ", tried) + ")"),
        "the node where the cluster was set up must be reachable");
  }

  private String sign(SigningRequest request) {
    NodeId node = request.node();
    List<String> hosts = addresses.apply(node);
    CertificateTrust agreed = certificates.agreed();
    if (hosts.isEmpty() || agreed.shutOut(node)) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-CERT-024",
          "node '" + node + "' gets no certificate: " + (hosts.isEmpty() ? "unknown" : "revoked"),
          "let it join again with a token of 'hactl cluster token " + node + "'");
    }
    String chain = secrets.sign(request, hosts, agreed.bridge(), Instant.now());
    admit(node, chain);
    return chain;
  }

  /// What a newcomer is handed.
  SecretStore.Grant grant(NodeId node, String address) {
    SecretStore.Grant grant =
        secrets.grant(node, address, certificates.agreed().bridge(), Instant.now());
    admit(node, grant.credentials().certificate());
    return grant;
  }

  /// After a revocation each new certificate must be known to all before it is used.
  private void admit(NodeId node, String chain) {
    if (certificates.agreed().revoked().containsKey(node)) {
      String serial = NodeCertificate.of(TlsMaterial.certificates("it", chain).getFirst()).serial();
      log.accept(new ClusterCommand.AdmitCertificate(node, serial));
    }
  }

  /// Renews the certificates of these nodes.
  List<String> rotate(List<NodeId> nodes) {
    SortedMap<NodeId, String> failed = new ConcurrentSkipListMap<>();
    each(
        nodes,
        node -> {
          try {
            if (node.equals(identity().node())) {
              renew();
            } else {
              post(node, "/v1/certificate/renew", "{}", EXCHANGE);
            }
          } catch (HactlError e) {
            failed.put(node, e.message());
          }
        });
    if (!failed.isEmpty()) {
      throw partly(
          failed,
          "they go on with the certificates that they have, and renew them before they expire");
    }
    return list(nodes).stream()
        .map(f -> "Node " + f.node() + " uses certificate " + f.serial() + " until " + f.until())
        .toList();
  }

  private static HactlError partly(Map<NodeId, String> failed, String hint) {
    List<String> all = new ArrayList<>();
    failed.forEach((node, why) -> all.add(node + ": " + why));
    return new HactlError(
        ExitCode.PARTLY, "HA-CERT-025", "not on all nodes: " + String.join("; ", all), hint);
  }

  // The authority.

  /// Exchanges the authority, or goes on with an exchange that is under way.
  ///
  /// @param nodes that must have a certificate of the new one before the old one is forgotten
  List<String> exchangeAuthority(List<NodeId> nodes, String client) {
    if (!secrets.authority()) {
      throw HactlError.failed(
          "only the node where the cluster was set up holds the authority", "type this there");
    }
    CertificateTrust now = certificates.agreed();
    if (now.authorities().size() < 2) {
      ClusterAuthority.Successor next = secrets.certificates().successor(Instant.now());
      List<String> both =
          List.of(
              next.authority().certificatePem(), secrets.certificates().issuing().certificatePem());
      log.accept(
          new ClusterCommand.TrustAuthorities(now.authorities(), both, next.bridge(), client));
    }
    awaitOwn();
    CertificateTrust begun = certificates.agreed();
    String issuing = certificates.trusted().getFirst();
    SortedMap<NodeId, String> behind = new TreeMap<>();
    long deadline = System.nanoTime() + EXCHANGE.toNanos();
    do {
      behind.clear();
      list(nodes).forEach(f -> f.behind(issuing).ifPresent(why -> behind.put(f.node(), why)));
    } while (!behind.isEmpty() && System.nanoTime() < deadline && rested());
    if (!behind.isEmpty()) {
      throw partly(
          behind,
          "the old authority is still trusted; who is down gets a new certificate when it returns:"
              + " type 'hactl cluster certificate rotate --authority' again then");
    }
    log.accept(
        new ClusterCommand.TrustAuthorities(
            begun.authorities(), List.of(begun.authorities().getFirst()), "", client));
    return List.of(
        "Authority " + issuing + " issues the certificates; the one before is trusted no more.");
  }

  private void awaitOwn() {
    long deadline = System.nanoTime() + EXCHANGE.toNanos();
    while (certificates.agreed().authorities().size() < 2) {
      if (System.nanoTime() > deadline || !rested()) {
        throw HactlError.timeout(
            "the new authority is not in force on this node yet", "type the command again");
      }
    }
  }

  private static boolean rested() {
    try {
      Thread.sleep(Duration.ofMillis(200));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  // What members and strangers ask of this node.

  /// What an asker who proved to be a member is answered; empty if it is no such question.
  ///
  /// @param client the name in its certificate
  Optional<String> answer(String route, String client, String text) throws IOException {
    return switch (route) {
      case "POST /v1/certificate" -> Optional.of(own().json());
      case "POST /v1/certificate/renew" -> {
        renew();
        yield Optional.of("{}");
      }
      case "POST /v1/certificate/sign" -> {
        if (!secrets.authority()) {
          throw new HactlError(
              ExitCode.FAILED,
              CANNOT_SIGN,
              "this node cannot sign certificates",
              "ask the node where the cluster was set up");
        }
        JsonNode body = ClusterJson.mapper().readTree(text);
        SigningRequest request =
            new SigningRequest(
                new NodeId(body.path("node").asText()),
                body.path("key").asText(),
                body.path("proof").asText());
        if (!client.equals("CN=" + request.node().name())) {
          throw new HactlError(
              ExitCode.REFUSED,
              "HA-CERT-026",
              client + " asks for a certificate of " + request.node(),
              "a node gets its own only");
        }
        try {
          yield Optional.of(
              ClusterJson.mapper().createObjectNode().put("chain", sign(request)).toString());
        } catch (TlsException e) {
          throw new HactlError(ExitCode.REFUSED, "HA-CERT-027", String.valueOf(e.getMessage()), "");
        }
      }
      default -> Optional.empty();
    };
  }

  /// Why a certificate is refused here, for who is refused; empty text if it is not.
  String standing(String text) throws IOException {
    JsonNode body = ClusterJson.mapper().readTree(text);
    NodeId node = new NodeId(body.path("node").asText());
    ObjectNode answer = ClusterJson.mapper().createObjectNode().put("revoked", false);
    CertificateTrust.Revocation revocation = certificates.agreed().revoked().get(node);
    if (revocation != null && !revocation.admitted().contains(body.path("serial").asText())) {
      answer.put("revoked", true);
      answer.put("reason", revocation.reason());
      answer.put("client", revocation.client());
      answer.put("moment", Instant.ofEpochMilli(revocation.wallMillis()).toString());
    }
    return answer.toString();
  }
}
