package dev.quorate.consensus.tls;

import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What a certificate says that people want to know.
///
/// @param name of the node
/// @param serial its number, in hexadecimal digits
/// @param from it is not valid before
/// @param until it is not valid after
public record NodeCertificate(String name, String serial, Instant from, Instant until) {
  private static final String COMMON_NAME = "CN=";

  /// Reads it.
  public static NodeCertificate of(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    return new NodeCertificate(
        subject.startsWith(COMMON_NAME) ? subject.substring(COMMON_NAME.length()) : subject,
        certificate.getSerialNumber().toString(16),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant());
  }

  /// The moment from which it is to be renewed: two thirds of its life.
  public Instant renewFrom() {
    return from.plus(Duration.between(from, until).multipliedBy(2).dividedBy(3));
  }

  /// Why the clock of this machine must be wrong; empty if it may be right. It is wrong before this
  /// certificate was made, and when the authority, which is older, cannot be valid any more.
  public Optional<String> wrongClock(Instant now) {
    return now.isBefore(from) || now.isAfter(from.plus(ClusterAuthority.AUTHORITY_LIFETIME))
        ? unusable(now)
        : Optional.empty();
  }

  /// Why it cannot be used at this moment by this machine's clock; empty if it can.
  public Optional<String> unusable(Instant now) {
    if (now.isBefore(from)) {
      return Optional.of(
          "the clock of this machine says %s, and the certificate of %s is valid from %s on"
              .formatted(now, name, from));
    }
    return now.isAfter(until)
        ? Optional.of(
            "the certificate of %s expired at %s, and the clock of this machine says %s"
                .formatted(name, until, now))
        : Optional.empty();
  }

  /// Whether a certificate is for the host of this name or address.
  public static boolean names(X509Certificate certificate, String host) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream().anyMatch(name -> same(String.valueOf(name.get(1)), host));
    } catch (CertificateParsingException e) {
      throw new TlsException("a certificate cannot be read", e);
    }
  }

  /// One address may be written in several ways.
  private static boolean same(String named, String host) {
    try {
      return named.equals(host) || InetAddress.ofLiteral(named).equals(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// The first 16 hexadecimal digits of a certificate's SHA-256: enough to tell authorities apart.
  public static String shortFingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (GeneralSecurityException e) {
      throw new TlsException("a certificate cannot be encoded", e);
    }
  }
}
