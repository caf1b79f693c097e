package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Draft.accepted;
import static dev.quorate.resource.core.state.Draft.refused;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterCommand.BeginAction;
import dev.quorate.resource.ClusterCommand.RecordResult;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.Intent;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.Optional;

/// Intents: what was decided and is not finished. The last gate before something happens, so it
/// checks what no leader may get wrong, however stale its plan.
///
/// Invariants:
/// - an intent names an executor in its present life, and one at most is in flight for an instance;
/// - nothing is started or promoted that was not looked at first;
/// - a resource that is no clone is started only where nothing of it may run elsewhere;
/// - a promotion of a resource with data to lose begins an epoch (see [PrimacyRules]).
final class ActionRules {
  private ActionRules() {}

  static CommandAnswer begin(Draft draft, BeginAction command) {
    if (command.term() < draft.position.term()
        || draft.intents().stream()
            .anyMatch(
                i -> i.position().epoch() == draft.position.epoch() && i.term() > command.term())) {
      return refused(
          "HA-ACT-001",
          "%s was decided in term %d, which is over"
              .formatted(command.action().key(), command.term()),
          "");
    }
    if (!draft.onlineAs(command.executor(), command.incarnation())) {
      return refused(
          "HA-ACT-002",
          "%s cannot execute '%s': it does not take part in that life"
              .formatted(command.executor(), command.action().key()),
          "");
    }
    if (draft.intent(command.intentId()).isPresent()) {
      return refused("HA-ACT-003", "intent %s is in flight".formatted(command.intentId()), "");
    }
    Optional<CommandAnswer> refusal =
        switch (command.action()) {
          case Action.OperationAction op -> prepare(draft, command, op);
          case Action.FenceAction fence -> FencingRules.prepare(draft, command, fence);
        };
    if (refusal.isPresent()) {
      return refusal.get();
    }
    draft.begin(
        new Intent(
            command.intentId(),
            command.term(),
            command.transition(),
            command.action(),
            command.executor(),
            command.incarnation(),
            command.timeout(),
            draft.position));
    return accepted();
  }

  private static Optional<CommandAnswer> prepare(
      Draft draft, BeginAction command, Action.OperationAction op) {
    Optional<ResourceDefinition> resource = draft.primitive(op.resource());
    if (resource.isEmpty()) {
      return no("HA-ACT-004", op, "there is no such resource");
    }
    if (!command.executor().equals(op.node())) {
      return no("HA-ACT-002", op, command.executor() + " cannot act for " + op.node());
    }
    Optional<Intent> other = draft.operationOn(op.resource(), op.node());
    if (other.isPresent()) {
      return no("HA-ACT-003", op, other.get().action().key() + " is in flight");
    }
    if (op.kind() == OperationKind.MONITOR) {
      return Optional.empty();
    }
    InstanceStatus instance =
        draft
            .instance(op.resource(), op.node())
            .orElse(new InstanceStatus(Role.STOPPED, Certainty.UNKNOWN, 0, "", draft.position));
    if (instance.certainty() == Certainty.BLOCKED) {
      return no("HA-ACT-007", op, "the instance is blocked: " + instance.reason());
    }
    return switch (op.kind()) {
      case START -> start(draft, op, resource.get(), instance);
      case PROMOTE -> promote(draft, command, op, resource.get(), instance);
      case RELOAD -> instance.certainty() == Certainty.UNKNOWN ? unprobed(op) : Optional.empty();
      case STOP, DEMOTE, MONITOR -> Optional.empty();
    };
  }

  private static Optional<CommandAnswer> start(
      Draft draft,
      Action.OperationAction op,
      ResourceDefinition resource,
      InstanceStatus instance) {
    if (instance.certainty() == Certainty.UNKNOWN) {
      return unprobed(op);
    }
    if (instance.role().active()) {
      return no("HA-ACT-006", op, "it is active there already");
    }
    return draft.configuration().cloned(resource) ? Optional.empty() : elsewhere(draft, op);
  }

  private static Optional<CommandAnswer> elsewhere(Draft draft, Action.OperationAction op) {
    for (NodeId other : draft.configuration().nodes().keySet()) {
      if (!other.equals(op.node()) && mayRun(draft, op.resource(), other)) {
        return no("HA-ACT-008", op, "it may be active on " + other);
      }
    }
    return Optional.empty();
  }

  private static boolean mayRun(Draft draft, ResourceId resource, NodeId node) {
    boolean partakes = draft.partakes(node);
    return draft
            .instance(resource, node)
            .filter(i -> i.role().active() || (partakes && i.certainty() == Certainty.UNKNOWN))
            .isPresent()
        || draft
            .operationOn(resource, node)
            .filter(i ->
                i.action() instanceof Action.OperationAction running
                    && running.kind() == OperationKind.START)
            .isPresent();
  }

  private static Optional<CommandAnswer> promote(
      Draft draft,
      BeginAction command,
      Action.OperationAction op,
      ResourceDefinition resource,
      InstanceStatus instance) {
    if (!(resource.form() instanceof Form.Promotable(_, _, var promotedMax, _))) {
      return no("HA-ACT-006", op, "the resource cannot be promoted");
    }
    if (instance.certainty() == Certainty.UNKNOWN) {
      return unprobed(op);
    }
    if (instance.role() != Role.UNPROMOTED || instance.certainty() != Certainty.KNOWN) {
      return no("HA-ACT-006", op, "it is not running unpromoted and well there");
    }
    if (draft.primacy(op.resource()).isPresent()) {
      return PrimacyRules.grant(draft, op, command.incarnation().bootId());
    }
    long promoted =
        draft.instancesOf(op.resource()).values().stream()
            .filter(i -> i.role() == Role.PROMOTED)
            .count();
    long promoting = draft.intents().stream().filter(i -> promotes(i, op.resource())).count();
    return promoted + promoting >= promotedMax
        ? no("HA-ACT-008", op, "as many instances as allowed are promoted")
        : Optional.empty();
  }

  static boolean promotes(Intent intent, ResourceId resource) {
    return intent.action() instanceof Action.OperationAction(var kind, var r, _)
        && kind == OperationKind.PROMOTE
        && r.equals(resource);
  }

  private static Optional<CommandAnswer> unprobed(Action.OperationAction op) {
    return no("HA-ACT-005", op, "nobody knows what runs there: it must be probed first");
  }

  static Optional<CommandAnswer> no(String code, Action action, String why) {
    return Optional.of(refused(code, "'%s' is refused: %s".formatted(action.key(), why), ""));
  }

  static CommandAnswer recordResult(Draft draft, RecordResult command) {
    Optional<Intent> found = draft.intent(command.intentId());
    if (found.isEmpty()) {
      return accepted("intent %s is not in flight".formatted(command.intentId()));
    }
    Intent intent = found.get();
    if (!intent.executor().equals(command.executor())) {
      return refused(
          "HA-ACT-009",
          "intent %s is executed by %s, not by %s"
              .formatted(intent.id(), intent.executor(), command.executor()),
          "");
    }
    draft.finish(intent);
    draft.note(new ClusterChange.IntentFinished(intent, command.result()));
    switch (intent.action()) {
      case Action.OperationAction op ->
          InstanceRules.record(draft, op, intent.incarnation().bootId(), command.result());
      case Action.FenceAction _ -> {
        // A fencing that was given up proves nothing: the node stays as it is.
      }
    }
    return accepted();
  }
}
