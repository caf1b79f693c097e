package dev.quorate.daemon.secrets;

import dev.quorate.consensus.tls.ClusterAuthority;
import dev.quorate.consensus.tls.Credentials;
import dev.quorate.consensus.tls.SigningRequest;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The secrets of one node: `ca.crt`, `node.crt`, `node.key`, `ring.key`, and on the first node
/// `ca.key` and the tokens it has given out. The directory has mode 0700.
public final class SecretStore {
  private static final int RING_KEY_BYTES = 32;

  /// A random key has fewer different bytes once in some 10^30 times.
  private static final int FEWEST_BYTES = 12;

  private final Path directory;
  private final CertificateStore certificates;
  private final JoinTokens tokens;
  private final SecureRandom random = new SecureRandom();

  /// Keeps secrets in the directory.
  public SecretStore(Path directory) {
    this.directory = directory;
    this.certificates = new CertificateStore(directory);
    this.tokens = new JoinTokens(tokensFile());
  }

  /// Certificates and authorities.
  public CertificateStore certificates() {
    return certificates;
  }

  /// Which nodes were let in as founders.
  public FounderSeats founders() {
    return FounderSeats.in(directory);
  }

  private Path ringKeyFile() {
    return directory.resolve("ring.key");
  }

  /// Makes the secrets of a new cluster.
  public void found(String cluster, NodeId node, String address, Instant now) throws IOException {
    OwnerOnly.directory(directory);
    founders().forget();
    ClusterAuthority authority = ClusterAuthority.create(cluster, now);
    byte[] ring = newRingKey();
    write(certificates.authorityKeyFile(), authority.privateKeyPem());
    Credentials own = authority.issue(node, hosts(node, address), now);
    accept(
        new Grant(
            new Credentials(own.authority(), own.certificate() + own.authority(), own.privateKey()),
            HexFormat.of().formatHex(ring)));
  }

  /// Takes over what a member has handed out.
  public void accept(Grant grant) throws IOException {
    OwnerOnly.directory(directory);
    Credentials credentials = grant.credentials();
    write(certificates.authorityFile(), credentials.authority());
    write(certificates.keyFile(), credentials.privateKey());
    write(certificates.certificateFile(), credentials.certificate());
    write(ringKeyFile(), grant.ringKey() + "\n");
  }

  /// What a member hands to a newcomer. Secret: never printed by [#toString()].
  public record Grant(Credentials credentials, String ringKey) {
    @Override
    public String toString() {
      return "Grant[…]";
    }
  }

  /// Makes a newcomer's key and certificate. The issuing authority's certificate is the last of the
  /// chain, so that newcomers can compare its fingerprint.
  ///
  /// @param bridge leads from an older authority to the one that issues; may be empty
  public Grant grant(NodeId node, String address, String bridge, Instant now) {
    ClusterAuthority authority = certificates.issuing();
    Credentials issued = authority.issue(node, hosts(node, address), now);
    return new Grant(
        new Credentials(
            certificates.authorities(),
            issued.certificate() + bridge + issued.authority(),
            issued.privateKey()),
        read(ringKeyFile()).strip());
  }

  /// Signs the key that a member made for itself; the chain is as for a newcomer.
  ///
  /// @param addresses by which others reach it
  public String sign(SigningRequest request, List<String> addresses, String bridge, Instant now) {
    ClusterAuthority authority = certificates.issuing();
    List<String> hosts = new ArrayList<>(addresses);
    hosts.remove(request.node().name());
    hosts.addFirst(request.node().name());
    return authority.sign(request, hosts, now) + bridge + authority.certificatePem();
  }

  private static List<String> hosts(NodeId node, String address) {
    return address.equals(node.name()) ? List.of(address) : List.of(node.name(), address);
  }

  /// Whether this node can sign certificates.
  public boolean authority() {
    return certificates.authority();
  }

  /// Whether there are secrets at all.
  public boolean present() {
    return Files.exists(certificates.keyFile());
  }

  /// The keys of the ring by generation; two while they are exchanged. The file has a line for
  /// each, `GENERATION KEY`; a key alone is the first generation.
  public synchronized SortedMap<Integer, byte[]> ringKeys() {
    SortedMap<Integer, byte[]> keys = new TreeMap<>();
    requirePrivate(ringKeyFile());
    for (String line : read(ringKeyFile()).strip().lines().toList()) {
      String[] parts = line.strip().split("\\s+", -1);
      try {
        byte[] key = HexFormat.of().parseHex(parts[parts.length - 1]);
        if (parts.length <= 2 && key.length == RING_KEY_BYTES) {
          requireStrong(key);
          keys.put(parts.length == 2 ? Integer.parseInt(parts[0]) : 1, key);
          continue;
        }
      } catch (IllegalArgumentException e) {
        // It is reported below.
      }
      throw damaged();
    }
    if (keys.isEmpty() || keys.firstKey() < 1) {
      throw damaged();
    }
    return keys;
  }

