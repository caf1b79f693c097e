package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Draft.accepted;
import static dev.quorate.resource.core.state.Draft.refused;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand.Cleanup;
import dev.quorate.resource.ClusterCommand.ReportObservation;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.Election;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.util.List;
import java.util.Optional;

/// What results and observations say of instances.
///
/// Invariants:
/// - an unknown outcome leaves the worse of the two possible roles, to be looked at; a second stop
///   in a row without a known outcome blocks the instance;
/// - an instance of a resource with data to lose is recorded as promoted and well only while its
///   node holds the grant;
/// - the same observation again changes nothing;
/// - what happens to what is left alone is recorded, and counts as no failure.
///
/// Failures are counted as Pacemaker does, with one exception: a failed start of a resource with
/// data to lose counts as one failure and not as infinitely many, so that a standby that needs a
/// second attempt gets it before `migration-threshold` ends them.
final class InstanceRules {
  private static final int NOT_RUNNING = 7;
  private static final int MOST_STOPS_IN_DOUBT = 2;
  private static final String UNGRANTED = "promoted without the grant";

  private InstanceRules() {}

  /// Records what came of an operation.
  static void record(
      Draft draft, Action.OperationAction op, String bootId, OperationResult result) {
    switch (result.status()) {
      case SUCCEEDED -> succeeded(draft, op, bootId, result);
      case FAILED -> failed(draft, op, bootId, result);
      case UNKNOWN -> {
        lose(draft, op.resource(), op.node(), op.kind(), result.reason());
        if (op.kind() == OperationKind.STOP) {
          stopInDoubt(draft, op, result);
        }
      }
    }
  }

  /// A stop whose outcome is not known is looked at, and tried once more. After that nothing says
  /// that the next one would end otherwise: it counts as failed, so that the node is fenced.
  private static void stopInDoubt(Draft draft, Action.OperationAction op, OperationResult result) {
    int doubts = stopsInDoubt(draft, op) + 1;
    if (doubts < MOST_STOPS_IN_DOUBT) {
      count(draft, op.resource(), op.node(), OperationKind.MONITOR, result.reason());
    } else {
      Role role =
          draft.instance(op.resource(), op.node()).map(InstanceStatus::role).orElse(Role.STARTED);
      draft.setInstance(
          op.resource(), op.node(), role, Certainty.BLOCKED, result.code(), result.reason());
      count(draft, op.resource(), op.node(), OperationKind.STOP, result.reason());
    }
    setStopsInDoubt(draft, op, doubts);
  }

  private static int stopsInDoubt(Draft draft, Action.OperationAction op) {
    return draft.failures(op.resource(), op.node()).map(FailCount::stopsInDoubt).orElse(0);
  }

  private static void setStopsInDoubt(Draft draft, Action.OperationAction op, int doubts) {
    draft
        .failures(op.resource(), op.node())
        .filter(f -> f.stopsInDoubt() != doubts)
        .ifPresent(f ->
            draft.setFailures(
                op.resource(),
                op.node(),
                new FailCount(
                    f.count(),
                    f.lastFailureMillis(),
                    doubts > 0 ? OperationKind.STOP : f.operation(),
                    f.reason(),
                    doubts)));
  }

  private static void succeeded(
      Draft draft, Action.OperationAction op, String bootId, OperationResult result) {
    boolean promotable =
        draft.primitive(op.resource()).map(ResourceDefinition::promotable).orElse(false);
    Role role =
        switch (op.kind()) {
          case START -> promotable ? Role.UNPROMOTED : Role.STARTED;
          case STOP -> Role.STOPPED;
          case PROMOTE -> Role.PROMOTED;
          case DEMOTE -> Role.UNPROMOTED;
          case MONITOR -> result.observed();
          case RELOAD ->
              draft
                  .instance(op.resource(), op.node())
                  .map(InstanceStatus::role)
                  .orElse(Role.STARTED);
        };
    settle(draft, op.resource(), op.node(), bootId, role);
    if (op.kind() == OperationKind.STOP) {
      setStopsInDoubt(draft, op, 0);
      draft
          .primacy(op.resource())
          .filter(p -> p.election() instanceof Election.Won)
          .ifPresent(p -> PrimacyRules.releaseStopped(draft, p));
    }
    if (op.kind() == OperationKind.PROMOTE) {
      draft
          .primacy(op.resource())
          .filter(p -> p.heldBy(op.node(), bootId))
          .ifPresent(p -> draft.setPrimacy(Primacies.withSwitchover(p, "")));
    }
  }

