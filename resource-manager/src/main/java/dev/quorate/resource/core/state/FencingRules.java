package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Draft.accepted;
import static dev.quorate.resource.core.state.Draft.refused;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand.BeginAction;
import dev.quorate.resource.ClusterCommand.ConfirmFencing;
import dev.quorate.resource.ClusterCommand.RecordFencing;
import dev.quorate.resource.ClusterCommand.RequestFencing;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.NodeStatus.Verdict;
import dev.quorate.resource.ResourceDefinition;
import java.util.List;
import java.util.Optional;

/// How the cluster gets certain that a life of a node is over.
///
/// Invariants:
/// - only a node that is lost is fenced; a node that should be fenced is lost from then on;
/// - a proof ends the boot that it names, and no other;
/// - a proof stands, whoever waited for it: the intent may be gone.
final class FencingRules {
  /// The proof that a human gives.
  static final String OATH = "operator-oath";

  private FencingRules() {}

  static CommandAnswer request(Draft draft, RequestFencing command) {
    Optional<NodeStatus> status = draft.node(command.target());
    if (status.isEmpty()) {
      return unknown(command.target());
    }
    Verdict verdict = command.reboot() ? Verdict.REBOOT : Verdict.OFF;
    return switch (status.get().presence()) {
      case NEVER_SEEN, LEFT, FENCED ->
          refused(
              "HA-FENCE-001",
              "%s takes no part in the cluster: there is nothing to fence"
                  .formatted(command.target()),
              "");
      case ONLINE, DAEMON_GONE, LOST -> {
        if (exceedsLimit(draft, command.target())) {
          yield tooMany(command.target());
        }
        draft.setPresence(
            command.target(), Presence.LOST, "fencing requested by " + command.client(), verdict);
        yield accepted();
      }
    };
  }

  /// One node may be condemned even where evidence may lose none: in a cluster of one or two.
  private static boolean exceedsLimit(Draft draft, NodeId target) {
    boolean lostAlready = draft.node(target).filter(NodeStatus::unclean).isPresent();
    boolean first = draft.nodes().values().stream().noneMatch(NodeStatus::unclean);
    return !lostAlready && !first && ViewRules.atLimit(draft, target);
  }

  private static CommandAnswer tooMany(NodeId target) {
    return refused(
        "HA-FENCE-002",
        "%s cannot be fenced as well: that would take more than a minority of the voters"
            .formatted(target),
        "confirm that a lost node is off with 'hactl stonith confirm NODE'");
  }

  private static CommandAnswer unknown(NodeId node) {
    return refused("HA-NODE-001", "%s is not a node of this cluster".formatted(node), "");
  }

