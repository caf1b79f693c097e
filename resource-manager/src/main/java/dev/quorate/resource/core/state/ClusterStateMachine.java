package dev.quorate.resource.core.state;

import dev.quorate.consensus.LogPosition;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterCommand.AdmitCertificate;
import dev.quorate.resource.ClusterCommand.BeginAction;
import dev.quorate.resource.ClusterCommand.CancelSwitchover;
import dev.quorate.resource.ClusterCommand.CastVote;
import dev.quorate.resource.ClusterCommand.ChangeConfiguration;
import dev.quorate.resource.ClusterCommand.Cleanup;
import dev.quorate.resource.ClusterCommand.CloseElection;
import dev.quorate.resource.ClusterCommand.ConfirmFencing;
import dev.quorate.resource.ClusterCommand.ExpireGrace;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.LeaveNode;
import dev.quorate.resource.ClusterCommand.OpenElection;
import dev.quorate.resource.ClusterCommand.PassTime;
import dev.quorate.resource.ClusterCommand.RecordFencing;
import dev.quorate.resource.ClusterCommand.RecordResult;
import dev.quorate.resource.ClusterCommand.ReleasePrimacy;
import dev.quorate.resource.ClusterCommand.ReportObservation;
import dev.quorate.resource.ClusterCommand.ReportView;
import dev.quorate.resource.ClusterCommand.RequestFencing;
import dev.quorate.resource.ClusterCommand.RequestSwitchover;
import dev.quorate.resource.ClusterCommand.RevokeCertificate;
import dev.quorate.resource.ClusterCommand.SetAttribute;
import dev.quorate.resource.ClusterCommand.SetSyncPromise;
import dev.quorate.resource.ClusterCommand.TrustAuthorities;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import java.util.List;

/// What the cluster agrees on after each entry of the log: like a clerk who reads the minutes aloud
/// and keeps the ledger, everywhere the same minutes and so everywhere the same ledger.
///
/// Invariants:
/// - a refused command changes nothing but the position and the time;
/// - an epoch of a [dev.quorate.resource.Primacy] has one holder, and the next one begins only
///   after the previous holder is done;
/// - at most one intent is in flight for an instance;
/// - a life that was fenced, or is being fenced, never takes part again;
/// - at most a minority of the voters is lost by evidence.
public final class ClusterStateMachine {
  private ClusterStateMachine() {}

  /// Applies a command.
  ///
  /// @param position where the command stands in the log
  /// @param wallMillis the proposer's wall clock; a clock that went back counts as standing still
  public static Applied apply(
      ClusterState state, LogPosition position, long wallMillis, ClusterCommand command) {
    long moment =
        command instanceof PassTime(var millis) ? Math.max(wallMillis, millis) : wallMillis;
    Draft draft = new Draft(state, position, moment);
    CommandAnswer answer = dispatch(draft, command);
    return switch (answer) {
      case CommandAnswer.Accepted _ -> new Applied(draft.build(), draft.changes(), answer);
      case CommandAnswer.Refused _ ->
          new Applied(Draft.untouched(state, position, wallMillis), List.of(), answer);
    };
  }

  private static CommandAnswer dispatch(Draft draft, ClusterCommand command) {
    return switch (command) {
      case ChangeConfiguration c -> ConfigurationRules.change(draft, c);
      case JoinNode c -> NodeRules.join(draft, c);
      case LeaveNode c -> NodeRules.leave(draft, c);
      case ReportView c -> ViewRules.report(draft, c);
      case ExpireGrace c -> NodeRules.expireGrace(draft, c);
      case SetAttribute c -> NodeRules.setAttribute(draft, c);
      case PassTime _ -> Draft.accepted();
      case BeginAction c -> ActionRules.begin(draft, c);
      case RecordResult c -> ActionRules.recordResult(draft, c);
      case ReportObservation c -> InstanceRules.observe(draft, c);
      case Cleanup c -> InstanceRules.cleanup(draft, c);
      case RequestSwitchover c -> PrimacyRules.requestSwitchover(draft, c);
      case CancelSwitchover c -> PrimacyRules.cancelSwitchover(draft, c);
      case ReleasePrimacy c -> PrimacyRules.release(draft, c);
      case SetSyncPromise c -> PrimacyRules.setPromise(draft, c);
      case OpenElection c -> ElectionRules.open(draft, c);
      case CastVote c -> ElectionRules.vote(draft, c);
      case CloseElection c -> ElectionRules.close(draft, c);
      case TrustAuthorities c -> CertificateRules.trust(draft, c);
      case RevokeCertificate c -> CertificateRules.revoke(draft, c);
      case AdmitCertificate c -> CertificateRules.admit(draft, c);
      case RequestFencing c -> FencingRules.request(draft, c);
      case RecordFencing c -> FencingRules.record(draft, c);
      case ConfirmFencing c -> FencingRules.confirm(draft, c);
    };
  }
}