  private static void failed(
      Draft draft, Action.OperationAction op, String bootId, OperationResult result) {
    if (op.kind() == OperationKind.MONITOR && result.code() == NOT_RUNNING) {
      settle(draft, op.resource(), op.node(), bootId, Role.STOPPED);
      return;
    }
    Certainty certainty = op.kind() == OperationKind.STOP ? Certainty.BLOCKED : Certainty.FAILED;
    draft.setInstance(
        op.resource(), op.node(), result.observed(), certainty, result.code(), result.reason());
    count(draft, op.resource(), op.node(), op.kind(), result.reason());
  }

  /// An operation's outcome is unknown: the instance may be what the operation makes of it, or what
  /// it was before.
  static void lose(
      Draft draft, ResourceId resource, NodeId node, OperationKind kind, String reason) {
    boolean promotable =
        draft.primitive(resource).map(ResourceDefinition::promotable).orElse(false);
    Role before = draft.instance(resource, node).map(InstanceStatus::role).orElse(Role.STOPPED);
    Role worse =
        switch (kind) {
          case START -> promotable ? Role.UNPROMOTED : Role.STARTED;
          case PROMOTE -> Role.PROMOTED;
          case STOP, DEMOTE, MONITOR, RELOAD -> before;
        };
    Role role = worse.compareTo(before) > 0 ? worse : before;
    draft.setInstance(resource, node, role, Certainty.UNKNOWN, 1, reason);
  }

  /// Records a role in which an instance works, if it may be in it.
  private static void settle(
      Draft draft, ResourceId resource, NodeId node, String bootId, Role role) {
    Optional<Primacy> primacy = draft.primacy(resource);
    if (role == Role.PROMOTED && primacy.isPresent()) {
      Primacy held = PrimacyRules.adopt(draft, primacy.get(), node, bootId);
      if (!held.heldBy(node, bootId)) {
        draft.setInstance(resource, node, role, Certainty.FAILED, code(role), UNGRANTED);
        return;
      }
      if (!(held.election() instanceof Election.Idle)) {
        ElectionRules.end(draft, held, new Election.Idle(held.election().round()));
      }
    }
    draft.setInstance(resource, node, role, Certainty.KNOWN, code(role), "");
  }

  private static int code(Role role) {
    return OperationResult.succeeded(role).code();
  }

  private static void count(
      Draft draft, ResourceId resource, NodeId node, OperationKind kind, String reason) {
    int before = draft.failures(resource, node).map(FailCount::count).orElse(0);
    boolean forEver =
        switch (kind) {
          case START ->
              draft.primacy(resource).isEmpty()
                  && !"false"
                      .equals(draft.configuration().properties().get("start-failure-is-fatal"));
          case STOP -> true;
          case MONITOR, PROMOTE, DEMOTE, RELOAD -> false;
        };
    int after = forEver ? Score.INFINITY : Math.min(before + 1, Score.INFINITY);
    int doubts = draft.failures(resource, node).map(FailCount::stopsInDoubt).orElse(0);
    draft.setFailures(resource, node, new FailCount(after, draft.wallMillis, kind, reason, doubts));
  }

  static CommandAnswer observe(Draft draft, ReportObservation command) {
    NodeId node = command.node();
    ResourceId resource = command.resource();
    if (!draft.onlineAs(node, command.incarnation())) {
      return NodeRules.notInThatLife(node, "report on " + resource);
    }
    if (draft.primitive(resource).isEmpty()) {
      return refused("HA-ACT-004", "there is no resource %s".formatted(resource), "");
    }
    if (draft.operationOn(resource, node).isPresent()) {
      return refused(
          "HA-ACT-010", "an operation on %s on %s is in flight".formatted(resource, node), "");
    }
    Optional<InstanceStatus> before = draft.instance(resource, node);
    if (before.filter(i -> i.since().compareTo(command.intentsSeen()) > 0).isPresent()) {
      return refused(
          "HA-ACT-011",
          "more is known of %s on %s than when it was looked at".formatted(resource, node),
          "");
    }
    InstanceStatus known =
        before.orElse(new InstanceStatus(Role.STOPPED, Certainty.UNKNOWN, 0, "", draft.position));
    if (known.certainty() == Certainty.BLOCKED) {
      return accepted("the instance is blocked");
    }
    observed(draft, command, known);
    return accepted();
  }

