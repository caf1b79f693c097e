package dev.quorate.daemon.core;

import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogPosition;
import dev.quorate.fencing.FencingOutcome;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.resource.Absence;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.LastWrite;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.util.List;

/// Everything that can happen to a node.
public sealed interface NodeEvent {
  /// The daemon is up; the ring and the log have been started.
  ///
  /// @param state what the local log had applied when it was opened
  /// @param stopInterrupted whether an earlier run in this boot was stopping everything and did not
  ///   come to the end of it
  record Started(ClusterState state, boolean stopInterrupted) implements NodeEvent {}

  /// The ring agreed on a view.
  ///
  /// @param left members of the previous view that announced their leaving
  record ViewInstalled(View view, List<NodeId> left) implements NodeEvent {
    /// Copies the list.
    public ViewInstalled {
      left = List.copyOf(left);
    }
  }

  /// A peer's kernel was asked whether it lives.
  record PeerProbed(NodeId peer, RingId ring, Absence result) implements NodeEvent {}

  /// Leadership or quorum changed, or the log failed.
  record LogReported(LogEvent event) implements NodeEvent {}

  /// The local log applied entries; the state is the newest. Several entries may share one event.
  record StateApplied(ClusterState state) implements NodeEvent {}

  /// A proposal was committed and applied.
  record ProposalCommitted(long ticket, LogPosition position, CommandAnswer answer)
      implements NodeEvent {}

  /// A proposal failed, or nobody knows.
  record ProposalUnsettled(long ticket, String reason) implements NodeEvent {}

  /// An operation that [NodeEffect.RunOperation] asked for has ended.
  record OperationFinished(String intentId, OperationResult result) implements NodeEvent {}

  /// A monitor that [NodeEffect.RunMonitor] asked for has ended.
  record MonitorFinished(ResourceId resource, LogPosition seen, OperationResult result)
      implements NodeEvent {}

  /// An agent says that a monitor is worth running now.
  record MonitorWanted(ResourceId resource) implements NodeEvent {}

  /// An agent proposes a command.
  record AgentProposed(ClusterCommand command) implements NodeEvent {}

  /// The ring carried how far the primary of a resource has written: evidence.
  record WriteHeard(ResourceId resource, LastWrite write) implements NodeEvent {}

  /// A fencing that [NodeEffect.Fence] asked for has ended.
  record FencingFinished(String intentId, FencingOutcome outcome) implements NodeEvent {}

  /// A stop that [NodeEffect.EmergencyStop] asked for has ended.
  record EmergencyStopFinished(ResourceId resource, OperationResult result) implements NodeEvent {}

  /// The arbitration of two voters has come to something else.
  record PairStands(PairStanding standing) implements NodeEvent {}

  /// A timer has fired.
  record TimerFired(NodeTimer timer) implements NodeEvent {}

  /// The node did not run for a while.
  record Paused(Duration howLong) implements NodeEvent {}

  /// The operator wants this node to stop its resources and leave.
  record LeaveRequested() implements NodeEvent {}
}