  /// Checks the intent to fence, and makes sure that the life cannot take part again.
  static Optional<CommandAnswer> prepare(
      Draft draft, BeginAction command, Action.FenceAction fence) {
    Optional<NodeStatus> found = draft.node(fence.node());
    if (found.isEmpty()) {
      return ActionRules.no("HA-NODE-001", fence, "it is not a node of this cluster");
    }
    if (command.executor().equals(fence.node())) {
      return ActionRules.no("HA-FENCE-003", fence, "a node cannot fence itself");
    }
    NodeStatus status = found.get();
    if (!status.incarnation().bootId().equals(fence.bootId())) {
      return ActionRules.no("HA-FENCE-004", fence, "it has booted anew since");
    }
    Optional<Intent> other = draft.fenceOf(fence.node(), fence.bootId());
    if (other.isPresent() && draft.onlineAs(other.get().executor(), other.get().incarnation())) {
      return ActionRules.no("HA-ACT-003", fence, other.get().executor() + " is at it");
    }
    if (!status.unclean()) {
      Optional<CommandAnswer> refusal = condemn(draft, fence, status);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    other.ifPresent(
        i -> draft.dropIntents(i::equals, "its executor is gone, another node takes over"));
    return Optional.empty();
  }

  /// A node that takes part is fenced only if it has an instance that cannot be controlled.
  private static Optional<CommandAnswer> condemn(
      Draft draft, Action.FenceAction fence, NodeStatus status) {
    if (status.presence() != Presence.ONLINE && status.presence() != Presence.DAEMON_GONE) {
      return ActionRules.no("HA-FENCE-005", fence, "it takes no part in the cluster");
    }
    Optional<ResourceDefinition> culprit =
        draft.configuration().resources().stream()
            .filter(r ->
                draft.instance(r.id(), fence.node()).filter(FencingRules::uncontrolled).isPresent())
            .findFirst();
    if (culprit.isEmpty()) {
      return ActionRules.no("HA-FENCE-005", fence, "it is online and nothing on it has failed");
    }
    if (exceedsLimit(draft, fence.node())) {
      return Optional.of(tooMany(fence.node()));
    }
    draft.setPresence(
        fence.node(), Presence.LOST, culprit.get().id() + " failed on it", Verdict.FENCE);
    return Optional.empty();
  }

  private static boolean uncontrolled(InstanceStatus instance) {
    return instance.certainty() == Certainty.BLOCKED || instance.certainty() == Certainty.FAILED;
  }

  static CommandAnswer record(Draft draft, RecordFencing command) {
    FencingRecord claimed = command.outcome();
    Optional<Intent> intent = draft.intent(command.intentId());
    boolean fits =
        intent
            .filter(i ->
                !(i.action() instanceof Action.FenceAction(var n, var boot, _))
                    || !n.equals(claimed.target())
                    || !boot.equals(claimed.bootId()))
            .isEmpty();
    if (!fits) {
      return refused(
          "HA-FENCE-006",
          "intent %s does not fence %s in that boot"
              .formatted(command.intentId(), claimed.target()),
          "");
    }
    intent.ifPresent(draft::finish);
    draft.addFencing(
        new FencingRecord(
            claimed.target(),
            claimed.bootId(),
            claimed.reboot(),
            claimed.confirmed(),
            claimed.device(),
            claimed.proof(),
            claimed.reason(),
            claimed.executor(),
            claimed.client(),
            draft.wallMillis,
            draft.position));
    if (claimed.confirmed()) {
      boolean sworn = claimed.proof().equals(OATH);
      prove(
          draft,
          claimed.target(),
          claimed.bootId(),
          sworn ? "sworn to be off by " + claimed.client() : "fenced: " + claimed.proof(),
          sworn ? Holder.Proof.OPERATOR_OATH : Holder.Proof.FENCED);
    }
    return accepted();
  }

  /// A boot of a node is over.
  private static void prove(
      Draft draft, NodeId node, String bootId, String reason, Holder.Proof proof) {
    draft.releaseAll(node, bootId, proof);
    Optional<NodeStatus> status = draft.node(node);
    boolean present =
        status
            .filter(s -> s.incarnation().bootId().equals(bootId))
            .filter(s -> s.presence() != Presence.FENCED && s.presence() != Presence.NEVER_SEEN)
            .isPresent();
    if (present) {
      draft.setPresence(node, Presence.FENCED, reason, Verdict.NONE);
      NodeRules.end(draft, node, "the node was fenced");
    }
  }

  static CommandAnswer confirm(Draft draft, ConfirmFencing command) {
    Optional<NodeStatus> status = draft.node(command.target());
    if (status.isEmpty()) {
      return unknown(command.target());
    }
    if (status.get().presence() != Presence.LOST) {
      return refused(
          "HA-FENCE-007",
          "%s is not lost: it is %s, and nobody waits for a proof"
              .formatted(command.target(), status.get().presence()),
          status.get().online()
              ? "stop it with 'hactl cluster stop %s', or fence it with 'hactl stonith fence %s'"
                  .formatted(command.target(), command.target())
              : "");
    }
    String bootId = status.get().incarnation().bootId();
    draft.addFencing(
        new FencingRecord(
            command.target(),
            bootId,
            false,
            true,
            "",
            OATH,
            "",
            command.target(),
            command.client(),
            draft.wallMillis,
            draft.position));
    prove(
        draft,
        command.target(),
        bootId,
        "sworn to be off by " + command.client(),
        Holder.Proof.OPERATOR_OATH);
    List<Intent> moot =
        draft.dropIntents(
            i ->
                i.action() instanceof Action.FenceAction(var n, _, _) && n.equals(command.target()),
            "an operator confirmed that the node is off");
    return accepted(moot.isEmpty() ? "" : "the running attempt to fence it no longer counts");
  }
}
