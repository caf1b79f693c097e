package dev.quorate.consensus.tls;

import dev.quorate.membership.NodeId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/// A node's wish to have its public key signed, with the proof that it holds the private one. The
/// private key never leaves the node.
///
/// @param node whose key it is
/// @param publicKey in base 64
/// @param proof the signature of both by the private key, in base 64
public record SigningRequest(NodeId node, String publicKey, String proof) {
  private static final String ALGORITHM = "SHA256withECDSA";

  /// A request, and the key that it is about.
  public static final class Prepared {
    private final SigningRequest request;
    private final KeyPair keys;

    private Prepared(SigningRequest request, KeyPair keys) {
      this.request = request;
      this.keys = keys;
    }

    /// What is sent.
    public SigningRequest request() {
      return request;
    }

    /// What stays: a secret.
    public String privateKeyPem() {
      return Pem.armour("PRIVATE KEY", keys.getPrivate().getEncoded());
    }
  }

  /// Makes a new key and the request for it.
  public static Prepared prepare(NodeId node) {
    try {
      KeyPair keys = ClusterAuthority.newKeys();
      String text = Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(keys.getPrivate());
      signature.update(signed(node, text));
      String proof = Base64.getEncoder().encodeToString(signature.sign());
      return new Prepared(new SigningRequest(node, text, proof), keys);
    } catch (GeneralSecurityException e) {
      throw new TlsException("cannot make a key: " + e.getMessage(), e);
    }
  }

  /// The key, if the proof is good.
  ///
  /// @throws TlsException if it is not
  PublicKey verified() {
    try {
      byte[] encoded = Base64.getDecoder().decode(publicKey);
      PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(signed(node, publicKey));
      if (!signature.verify(Base64.getDecoder().decode(proof))) {
        throw new TlsException("the request is not signed by the key that it is about");
      }
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new TlsException("the request holds no usable key: " + e.getMessage(), e);
    }
  }

  private static byte[] signed(NodeId node, String publicKey) {
    return ("quorate certificate\n" + node.name() + "\n" + publicKey)
        .getBytes(StandardCharsets.UTF_8);
  }
}
