package dev.quorate.daemon.core;

import dev.quorate.fencing.FencingOutcome;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FencingRecord;

/// What the log is told of a fencing that has ended.
final class FencingReport {
  private FencingReport() {}

  static FencingRecord of(
      Action.FenceAction action, FencingOutcome outcome, NodeId executor, ClusterState state) {
    String device = "";
    String proof = "";
    String reason = "";
    switch (outcome) {
      case FencingOutcome.Confirmed(var by, var level) -> {
        device = by;
        proof = level.word();
      }
      case FencingOutcome.Failed(var why) -> reason = why;
      case FencingOutcome.Unknown(var why) -> reason = "not known: " + why;
    }
    return new FencingRecord(
        action.node(),
        action.bootId(),
        action.reboot(),
        outcome.confirmed(),
        device,
        proof,
        reason,
        executor,
        "cluster",
        state.wallMillis(),
        state.position());
  }
}
