package dev.quorate.daemon;

import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.consensus.tls.NodeCertificate;
import dev.quorate.consensus.tls.RevokedNodes;
import dev.quorate.consensus.tls.TlsException;
import dev.quorate.consensus.tls.TlsMaterial;
import dev.quorate.daemon.secrets.CertificateStore;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.daemon.secrets.SecretsException;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.CertificateTrust;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys and certificates that this node uses at this moment, on all its ports, and whose
/// certificates it accepts: as its files have them, and as the cluster has agreed since.
///
/// What the cluster agreed on is remembered on disk, since a node that reads its log again after a
/// restart must neither go back to an older authority nor speak to a node that was shut out.
final class NodeCertificates {
  private static final Logger log = LoggerFactory.getLogger(NodeCertificates.class);

  private final CertificateStore store;
  private Optional<LiveTls> live = Optional.empty();
  private CertificateTrust agreed = CertificateTrust.FOUNDED;
  private String unstored = "";

  NodeCertificates(SecretStore secrets) {
    this.store = secrets.certificates();
  }

  /// What connections use; its content changes, the object does not.
  synchronized LiveTls tls() {
    if (live.isEmpty()) {
      LiveTls first = new LiveTls(store.load());
      agreed = remembered();
      first.refuse(revoked(agreed));
      live = Optional.of(first);
    }
    return live.get();
  }

  /// The node belongs to no cluster any more, or to another.
  synchronized void forget() {
    live = Optional.empty();
    agreed = CertificateTrust.FOUNDED;
  }

  private CertificateTrust remembered() {
    Optional<String> text = store.agreed();
    if (text.isEmpty()) {
      return CertificateTrust.FOUNDED;
    }
    try {
      return ClusterJson.mapper().readValue(text.get(), CertificateTrust.class);
    } catch (IOException e) {
      throw new SecretsException(
          "trust.json beside the keys of this node is damaged: remove it, the log has its content",
          e);
    }
  }

  /// What the cluster agreed on last.
  synchronized CertificateTrust agreed() {
    return agreed;
  }

  /// Follows what the cluster has agreed on. What cannot be stored is tried again the next time;
  /// revocations count at once.
  ///
  /// @return whether this was news
  synchronized boolean follow(CertificateTrust trust) {
    LiveTls tls = tls();
    if (trust.version() <= agreed.version()) {
      return false;
    }
    try {
      if (!trust.authorities().isEmpty() && !trust.authorities().equals(agreed.authorities())) {
        store.trust(trust.authorities());
        store.promote(
            TlsMaterial.certificates("the authority", trust.authorities().getFirst()).getFirst(),
            Instant.now());
        tls.use(store.load());
      }
      store.remember(ClusterJson.mapper().writeValueAsString(trust));
    } catch (IOException | TlsException | SecretsException e) {
      return followRevocations(tls, trust, String.valueOf(e.getMessage()));
    }
    unstored = "";
    agreed = trust;
    tls.refuse(revoked(trust));
    return true;
  }

  /// Why what was agreed on last could not be followed; empty if it is.
  synchronized Optional<String> unstored() {
    return unstored.isEmpty() ? Optional.empty() : Optional.of(unstored);
  }

  /// Who is shut out is shut out at once; the rest stays to be followed, with the version before.
  private boolean followRevocations(LiveTls tls, CertificateTrust trust, String reason) {
    if (!unstored.equals(reason)) {
      unstored = reason;
      log.atError()
          .addKeyValue("code", "HA-CERT-020")
          .addKeyValue("reason", reason)
          .log("what the cluster agreed on about certificates cannot be stored");
    }
    if (trust.revoked().equals(agreed.revoked())) {
      return false;
    }
    agreed =
        new CertificateTrust(
            agreed.version(), agreed.authorities(), agreed.bridge(), trust.revoked());
    tls.refuse(revoked(agreed));
    return true;
  }

  private static RevokedNodes revoked(CertificateTrust trust) {
    SortedMap<NodeId, List<String>> admitted = new TreeMap<>();
    trust.revoked().forEach((node, revocation) -> admitted.put(node, revocation.admitted()));
    return new RevokedNodes(admitted);
  }

  /// Takes on a key and a certificate, if others will accept them; else all stays as it is.
  ///
  /// @throws TlsException saying why not
  synchronized void adopt(NodeId self, String chain, String key, Instant now) {
    TlsMaterial next = store.with(chain, key);
    NodeCertificate leaf = NodeCertificate.of(next.chain().getFirst());
    leaf.unusable(now)
        .ifPresent(reason -> {
          throw new TlsException(reason);
        });
    if (!leaf.name().equals(self.name())) {
      throw new TlsException("the new certificate is that of " + leaf.name() + ", not " + self);
    }
    new LiveTls(next)
        .refusal(next.chain().toArray(X509Certificate[]::new))
        .ifPresent(reason -> {
          throw new TlsException("the new certificate would not be accepted: " + reason);
        });
    store.exchange(chain, key);
    tls().use(store.load());
    log.atInfo()
        .addKeyValue("target", leaf.serial())
        .addKeyValue("reason", "valid until " + leaf.until())
        .log("new certificate in use");
  }

  /// The certificate that the node shows.
  NodeCertificate own() {
    return NodeCertificate.of(tls().material().chain().getFirst());
  }

  /// With a clock that is off so far this node would take nobody's certificate, and nobody its own.
  ///
  /// @throws StartFailure saying what the clock says
  void requireTime(Instant now) {
    own()
        .wrongClock(now)
        .ifPresent(reason -> {
          throw new StartFailure(
              StartFailure.UNAVAILABLE,
              reason + ": set the clock ('timedatectl set-time', or a time service)");
        });
  }

  /// Whether others that connect to this node at an address find it in its certificate.
  boolean names(String address) {
    return NodeCertificate.names(tls().material().chain().getFirst(), address);
  }

  /// Whether the authority that issues now has issued the node's certificate.
  boolean issuedByPresentAuthority() {
    return signed(TlsMaterial.certificates("ca.crt", store.authorities()).getFirst());
  }

  /// The authority that issued the node's certificate, by its short fingerprint; empty text if it
  /// is none of those that are trusted.
  String issuer() {
    return TlsMaterial.certificates("ca.crt", store.authorities()).stream()
        .filter(this::signed)
        .map(NodeCertificate::shortFingerprint)
        .findFirst()
        .orElse("");
  }

  /// The authorities that are trusted, by their short fingerprints, the one that issues first.
  List<String> trusted() {
    return TlsMaterial.certificates("ca.crt", store.authorities()).stream()
        .map(NodeCertificate::shortFingerprint)
        .toList();
  }

  private boolean signed(X509Certificate authority) {
    try {
      tls().material().chain().getFirst().verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}
