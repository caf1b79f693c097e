package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quorate.consensus.tls.Credentials;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.http.HttpRequest;
import dev.quorate.daemon.secrets.JoinToken;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.daemon.secrets.TokenClaim;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a newcomer becomes a member: it shows a token that works once, over a channel whose
/// authority the token names, and is handed its identity, key, certificate and the ring's key.
final class Enrolment {
  private static final Logger log = LoggerFactory.getLogger(Enrolment.class);

  /// What a newcomer was handed.
  record Admission(Identity identity, SecretStore.Grant grant, LogSeat seat) {}

  /// What log a newcomer is to have.
  ///
  /// @param number of its log, if others keep the cluster's already and take it in; 0 for a founder
  /// @param copies the epoch that it copies from one that goes on alone; 0 if there is no such
  /// @param epoch that of the log in which it gets a number
  record LogSeat(int number, long copies, long epoch) {
    static final LogSeat FOUNDER = new LogSeat(0, 0, 1);

    /// Whether it founds its log.
    boolean founds() {
      return number == 0 && copies == 0;
    }
  }

  private final SecretStore secrets;
  private final Supplier<Identity> identity;
  private final CertificateDesk certificates;
  private final Function<NodeId, LogSeat> seats;

  /// @param seats what logs nodes are to have
  Enrolment(
      SecretStore secrets,
      Supplier<Identity> identity,
      CertificateDesk certificates,
      Function<NodeId, LogSeat> seats) {
    this.certificates = certificates;
    this.secrets = secrets;
    this.identity = identity;
    this.seats = seats;
  }

  /// Serves a newcomer.
  String admit(HttpRequest request) throws IOException {
    JsonNode body = ClusterJson.mapper().readTree(request.body());
    if (!secrets.authority()) {
      throw HactlError.failed(
          "this node cannot sign certificates", "join by way of the first node");
    }
    Optional<TokenClaim> claimed = secrets.claim(body.path("token").asText(), Instant.now());
    try (TokenClaim claim =
        claimed.orElseThrow(() ->
            HactlError.failed(
                "the token is used up, too old or unknown, or somebody joins with it just now",
                "get a new one with 'hactl cluster token NODE' on the first node"))) {
      NodeId node = new NodeId(claim.node());
      ObjectNode answer = introduce(node);
      if (!body.path("look").asBoolean()) {
        // Whatever is in the way leaves the token good.
        grant(node, answer);
        claim.spend();
        log.atInfo()
            .addKeyValue("node", node)
            .addKeyValue("target", request.client())
            .log("newcomer admitted");
      }
      return answer.toString();
    }
  }

  /// Who the newcomer is, and who else there is.
  private ObjectNode introduce(NodeId node) {
    Identity own = identity.get();
    SortedMap<NodeId, String> everyone = own.everyone();
    String address = everyone.get(node);
    if (address == null) {
      throw HactlError.failed(
          "node '" + node + "' is not of this cluster",
          "known are " + everyone.keySet() + ": get a token for one of them");
    }
    ObjectNode answer = ClusterJson.mapper().createObjectNode();
    answer.put("cluster", own.cluster());
    answer.put("node", node.name());
    answer.put("address", address);
    ObjectNode peers = answer.putObject("peers");
    everyone.forEach((peer, where) -> {
      if (!peer.equals(node)) {
        peers.put(peer.name(), where);
      }
    });
    ObjectNode links = answer.putObject("links");
    own.furtherLinks()
        .forEach((peer, further) -> further.forEach(links.withArray(peer.name())::add));
    own.witnesses().forEach(w -> answer.withArray("witnesses").add(w.name()));
    return answer;
  }

  /// One at a time: a founder's seat is free until it is taken.
  private synchronized void grant(NodeId node, ObjectNode answer) {
    LogSeat seat = seats.apply(node);
    SecretStore.Grant grant = certificates.grant(node, answer.path("address").asText());
    if (seat.founds()) {
      // Before the node is told, since it may found its log and be emptied without this node's
      // hearing of it; and not before there is something to tell.
      secrets.founders().take(node);
    }
    answer.put("authority", grant.credentials().authority());
    answer.put("certificate", grant.credentials().certificate());
    answer.put("key", grant.credentials().privateKey());
    answer.put("ringKey", grant.ringKey());
    answer.put("log", seat.number());
    answer.put("copies", seat.copies());
    answer.put("epoch", seat.epoch());
  }

  /// Asks a member to be admitted.
  ///
  /// @param check whether this machine can become what it is to be; the token is not used up before
  static Admission ask(JoinToken token, Consumer<Identity> check) {
    check.accept(ask(token, true).identity());
    return ask(token, false);
  }

  /// @param look whether nothing is to be handed out yet
  private static Admission ask(JoinToken token, boolean look) {
    ObjectNode body = ClusterJson.mapper().createObjectNode();
    body.put("token", token.secret()).put("look", look);
    String answer =
        MemberClient.post(
            pinned(token),
            token.host(),
            token.port(),
            "/v1/join",
            body.toString(),
            Duration.ofSeconds(15));
    try {
      JsonNode json = ClusterJson.mapper().readTree(answer);
      SortedMap<NodeId, String> peers = new TreeMap<>();
      for (Map.Entry<String, JsonNode> peer : json.path("peers").properties()) {
        peers.put(new NodeId(peer.getKey()), peer.getValue().asText());
      }
      SortedMap<NodeId, List<String>> links = new TreeMap<>();
      for (Map.Entry<String, JsonNode> node : json.path("links").properties()) {
        links.put(
            new NodeId(node.getKey()),
            node.getValue().valueStream().map(JsonNode::asText).toList());
      }
      SortedSet<NodeId> witnesses = new TreeSet<>();
      json.path("witnesses").valueStream().forEach(w -> witnesses.add(new NodeId(w.asText())));
      return new Admission(
          new Identity(
              json.path("cluster").asText(),
              new NodeId(json.path("node").asText()),
              json.path("address").asText(),
              peers,
              links,
              witnesses),
          new SecretStore.Grant(
              new Credentials(
                  json.path("authority").asText(),
                  json.path("certificate").asText(),
                  json.path("key").asText()),
              json.path("ringKey").asText()),
          new LogSeat(
              json.path("log").asInt(),
              json.path("copies").asLong(),
              json.path("epoch").asLong(1)));
    } catch (IOException | IllegalArgumentException e) {
      throw HactlError.failed(
          token.host() + " answered something that is not understood (" + e.getMessage() + ")",
          "do both nodes run the same version?");
    }
  }

  private static SSLContext pinned(JoinToken token) {
    byte[] expected = Base64.getUrlDecoder().decode(token.fingerprint());
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(null, new TrustManager[] {new Pinned(expected)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Trusts what the authority with this fingerprint has signed.
  private static final class Pinned implements X509TrustManager {
    private final byte[] expected;

    Pinned(byte[] expected) {
      this.expected = expected;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind)
        throws CertificateException {
      X509Certificate authority = chain[chain.length - 1];
      if (!MessageDigest.isEqual(SecretStore.fingerprint(authority), expected)) {
        throw new CertificateException("its cluster is another one than the token's");
      }
      try {
        chain[0].checkValidity();
        chain[0].verify(authority.getPublicKey());
      } catch (GeneralSecurityException e) {
        throw new CertificateException("its certificate is not good: " + e.getMessage(), e);
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind)
        throws CertificateException {
      throw new CertificateException("not a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