  /// Who can read the key of the ring can speak in it.
  private static void requirePrivate(Path file) {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
      if (!OwnerOnly.MODE.containsAll(mode)) {
        throw new SecretsException(
            "%s can be read by others (%s): chmod 600 it, and exchange the key with 'hactl ring rekey'"
                .formatted(file, PosixFilePermissions.toString(mode)));
      }
    } catch (IOException e) {
      // That it cannot be read is reported by whoever reads it.
    }
  }

  /// A key that somebody made up: what a generator makes has some thirty different bytes.
  private void requireStrong(byte[] key) {
    int different = differentBytes(key);
    if (different < FEWEST_BYTES) {
      throw new SecretsException(
          "a key in %s is weak (%d different bytes in %d): put one there from 'openssl rand -hex 32', the same on all nodes"
              .formatted(ringKeyFile(), different, key.length));
    }
  }

  private static int differentBytes(byte[] key) {
    Set<Byte> different = new TreeSet<>();
    for (byte b : key) {
      different.add(b);
    }
    return different.size();
  }

  private SecretsException damaged() {
    return new SecretsException(
        ringKeyFile() + " is damaged: copy it from another node, it is the same on all of them");
  }

  /// Adds a key of the ring; what is sealed with the ones before still opens.
  ///
  /// @throws IllegalArgumentException if it is no key or a weak one, another of this generation, or
  ///   the third
  public synchronized void addRingKey(int generation, byte[] key) {
    SortedMap<Integer, byte[]> keys = ringKeys();
    byte[] known = keys.get(generation);
    if (known != null ? !MessageDigest.isEqual(known, key) : keys.size() > 1) {
      throw new IllegalArgumentException("another exchange of keys is not finished");
    }
    if (generation < 1 || key.length != RING_KEY_BYTES || differentBytes(key) < FEWEST_BYTES) {
      throw new IllegalArgumentException("not a key");
    }
    keys.put(generation, key);
    writeRingKeys(keys);
  }

  /// Forgets the keys before this generation, if it is there.
  public synchronized void retireRingKeys(int generation) {
    SortedMap<Integer, byte[]> keys = ringKeys();
    if (keys.containsKey(generation)) {
      writeRingKeys(keys.tailMap(generation));
    }
  }

  private void writeRingKeys(SortedMap<Integer, byte[]> keys) {
    StringBuilder text = new StringBuilder();
    keys.forEach((generation, key) ->
        text.append(generation).append(' ').append(HexFormat.of().formatHex(key)).append('\n'));
    try {
      write(ringKeyFile(), text.toString());
    } catch (IOException e) {
      throw new SecretsException("cannot write " + ringKeyFile() + ": " + e.getMessage(), e);
    }
  }

  /// A key that nobody has seen.
  public byte[] newRingKey() {
    byte[] key = new byte[RING_KEY_BYTES];
    random.nextBytes(key);
    return key;
  }

  /// A token with which the node may join once, within a day.
  public JoinToken newToken(String node, String host, int port, Instant now) {
    byte[] secret = new byte[16];
    random.nextBytes(secret);
    // So that it begins with a letter: '-' would make it an option.
    secret[0] &= 0x7f;
    try {
      JoinToken token = JoinToken.of(secret, fingerprint(certificates.authorityFile()), host, port);
      tokens.add(token.secret(), node, now);
      return token;
    } catch (IOException e) {
      throw new SecretsException("cannot write " + tokensFile() + ": " + e.getMessage(), e);
    }
  }

  /// Takes a token for one attempt to join; it is used up only by one that succeeds.
  ///
  /// @return empty if the token is not good, or another attempt is under way with it
  public Optional<TokenClaim> claim(String secret, Instant now) {
    return tokens.claim(secret, now);
  }

  /// The SHA-256 of a certificate.
  public static byte[] fingerprint(X509Certificate certificate) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] fingerprint(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return fingerprint(
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
    } catch (GeneralSecurityException e) {
      throw new SecretsException(file + " is not a certificate: restore it from another node", e);
    }
  }

  private Path tokensFile() {
    return directory.resolve("join-tokens");
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new SecretsException(
          file
              + " cannot be read ("
              + e.getClass().getSimpleName()
              + "): it must exist and belong to user "
              + System.getProperty("user.name"),
          e);
    }
  }

  static void write(Path file, String text) throws IOException {
    OwnerOnly.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
