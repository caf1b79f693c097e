package dev.quorate.daemon.secrets;

import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/// Which nodes were let in as founders: as long as this node has not heard of anything that was
/// agreed on, nothing else tells it that one of them was here before.
public final class FounderSeats {
  private final Path file;

  private FounderSeats(Path file) {
    this.file = file;
  }

  /// Those that are written down among a node's secrets.
  public static FounderSeats in(Path secrets) {
    return new FounderSeats(secrets.resolve("founders"));
  }

  /// Whether the node was let in as a founder before.
  public boolean taken(NodeId node) {
    return names().contains(node.name());
  }

  /// Writes down that it is let in; durable when it returns.
  public synchronized void take(NodeId node) {
    Set<String> names = names();
    if (names.add(node.name())) {
      try {
        SecretStore.write(file, String.join("\n", names) + "\n");
      } catch (IOException e) {
        throw new SecretsException("cannot write " + file + ": " + e.getMessage(), e);
      }
    }
  }

  void forget() throws IOException {
    Files.deleteIfExists(file);
  }

  private Set<String> names() {
    try {
      return new TreeSet<>(Files.readAllLines(file));
    } catch (NoSuchFileException _) {
      return new TreeSet<>();
    } catch (IOException e) {
      throw new SecretsException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
