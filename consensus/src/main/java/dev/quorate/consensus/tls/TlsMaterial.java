package dev.quorate.consensus.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// A node's key, certificate and trusted authorities, ready for TLS.
public final class TlsMaterial {
  private static final char[] NO_PASSWORD = new char[0];

  private final KeyManager keyManager;
  private final TrustManager trustManager;

  private TlsMaterial(KeyManager keyManager, TrustManager trustManager) {
    this.keyManager = keyManager;
    this.trustManager = trustManager;
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
    try {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, NO_PASSWORD);
      own.setKeyEntry("node", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, NO_PASSWORD);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, NO_PASSWORD);
      for (int i = 0; i < authorities.size(); i++) {
        trusted.setCertificateEntry("authority" + i, authorities.get(i));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      return new TlsMaterial(keys.getKeyManagers()[0], trust.getTrustManagers()[0]);
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsException("key and certificate cannot be used: " + e.getMessage(), e);
    }
  }

  /// Presents the node's certificate.
  public KeyManager keyManager() {
    return keyManager;
  }

  /// Trusts the cluster's authorities, and nobody else.
  public TrustManager trustManager() {
    return trustManager;
  }

  /// A context for TLS 1.3 with both.
  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {keyManager}, new TrustManager[] {trustManager}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new TlsException("TLS 1.3 is not to be had: " + e.getMessage(), e);
    }
  }

  static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
  }

  static List<X509Certificate> certificates(String where, String pem) {
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
