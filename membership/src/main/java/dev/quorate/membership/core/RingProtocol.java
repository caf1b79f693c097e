package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A node of a Totem single ring.
public final class RingProtocol {
  private final Member self;
  private final MembershipConfig config;

  /// Makes a node that has not started.
  ///
  /// @param peers the nodes of the cluster; this node may be among them
  /// @param ringSequence the last persisted ring sequence, 0 on a new node
  public RingProtocol(MembershipConfig config, Member self, List<NodeId> peers, long ringSequence) {
    this.self = self;
    this.config = config;
  }

  /// Handles one event and says what follows from it.
  public List<RingEffect> handle(Instant now, RingEvent event) {
    return List.of();
  }

  /// What the node is doing.
  public RingState state() {
    return RingState.STOPPED;
  }

  /// The view that is installed, if there was one yet.
  public Optional<View> view() {
    return Optional.empty();
  }

  @Override
  public String toString() {
    return self + " " + config;
  }
}
