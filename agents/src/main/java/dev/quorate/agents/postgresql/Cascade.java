package dev.quorate.agents.postgresql;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.Optional;

/// Whether the upstream that is declared for this node can be streamed from: the cluster says that
/// it is a standby that works, and it was reached when it was last tried.
final class Cascade {
  private static final long REST_NANOS = 30_000_000_000L;

  private final ResourceId resource;
  private final Optional<NodeId> declared;
  private volatile boolean left;
  private volatile long leftAt;

  Cascade(ResourceId resource, Optional<NodeId> declared) {
    this.resource = resource;
    this.declared = declared;
  }

  /// Whether there is one other than the primary.
  boolean isDeclared() {
    return declared.isPresent();
  }

  /// The upstream to stream from, if it can be.
  Optional<NodeId> upstream(ClusterState state) {
    boolean resting = left && System.nanoTime() - leftAt < REST_NANOS;
    return declared
        .filter(_ -> !resting)
        .filter(state::online)
        .filter(u ->
            state
                .instance(resource, u)
                .filter(i -> i.role() == Role.UNPROMOTED && i.certainty() == Certainty.KNOWN)
                .isPresent());
  }

  /// It cannot be reached: the primary is streamed from for a while.
  void leave() {
    left = true;
    leftAt = System.nanoTime();
  }
}
