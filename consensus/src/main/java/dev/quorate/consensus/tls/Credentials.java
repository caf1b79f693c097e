package dev.quorate.consensus.tls;

/// What one node needs to speak within the cluster, as PEM text.
///
/// @param authority the certificates that are trusted
/// @param certificate the node's own certificate
/// @param privateKey the node's private key (PKCS #8), a secret: never printed
public record Credentials(String authority, String certificate, String privateKey) {
  @Override
  public String toString() {
    return "Credentials[private key withheld]";
  }
}
