package dev.quorate.daemon.core;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.List;

/// The times that the brain of a node goes by.
///
/// @param bootstrapVoters who votes as long as the log has not said it
/// @param quorumBound how long the log may be silent while the ring still holds a majority
/// @param startupBound how long after the daemon's start a quorum may take before what runs here is
///   stopped
/// @param grace how long a daemon may be gone while its node lives
/// @param resend after which an unsettled proposal is proposed again
/// @param electionDeadline how long votes are waited for
/// @param review how often a leader looks whether it should make room for another
/// @param probeAgain how often the kernel of a node without a daemon is asked again
/// @param emergencyStop how long an emergency stop may take
/// @param leaveWait how long a node that has left waits for others that are leaving too
public record NodeSettings(
    List<NodeId> bootstrapVoters,
    Duration quorumBound,
    Duration startupBound,
    Duration grace,
    Duration resend,
    Duration electionDeadline,
    Duration review,
    Duration probeAgain,
    Duration emergencyStop,
    Duration leaveWait) {
  /// Copies the list.
  public NodeSettings {
    bootstrapVoters = List.copyOf(bootstrapVoters);
  }

  /// The defaults.
  public static NodeSettings defaults(List<NodeId> bootstrapVoters) {
    return new NodeSettings(
        bootstrapVoters,
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(10),
        Duration.ofMillis(150),
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(20),
        Duration.ofSeconds(5));
  }
}
