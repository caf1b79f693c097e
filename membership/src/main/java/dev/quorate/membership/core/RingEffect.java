package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Everything a [RingProtocol] can ask of its driver, to be carried out in list order: what is to
/// be persisted is durable before anything that follows it in the list leaves the node.
public sealed interface RingEffect {
  /// Send a packet to each of these nodes. It may be lost.
  record Send(List<NodeId> to, RingPacket packet, Care care) implements RingEffect {
    /// Copies the receivers.
    public Send {
      to = List.copyOf(to);
    }

    /// Sends a packet by every link.
    Send(List<NodeId> to, RingPacket packet) {
      this(to, packet, Care.EVERY_LINK);
    }
  }

  /// How much is done so that a packet arrives, where there are several links to a node.
  enum Care {
    /// The best link is enough: what is lost is asked for.
    ONE_LINK,
    /// A copy takes every link.
    EVERY_LINK
  }

  /// Arm the timer of this kind, replacing an earlier deadline.
  record SetTimer(TimerId timer, Instant deadline) implements RingEffect {}

  /// The timer of this kind is not needed for now; its fire would be ignored.
  record CancelTimer(TimerId.Kind kind) implements RingEffect {}

  /// Write the ring sequence to disk, so that it survives this node and is never used twice.
  record Persist(long ringSequence) implements RingEffect {}

  /// Hand up a message in the ring's total order.
  record Deliver(RingId ring, NodeId sender, Payload payload) implements RingEffect {}

  /// Hand up a new view. Messages of earlier rings are never delivered after it.
  ///
  /// @param left nodes of the previous view that said they were leaving
  record InstallView(View view, List<NodeId> left) implements RingEffect {
    /// Copies the nodes.
    public InstallView {
      left = List.copyOf(left);
    }
  }

  /// This node did not run for about this long.
  record Paused(Duration howLong) implements RingEffect {}

  /// A message cannot be taken.
  record Refused(Payload payload, Refusal reason) implements RingEffect {}

  /// A member was given up while gathering.
  record Suspected(Member member, String reason) implements RingEffect {}

  /// The machine changed its state.
  record StateEntered(RingState state, String reason) implements RingEffect {}

  /// The farewell is said; the driver may close.
  record Left() implements RingEffect {}

  /// Why a message is refused.
  enum Refusal {
    /// Too many messages wait for the token.
    QUEUE_FULL,
    /// The payload is larger than [dev.quorate.membership.MembershipConfig#MAX_MESSAGE].
    TOO_LARGE,
    /// The node has left, or not started.
    NOT_RUNNING
  }
}
