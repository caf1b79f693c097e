package dev.quorate.consensus.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// A node's key, certificate and trusted authorities, ready for TLS.
public final class TlsMaterial {
  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final X509ExtendedTrustManager trust;

  private TlsMaterial(List<X509Certificate> chain, PrivateKey key, X509ExtendedTrustManager trust) {
    this.chain = List.copyOf(chain);
    this.key = key;
    this.trust = trust;
  }

  /// Reads three PEM files.
  ///
  /// @param authority the certificates to trust
  /// @param certificate the node's certificate
  /// @param privateKey the node's private key, PKCS #8
  /// @throws TlsException if one cannot be read or they do not fit; the message names the file
  public static TlsMaterial load(Path authority, Path certificate, Path privateKey) {
    return of(
        certificates(authority.toString(), read(authority)),
        certificates(certificate.toString(), read(certificate)),
        privateKey(privateKey.toString(), read(privateKey)));
  }

  /// Reads PEM text.
  ///
  /// @throws TlsException if it is not what it should be
  public static TlsMaterial of(Credentials credentials) {
    return of(
        certificates("the authority's certificate", credentials.authority()),
        certificates("the node's certificate", credentials.certificate()),
        privateKey("the node's key", credentials.privateKey()));
  }

  private static TlsMaterial of(
      List<X509Certificate> authorities, List<X509Certificate> chain, PrivateKey key) {
    requirePair(chain.getFirst(), key);
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, new char[0]);
      for (int i = 0; i < authorities.size(); i++) {
        trusted.setCertificateEntry("authority" + i, authorities.get(i));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      return new TlsMaterial(chain, key, (X509ExtendedTrustManager) trust.getTrustManagers()[0]);
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsException("key and certificate cannot be used: " + e.getMessage(), e);
    }
  }

  private static void requirePair(X509Certificate certificate, PrivateKey key) {
    byte[] text = {1, 2, 3};
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      if (!signature.verify(signed)) {
        throw new TlsException("the key does not belong to the certificate");
      }
    } catch (GeneralSecurityException e) {
      throw new TlsException("key and certificate cannot be used: " + e.getMessage(), e);
    }
  }

  /// The node's certificate, and those that lead to an authority.
  public List<X509Certificate> chain() {
    return chain;
  }

  /// The authorities that are trusted.
  public List<X509Certificate> authorities() {
    return List.of(trust.getAcceptedIssuers());
  }

  PrivateKey key() {
    return key;
  }

  X509ExtendedTrustManager trust() {
    return trust;
  }

  static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
  }

  /// The certificates in a PEM text.
  ///
  /// @param where what is named if there are none
  /// @throws TlsException if there are none
  public static List<X509Certificate> certificates(String where, String pem) {
    List<X509Certificate> result = new ArrayList<>();
    for (byte[] der : Pem.contents("CERTIFICATE", pem)) {
      try {
        result.add(certificate(der));
      } catch (GeneralSecurityException e) {
        throw new TlsException(where + " is not a certificate: " + e.getMessage(), e);
      }
    }
    if (result.isEmpty()) {
      throw new TlsException(where + " holds no certificate in PEM form");
    }
    return result;
  }

  static PrivateKey privateKey(String where, String pem) {
    List<byte[]> keys = Pem.contents("PRIVATE KEY", pem);
    if (keys.size() != 1) {
      throw new TlsException(where + " holds " + keys.size() + " private keys in PEM form, not 1");
    }
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst()));
    } catch (GeneralSecurityException e) {
      throw new TlsException(where + " is not an EC private key: " + e.getMessage(), e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new TlsException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
