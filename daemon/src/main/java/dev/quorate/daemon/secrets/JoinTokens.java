package dev.quorate.daemon.secrets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The tokens that this node has given out, each as a digest. With each of them one node joins,
/// once: whoever shows a token has it for itself until the join has come to something, and only one
/// that succeeds uses it up.
final class JoinTokens {
  private static final Duration LIFETIME = Duration.ofHours(24);

  private final Path file;
  private final TreeSet<String> claimed = new TreeSet<>();

  JoinTokens(Path file) {
    this.file = file;
  }

  /// Lets a node join with this secret within a day.
  synchronized void add(String secret, String node, Instant now) throws IOException {
    List<String> tokens = new ArrayList<>(lines(now));
    tokens.add(digest(secret) + " " + node + " " + now.plus(LIFETIME));
    write(tokens);
  }

  /// Takes a token for one attempt to join.
  ///
  /// @return empty if it is not good, or somebody else has it just now
  synchronized Optional<TokenClaim> claim(String secret, Instant now) {
    String digest = digest(secret);
    for (String line : lines(now)) {
      String[] parts = line.split(" ", -1);
      boolean same =
          MessageDigest.isEqual(
              parts[0].getBytes(StandardCharsets.US_ASCII),
              digest.getBytes(StandardCharsets.US_ASCII));
      if (same) {
        return claimed.add(digest)
            ? Optional.of(new TokenClaim(parts[1], () -> spend(digest, now), () -> drop(digest)))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private synchronized void spend(String digest, Instant now) {
    try {
      write(lines(now).stream().filter(line -> !line.startsWith(digest + " ")).toList());
    } catch (IOException e) {
      throw new SecretsException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private synchronized void drop(String digest) {
    claimed.remove(digest);
  }

  private void write(List<String> tokens) throws IOException {
    SecretStore.write(file, String.join("\n", tokens) + "\n");
  }

  private List<String> lines(Instant now) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.split(" ", -1).length == 3)
          .filter(line -> Instant.parse(line.split(" ", -1)[2]).isAfter(now))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new SecretsException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String digest(String secret) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
