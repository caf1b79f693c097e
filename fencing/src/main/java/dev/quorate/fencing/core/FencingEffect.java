package dev.quorate.fencing.core;

import dev.quorate.fencing.FenceAgentCall;
import dev.quorate.fencing.FencingHistoryEntry;
import dev.quorate.fencing.FencingOutcome;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.membership.NodeId;
import java.time.Instant;

/// Everything that a [FencingCoordinator] asks of its driver, to be carried out in list order.
public sealed interface FencingEffect {
  /// Run a fence agent and report [FencingEvent.AgentFinished] under the same number.
  record RunAgent(long operation, FenceAgentCall call) implements FencingEffect {}

  /// Kill the agent of that number; its result is no longer of interest.
  record StopAgent(long operation) implements FencingEffect {}

  /// Report [FencingEvent.TimerFired] at that time.
  record SetTimer(long timer, Instant at) implements FencingEffect {}

  /// Forget a timer.
  record CancelTimer(long timer) implements FencingEffect {}

  /// Tell the requester how it ended; exactly once for each request.
  record Complete(FencingRequest request, FencingOutcome outcome) implements FencingEffect {}

  /// A finished request became part of the history.
  record RecordHistory(FencingHistoryEntry entry) implements FencingEffect {}

  /// A node is proven off but could not be switched on again; an operator must.
  record ReportPowerOnFailed(NodeId target, String device, String reason)
      implements FencingEffect {}
}
