package dev.quorate.daemon.secrets;

import dev.quorate.consensus.tls.ClusterAuthority;
import dev.quorate.consensus.tls.Credentials;
import dev.quorate.consensus.tls.TlsException;
import dev.quorate.consensus.tls.TlsMaterial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The certificates of one node and of the cluster's authorities, as PEM files: `ca.crt` (the
/// authorities that are trusted, the one that issues first), `node.crt`, `node.key`, `trust.json`
/// (what the cluster has agreed on last), and where the authority's key is, `ca.key`.
///
/// An exchange that is interrupted at any moment leaves the old or the new: what is to be used is
/// first written into one file, `node.next` or `ca.next`.
public final class CertificateStore {
  private final Path directory;

  CertificateStore(Path directory) {
    this.directory = directory;
  }

  Path authorityFile() {
    return directory.resolve("ca.crt");
  }

  Path certificateFile() {
    return directory.resolve("node.crt");
  }

  Path keyFile() {
    return directory.resolve("node.key");
  }

  Path authorityKeyFile() {
    return directory.resolve("ca.key");
  }

  private Path nextFile() {
    return directory.resolve("node.next");
  }

  private Path successorFile() {
    return directory.resolve("ca.next");
  }

  private Path agreedFile() {
    return directory.resolve("trust.json");
  }

  /// Whether this node can issue certificates.
  public boolean authority() {
    return Files.exists(authorityKeyFile());
  }

  /// What the node shows and trusts. Finishes an exchange that was interrupted.
  ///
  /// @throws SecretsException if it cannot be used; the message names the file and the remedy
  public synchronized TlsMaterial load() {
    try {
      if (Files.exists(nextFile())) {
        put(SecretStore.read(nextFile()));
      }
      return TlsMaterial.load(authorityFile(), certificateFile(), keyFile());
    } catch (TlsException | IOException e) {
      throw new SecretsException(
          e.getMessage()
              + ": restore it, or remove "
              + directory
              + ", start quorated and join again with a token of 'hactl cluster token' on the first"
              + " node",
          e);
    }
  }

  /// The authorities' certificates, as PEM.
  public String authorities() {
    return SecretStore.read(authorityFile());
  }

  /// The same with another key and certificate, not stored yet.
  ///
  /// @param chain the certificate, and those that lead to an authority
  /// @throws TlsException if they do not fit
  public TlsMaterial with(String chain, String key) {
    return TlsMaterial.of(new Credentials(authorities(), chain, key));
  }

  /// From now on this key and certificate are the node's.
  public synchronized void exchange(String chain, String key) {
    try {
      SecretStore.write(nextFile(), chain + key);
      put(chain + key);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void put(String both) throws IOException {
    int key = both.indexOf("-----BEGIN PRIVATE KEY-----");
    if (key > 0) {
      SecretStore.write(keyFile(), both.substring(key));
      SecretStore.write(certificateFile(), both.substring(0, key));
    }
    Files.delete(nextFile());
  }

  /// From now on these authorities are trusted.
  ///
  /// @throws TlsException if a text is no certificate
  public synchronized void trust(List<String> authorities) {
    String text = String.join("", authorities);
    TlsMaterial.certificates("the new authority", text);
    try {
      SecretStore.write(authorityFile(), text);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /// What the cluster agreed on last, as the daemon wrote it; empty if it wrote nothing yet.
  public Optional<String> agreed() {
    return Files.exists(agreedFile())
        ? Optional.of(SecretStore.read(agreedFile()))
        : Optional.empty();
  }

  /// Remembers what the cluster agreed on.
  public void remember(String agreed) {
    try {
      OwnerOnly.write(agreedFile(), agreed.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /// The authority that issues; only where its key is.
  public ClusterAuthority issuing() {
    return ClusterAuthority.load(authorities(), SecretStore.read(authorityKeyFile()));
  }

  /// The authority that is to come, made once.
  public synchronized ClusterAuthority.Successor successor(Instant now) {
    if (Files.exists(successorFile())) {
      String[] parts = SecretStore.read(successorFile()).split("#\n", -1);
      if (parts.length == 3) {
        return new ClusterAuthority.Successor(ClusterAuthority.load(parts[0], parts[1]), parts[2]);
      }
    }
    ClusterAuthority.Successor made = issuing().successor(now);
    ClusterAuthority next = made.authority();
    try {
      SecretStore.write(
          successorFile(),
          String.join("#\n", next.certificatePem(), next.privateKeyPem(), made.bridge()));
    } catch (IOException e) {
      throw unwritable(e);
    }
    return made;
  }

  /// The cluster has agreed on the authority that issues: if it is the one that was to come, its
  /// key is the one that signs.
  public synchronized void promote(X509Certificate issuing, Instant now) {
    if (!authority() || !Files.exists(successorFile())) {
      return;
    }
    ClusterAuthority next = successor(now).authority();
    String pem = next.certificatePem();
    try {
      if (TlsMaterial.certificates("successor", pem).getFirst().equals(issuing)) {
        SecretStore.write(authorityKeyFile(), next.privateKeyPem());
        Files.delete(successorFile());
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private SecretsException unwritable(IOException e) {
    return new SecretsException("cannot write in " + directory + ": " + e.getMessage(), e);
  }
}
