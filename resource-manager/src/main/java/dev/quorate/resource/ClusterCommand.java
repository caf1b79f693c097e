package dev.quorate.resource;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// An entry proposed to the log, applied by the state machine in `core.state`.
public sealed interface ClusterCommand {

  // Configuration.

  /// Changes the configuration, all changes or none.
  ///
  /// @param expectedVersion refuse unless the configuration has it; -1 for any
  /// @param client who asked
  record ChangeConfiguration(long expectedVersion, String client, List<ConfigurationChange> changes)
      implements ClusterCommand {
    /// Copies the list.
    public ChangeConfiguration {
      changes = List.copyOf(changes);
    }
  }

  // Nodes.

  /// A daemon is up and takes part from now on. Its instances are unknown until probed. A new boot
  /// ends whatever the older boot ran; a new run ends whatever the older run had in flight. Sent
  /// again in the same life, it says that the node has stopped everything by itself.
  record JoinNode(NodeId node, Incarnation incarnation, int featureLevel)
      implements ClusterCommand {}

  /// The node has stopped everything, nothing is left of it, and it leaves.
  record LeaveNode(NodeId node, Incarnation incarnation) implements ClusterCommand {}

  /// Evidence of who is there.
  record ReportView(ViewReport report) implements ClusterCommand {}

  /// The leader's clock says that a node's daemon has been gone for too long.
  record ExpireGrace(NodeId node, String bootId) implements ClusterCommand {}

  /// Evidence: a transient attribute. An empty value removes it.
  record SetAttribute(NodeId node, Incarnation incarnation, String name, String value)
      implements ClusterCommand {}

  /// The leader's clock says that a moment has come at which something that depends on the time may
  /// be different.
  ///
  /// @param millis the moment; 0 for whatever time it is
  record PassTime(long millis) implements ClusterCommand {}

  // Actions.

  /// Intent before dispatch. Refused if the target is not in that incarnation, if the action is in
  /// flight, or (promotion) if the [Primacy] does not allow it.
  record BeginAction(
      String intentId,
      long term,
      long transition,
      Action action,
      NodeId executor,
      Incarnation incarnation,
      Duration timeout)
      implements ClusterCommand {}

  /// What came of an intent.
  record RecordResult(String intentId, NodeId executor, OperationResult result)
      implements ClusterCommand {}

  /// Evidence: a node's own monitor found something else than the state says.
  ///
  /// @param intentsSeen the last position that the observer had applied when it looked; an
  ///   observation older than the instance's status is refused
  record ReportObservation(
      NodeId node,
      Incarnation incarnation,
      ResourceId resource,
      dev.quorate.consensus.LogPosition intentsSeen,
      OperationResult result)
      implements ClusterCommand {}

  /// Forgets failures (`resource cleanup`): fail counts go, instances are probed again.
  record Cleanup(ResourceId resource, List<NodeId> nodes, String client) implements ClusterCommand {
    /// Copies the list.
    public Cleanup {
      nodes = List.copyOf(nodes);
    }
  }

  // Primacy.

  /// An operator wants the promoted instance elsewhere.
  ///
  /// @param target a node, or empty text for the best standby
  record RequestSwitchover(ResourceId resource, String target, String client)
      implements ClusterCommand {}

  /// Gives up a switchover that cannot be completed.
  record CancelSwitchover(ResourceId resource, String reason) implements ClusterCommand {}

  /// Starts a round; refused unless it is the next.
  ///
  /// @param lastWrite how far the previous holder had written, if anybody heard
  record OpenElection(
      ResourceId resource,
      long round,
      String reason,
      List<NodeId> expected,
      Optional<LastWrite> lastWrite)
      implements ClusterCommand {
    /// Copies the list.
    public OpenElection {
      expected = List.copyOf(expected);
    }

    /// A round before which nobody heard anything.
    public OpenElection(ResourceId resource, long round, String reason, List<NodeId> expected) {
      this(resource, round, reason, expected, Optional.empty());
    }

    /// The same with what was heard.
    public OpenElection knowing(Optional<LastWrite> heard) {
      return new OpenElection(resource, round, reason, expected, heard);
    }
  }

  /// A vote in the open round.
  record CastVote(ResourceId resource, long round, Vote vote) implements ClusterCommand {}

  /// Ends the open round with a winner, or with an empty winner and the reason.
  record CloseElection(ResourceId resource, long round, String winner, String detail)
      implements ClusterCommand {}

  /// The holder acknowledges nothing any more and never will in this epoch: it stopped cleanly.
  record ReleasePrimacy(
      ResourceId resource, long epoch, NodeId node, String bootId, long timeline, long position)
      implements ClusterCommand {}

  /// Changes the promise; refused unless `expectedVersion` is current and the node holds the epoch.
  record SetSyncPromise(
      ResourceId resource, long epoch, NodeId node, long expectedVersion, SyncPromise promise)
      implements ClusterCommand {}

  // Certificates.

  /// Changes the authorities that are trusted; refused unless `expected` are those that are now.
  ///
  /// @param authorities as PEM, the one that issues first
  /// @param bridge the word of the authority before for the one that issues; may be empty text
  record TrustAuthorities(
      List<String> expected, List<String> authorities, String bridge, String client)
      implements ClusterCommand {
    /// Copies the lists.
    public TrustAuthorities {
      expected = List.copyOf(expected);
      authorities = List.copyOf(authorities);
    }
  }

  /// Revokes every certificate that a node has.
  record RevokeCertificate(NodeId node, String reason, String client) implements ClusterCommand {}

  /// A certificate was issued to a node after a revocation. Changes nothing without one.
  ///
  /// @param serial its number, in hexadecimal digits
  record AdmitCertificate(NodeId node, String serial) implements ClusterCommand {}

  // Fencing.

  /// An operator asks for a node to be fenced.
  record RequestFencing(NodeId target, boolean reboot, String client) implements ClusterCommand {}

  /// The outcome of an attempt.
  record RecordFencing(String intentId, FencingRecord outcome) implements ClusterCommand {}

  /// An operator swears that a lost node runs nothing.
  record ConfirmFencing(NodeId target, String client) implements ClusterCommand {}
}
