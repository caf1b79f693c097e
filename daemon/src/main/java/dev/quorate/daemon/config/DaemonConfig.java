package dev.quorate.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The configuration of one daemon, checked.
///
/// @param file where it was read from
/// @param identity absent as long as the node belongs to no cluster
/// @param logFreeBytes with less room the log stops; 0 for no bound
/// @param slowSync a disk that takes so long to keep what the log has written is slow
/// @param hangAfter a disk that has owed the log an answer for so long hangs; 0 if nothing follows
/// @param selfFence the program that ends this machine; empty for the usual one
public record DaemonConfig(
    Path file,
    Optional<Identity> identity,
    Ports ports,
    Path stateDirectory,
    Path runDirectory,
    String socketGroup,
    Timing timing,
    Ring ring,
    long logFreeBytes,
    Duration slowSync,
    Duration hangAfter,
    List<Path> fenceDirectories,
    List<String> selfFence,
    Promptness promptness,
    String logLevel,
    LogTarget logTarget,
    String bootId) {

  /// Where the daemon listens.
  public record Ports(int ring, int raft, int admin, int metrics) {}

  /// How the ring is tuned.
  ///
  /// @param tokenPerNode how much the token timeout grows with each node beyond three
  /// @param fragment how many bytes of a message go into one datagram
  public record Ring(Duration tokenPerNode, int fragment) {}

  /// How long the daemon waits for what.
  public record Timing(
      Duration token,
      Duration electionShortest,
      Duration quorumBound,
      Duration startupQuorumBound,
      Duration grace,
      Duration resend) {}

  /// What the kernel is asked for, to be on time.
  ///
  /// @param realTime whether threads are to be real-time where that is permitted
  /// @param lockMemory whether memory is to be locked where that is permitted
  public record Promptness(boolean realTime, boolean lockMemory) {}

  /// Copies the list.
  public DaemonConfig {
    fenceDirectories = List.copyOf(fenceDirectories);
    selfFence = List.copyOf(selfFence);
  }

  /// The socket on which `hactl` speaks to the daemon.
  public Path socket() {
    return runDirectory.resolve("quorate.sock");
  }

  /// Where keys and certificates are.
  public Path secretsDirectory() {
    return stateDirectory.resolve("secrets");
  }
}
