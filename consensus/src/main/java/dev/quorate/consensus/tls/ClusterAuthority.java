package dev.quorate.consensus.tls;

import dev.quorate.membership.NodeId;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/// The cluster's own certificate authority: made once, when the cluster is set up, to issue one
/// certificate per node. Keys are EC P-256, signatures ECDSA with SHA-256.
///
/// Whoever holds a certificate of this authority may speak as a member; so the authority serves one
/// cluster and nothing else.
public final class ClusterAuthority {
  static final Duration AUTHORITY_LIFETIME = Duration.ofDays(20 * 365);

  /// Renewed by itself after two thirds.
  static final Duration NODE_LIFETIME = Duration.ofDays(3 * 365);

  /// Certificates are valid from a little earlier, since clocks differ.
  private static final Duration CLOCK_DIFFERENCE = Duration.ofDays(1);

  private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+|.*:.*");
  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));

  private final X509Certificate certificate;
  private final PrivateKey key;

  private ClusterAuthority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /// Makes a new authority.
  public static ClusterAuthority create(String clusterName, Instant now) {
    try {
      KeyPair keys = newKeys();
      byte[] subject = name("Quorate cluster " + clusterName);
      byte[] body =
          body(subject, subject, keys.getPublic(), now, AUTHORITY_LIFETIME, ofAuthority(keys, 1));
      return new ClusterAuthority(
          TlsMaterial.certificate(sign(body, keys.getPrivate())), keys.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new TlsException("cannot make a certificate authority: " + e.getMessage(), e);
    }
  }

  private static byte[] ofAuthority(KeyPair keys, int below) throws GeneralSecurityException {
    return Der.sequence(
        critical("2.5.29.19", Der.sequence(Der.bool(true), Der.integer(BigInteger.valueOf(below)))),
        critical("2.5.29.15", Der.bits(new byte[] {0x06}, 1)),
        extension("2.5.29.14", Der.octets(keyIdentifier(keys.getPublic()))));
  }

  /// Reads an authority back.
  ///
  /// @throws TlsException if the texts are no certificate and key
  public static ClusterAuthority load(String certificatePem, String privateKeyPem) {
    return new ClusterAuthority(
        TlsMaterial.certificates("the authority's certificate", certificatePem).getFirst(),
        TlsMaterial.privateKey("the authority's key", privateKeyPem));
  }

  /// An authority that is to take the place of another.
  ///
  /// @param bridge the older one's word for it, as PEM: who trusts only the older one can follow a
  ///   chain by way of it
  public record Successor(ClusterAuthority authority, String bridge) {}

  /// Makes the authority that comes after this one.
  public Successor successor(Instant now) {
    requireOwnTime(now);
    try {
      KeyPair keys = newKeys();
      String old = NodeCertificate.of(certificate).name();
      byte[] subject = name(old.replaceFirst(" \\([0-9a-f]{8}\\)$", "") + mark(keys));
      byte[] body =
          body(subject, subject, keys.getPublic(), now, AUTHORITY_LIFETIME, ofAuthority(keys, 1));
      byte[] bridge =
          body(
              certificate.getSubjectX500Principal().getEncoded(),
              subject,
              keys.getPublic(),
              now,
              AUTHORITY_LIFETIME,
              ofAuthority(keys, 0));
      return new Successor(
          new ClusterAuthority(
              TlsMaterial.certificate(sign(body, keys.getPrivate())), keys.getPrivate()),
          Pem.armour("CERTIFICATE", sign(bridge, key)));
    } catch (GeneralSecurityException e) {
      throw new TlsException("cannot make a certificate authority: " + e.getMessage(), e);
    }
  }

  /// Authorities of one cluster have different names, so that nobody confuses their signatures.
  private static String mark(KeyPair keys) throws GeneralSecurityException {
    return " (" + HexFormat.of().formatHex(keyIdentifier(keys.getPublic()), 0, 4) + ")";
  }

  private void requireOwnTime(Instant now) {
    NodeCertificate own = NodeCertificate.of(certificate);
    own.unusable(now)
        .ifPresent(reason -> {
          throw new TlsException(reason + ": set the clock before certificates are issued");
        });
  }

  /// Issues a certificate for a node, and makes its key.
  ///
  /// @param hosts the names and addresses by which others reach the node
  public Credentials issue(NodeId node, List<String> hosts, Instant now) {
    SigningRequest.Prepared prepared = SigningRequest.prepare(node);
    return new Credentials(
        certificatePem(), sign(prepared.request(), hosts, now), prepared.privateKeyPem());
  }

  /// Issues a certificate for a key that a node has made.
  ///
  /// @param hosts the names and addresses by which others reach the node
  /// @return the certificate as PEM
  /// @throws TlsException if the request is not good, or the clock is not within the authority's
  ///   life
  public String sign(SigningRequest request, List<String> hosts, Instant now) {
    requireOwnTime(now);
    NodeId node = request.node();
    try {
      List<byte[]> names = new ArrayList<>();
      for (String host : hosts) {
        names.add(alternativeName(host));
      }
      byte[] extensions =
          Der.sequence(
              critical("2.5.29.15", Der.bits(new byte[] {(byte) 0x80}, 7)),
              extension(
                  "2.5.29.37",
                  Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"), Der.oid("1.3.6.1.5.5.7.3.2"))),
              extension("2.5.29.17", Der.sequence(names.toArray(byte[][]::new))),
              extension(
                  "2.5.29.35",
                  Der.sequence(Der.implicit(0, keyIdentifier(certificate.getPublicKey())))));
      X500Principal issuer = certificate.getSubjectX500Principal();
      byte[] body =
          body(
              issuer.getEncoded(),
              name(node.name()),
              request.verified(),
              now,
              NODE_LIFETIME,
              extensions);
      return Pem.armour("CERTIFICATE", sign(body, key));
    } catch (GeneralSecurityException e) {
      throw new TlsException("cannot issue a certificate for " + node + ": " + e.getMessage(), e);
    }
  }

  /// The authority's certificate: what every node trusts.
  public String certificatePem() {
    try {
      return Pem.armour("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new TlsException("cannot encode the authority's certificate", e);
    }
  }

  /// The authority's private key: a secret, needed only to issue further certificates.
  public String privateKeyPem() {
    return Pem.armour("PRIVATE KEY", key.getEncoded());
  }

  static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static byte[] body(
      byte[] issuer,
      byte[] subject,
      PublicKey publicKey,
      Instant now,
      Duration lifetime,
      byte[] extensions) {
    Instant from = now.minus(CLOCK_DIFFERENCE);
    BigInteger serial = new BigInteger(127, new SecureRandom()).setBit(126);
    return Der.sequence(
        Der.explicit(0, Der.integer(BigInteger.TWO)),
        Der.integer(serial),
        ECDSA_WITH_SHA256,
        issuer,
        Der.sequence(Der.time(from), Der.time(from.plus(lifetime))),
        subject,
        publicKey.getEncoded(),
        Der.explicit(3, extensions));
  }

  private static byte[] sign(byte[] body, PrivateKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(body);
    return Der.sequence(body, ECDSA_WITH_SHA256, Der.bits(signature.sign(), 0));
  }

  private static byte[] name(String commonName) {
    return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(commonName))));
  }

  private static byte[] extension(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.octets(value));
  }

  private static byte[] critical(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value));
  }

  private static byte[] keyIdentifier(PublicKey key) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
    return Arrays.copyOf(digest, 20);
  }

  private static byte[] alternativeName(String host) {
    if (!ADDRESS.matcher(host).matches()) {
      return Der.implicit(2, host.getBytes(StandardCharsets.US_ASCII));
    }
    try {
      return Der.implicit(7, InetAddress.ofLiteral(host).getAddress());
    } catch (IllegalArgumentException e) {
      throw new TlsException("'" + host + "' is neither a host name nor an address", e);
    }
  }
}
