package dev.quorate.daemon.core;

import dev.quorate.consensus.LogPosition;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.Intent;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything that a node can ask of its shell, to be carried out in list order.
public sealed interface NodeEffect {
  /// Propose a command. The same ticket is the same command: it must become the same command id, so
  /// that it is applied once however often it is proposed. Answered by `ProposalCommitted` or
  /// `ProposalUnsettled`.
  record Propose(long ticket, ClusterCommand command) implements NodeEffect {}

  /// A ticket is never proposed again, whatever became of it.
  record ForgetTicket(long ticket) implements NodeEffect {}

  /// Ask a peer whether it lives: connect to its admin port. Refused means `DAEMON_GONE`, the
  /// answer of a daemon that takes part means `ALIVE`; anything else within 150 ms means `SILENT`.
  record ProbePeer(NodeId peer, RingId ring) implements NodeEffect {}

  /// Open the resource's agent on this node, touching nothing.
  record OpenInstance(ResourceDefinition resource) implements NodeEffect {}

  /// Forget the resource on this node without stopping it.
  record CloseInstance(ResourceId resource) implements NodeEffect {}

  /// Write the intent to disk, then execute its operation.
  record RunOperation(Intent intent) implements NodeEffect {}

  /// Ask the instance what it is.
  record RunMonitor(ResourceId resource, LogPosition seen, Duration timeout)
      implements NodeEffect {}

  /// Stop the instance now, whatever it is doing.
  record EmergencyStop(ResourceId resource, Duration timeout) implements NodeEffect {}

  /// Write down that everything is being stopped, or no longer, so that the next run of the daemon
  /// in this boot is told.
  record RememberStop(boolean underWay) implements NodeEffect {}

  /// End this machine at once, whatever it is doing: cut its own power, or reset it.
  record EndSelf(String reason) implements NodeEffect {}

  /// Fence a node. Answered by `FencingFinished` with the same id.
  record Fence(String intentId, FencingRequest request) implements NodeEffect {}

  /// Give the leadership of the log to another voter.
  record TransferLeadership(NodeId to) implements NodeEffect {}

  /// Speak in the ring, or be as if the node were not there: send nothing, hear nothing, and give
  /// no sign of life to a peer that asks. It speaks at first.
  record SpeakInRing(boolean speaking) implements NodeEffect {}

  /// Arm a timer, replacing an earlier deadline of the same timer.
  record SetTimer(NodeTimer timer, Duration delay) implements NodeEffect {}

  /// Disarm a timer.
  record CancelTimer(NodeTimer timer) implements NodeEffect {}

  /// Tell the operator: one log line, and an entry of the node's event history.
  ///
  /// @param code of the runbook, or empty text
  record Notice(Level level, String code, String message, SortedMap<String, String> keys)
      implements NodeEffect {
    /// How loud.
    public enum Level {
      /// A change that an operator would tell a colleague.
      INFO,
      /// Degraded and self-healing.
      WARN,
      /// A human must act.
      ERROR
    }

    /// Copies the map.
    public Notice {
      keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
    }
  }

  /// This node has left cleanly: leave the ring, close the log, exit 0.
  record LeaveCluster() implements NodeEffect {}

  /// This node must not go on: exit non-zero at once, touching nothing.
  record FailStop(String reason) implements NodeEffect {}
}