  private static void observed(Draft draft, ReportObservation command, InstanceStatus known) {
    NodeId node = command.node();
    ResourceId resource = command.resource();
    OperationResult result = command.result();
    boolean down =
        result.status() == OperationResult.Status.SUCCEEDED
            ? result.observed() == Role.STOPPED
            : result.code() == NOT_RUNNING;
    switch (result.status()) {
      case UNKNOWN -> {
        if (known.certainty() != Certainty.UNKNOWN) {
          draft.distrust(resource, node, result.reason());
        }
      }
      case SUCCEEDED, FAILED -> {
        if (down) {
          foundDown(draft, command, known);
        } else if (result.status() == OperationResult.Status.FAILED) {
          foundFailed(draft, command, known);
        } else {
          settle(draft, resource, node, command.incarnation().bootId(), result.observed());
        }
      }
    }
  }

  /// Something that should run does not: a failure. Otherwise, and where an operator does as they
  /// like, it is as it should be.
  private static void foundDown(Draft draft, ReportObservation command, InstanceStatus known) {
    boolean byHand = known.role().active() && draft.leftAlone(command.resource(), command.node());
    if (known.certainty() == Certainty.UNKNOWN || byHand) {
      draft.setInstance(
          command.resource(), command.node(), Role.STOPPED, Certainty.KNOWN, NOT_RUNNING, "");
      return;
    }
    if (known.role() == Role.STOPPED) {
      return;
    }
    String reason = command.result().reason().isEmpty() ? "not running" : command.result().reason();
    draft.setInstance(
        command.resource(), command.node(), Role.STOPPED, Certainty.FAILED, NOT_RUNNING, reason);
    count(draft, command.resource(), command.node(), OperationKind.MONITOR, reason);
  }

  private static void foundFailed(Draft draft, ReportObservation command, InstanceStatus known) {
    OperationResult result = command.result();
    if (known.certainty() == Certainty.FAILED && known.role() == result.observed()) {
      return;
    }
    draft.setInstance(
        command.resource(),
        command.node(),
        result.observed(),
        Certainty.FAILED,
        result.code(),
        result.reason());
    if (!draft.leftAlone(command.resource(), command.node())) {
      count(draft, command.resource(), command.node(), OperationKind.MONITOR, result.reason());
    }
  }

  static CommandAnswer cleanup(Draft draft, Cleanup command) {
    Optional<ResourceDefinition> resource = draft.configuration().resource(command.resource());
    if (resource.isEmpty()) {
      return refused(
          "HA-ACT-004",
          "there is no resource %s".formatted(command.resource()),
          "see 'hactl status'");
    }
    for (NodeId node : command.nodes()) {
      if (!draft.configuration().nodes().containsKey(node)) {
        return refused("HA-NODE-001", "%s is not a node of this cluster".formatted(node), "");
      }
    }
    ResourceId id = resource.get().id();
    List<NodeId> nodes =
        command.nodes().isEmpty()
            ? List.copyOf(draft.configuration().nodes().keySet())
            : command.nodes();
    draft.forgetFailures(id::equals, nodes::contains);
    for (NodeId node : nodes) {
      Optional<InstanceStatus> instance = draft.instance(id, node);
      boolean broken =
          instance
              .filter(i -> i.certainty() == Certainty.FAILED || i.certainty() == Certainty.BLOCKED)
              .isPresent();
      if (broken && draft.partakes(node)) {
        draft.distrust(id, node, "cleaned up by " + command.client());
      }
    }
    draft
        .primacy(id)
        .filter(p -> p.election() instanceof Election.Blocked)
        .ifPresent(p -> ElectionRules.end(draft, p, new Election.Idle(p.election().round())));
    return accepted();
  }
}
