package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Draft.accepted;
import static dev.quorate.resource.core.state.Draft.refused;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand.CancelSwitchover;
import dev.quorate.resource.ClusterCommand.ReleasePrimacy;
import dev.quorate.resource.ClusterCommand.RequestSwitchover;
import dev.quorate.resource.ClusterCommand.SetSyncPromise;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.SyncPromise;
import java.util.Optional;

/// The grant: which single instance may acknowledge writes, like the one key of a safe that is
/// handed on only after the last keeper has returned it or cannot use it any more.
///
/// Invariants:
/// - each grant begins an epoch, and an epoch has one holder;
/// - a grant follows from a won election, or goes again to the boot that holds it;
/// - the previous holder is done before: released, or recorded as stopped with nothing in flight
///   where no operator does as they like;
/// - the promise changes only in the hands of the holder, and not while an election counts on it.
final class PrimacyRules {
  private PrimacyRules() {}

  /// Begins an epoch for a promotion, or says why not.
  static Optional<CommandAnswer> grant(Draft draft, Action.OperationAction op, String bootId) {
    Primacy primacy = draft.primacy(op.resource()).orElseThrow();
    boolean again = primacy.heldBy(op.node(), bootId);
    boolean won =
        primacy.election() instanceof Election.Won win
            && win.winner().equals(op.node())
            && win.bootId().equals(bootId);
    if (!again && !won) {
      return ActionRules.no("HA-ELECT-001", op, op.node() + " has not won an election");
    }
    if (!again && !done(draft, primacy)) {
      return ActionRules.no(
          "HA-ELECT-002",
          op,
          "the previous holder may still acknowledge writes: " + holder(primacy));
    }
    if (draft.intents().stream().anyMatch(i -> ActionRules.promotes(i, op.resource()))) {
      return ActionRules.no("HA-ACT-003", op, "another promotion is in flight");
    }
    draft.setPrimacy(Primacies.granted(primacy, new Holder.Held(op.node(), bootId)));
    return Optional.empty();
  }

  /// Whether the holder can acknowledge nothing any more.
  private static boolean done(Draft draft, Primacy primacy) {
    return switch (primacy.holder()) {
      case Holder.Nobody() -> true;
      case Holder.Released _ -> true;
      case Holder.Held(var node, var bootId) ->
          draft.onlineInBoot(node, bootId)
              && !draft.leftAlone(primacy.resource(), node)
              && draft.operationOn(primacy.resource(), node).isEmpty()
              && draft
                  .instance(primacy.resource(), node)
                  .filter(i -> i.role() == Role.STOPPED && i.certainty() == Certainty.KNOWN)
                  .isPresent();
    };
  }

  /// Takes the grant from a holder that is stopped for good: another instance has won.
  static Primacy releaseStopped(Draft draft, Primacy primacy) {
    if (primacy.holder() instanceof Holder.Held(var node, var bootId) && done(draft, primacy)) {
      draft.setPrimacy(
          Primacies.withHolder(
              primacy, new Holder.Released(node, bootId, Holder.Proof.CLEAN_STOP, 0, 0)));
    }
    return draft.primacy(primacy.resource()).orElseThrow();
  }

  private static String holder(Primacy primacy) {
    return switch (primacy.holder()) {
      case Holder.Nobody() -> "nobody";
      case Holder.Held(var node, _) -> node.name();
      case Holder.Released(var node, _, _, _, _) -> node.name();
    };
  }

  /// The first instance that is found promoted before any grant gets the first one.
  static Primacy adopt(Draft draft, Primacy primacy, NodeId node, String bootId) {
    if (primacy.epoch() == 0 && primacy.holder() instanceof Holder.Nobody) {
      draft.setPrimacy(Primacies.granted(primacy, new Holder.Held(node, bootId)));
    }
    return draft.primacy(primacy.resource()).orElseThrow();
  }

  static CommandAnswer requestSwitchover(Draft draft, RequestSwitchover command) {
    Optional<Primacy> found = byName(draft, command.resource());
    if (found.isEmpty()) {
      return noPrimacy(command.resource());
    }
    Primacy primacy = found.get();
    if (!(primacy.holder() instanceof Holder.Held(var holder, var bootId))
        || !draft.onlineInBoot(holder, bootId)) {
      return refused(
          "HA-ELECT-003",
          "%s has no promoted instance to take over from".formatted(command.resource()),
          "wait for the running recovery, or see 'hactl status'");
    }
    boolean best = command.target().isEmpty();
    Optional<NodeId> target =
        draft.configuration().nodes().keySet().stream()
            .filter(n -> n.name().equals(command.target()))
            .findFirst();
    if (!best && target.isEmpty()) {
      return refused(
          "HA-NODE-001",
          "'%s' is not a node of this cluster".formatted(command.target()),
          "the nodes are " + draft.configuration().nodes().keySet());
    }
    if (!best && target.get().equals(holder)) {
      return refused(
          "HA-ELECT-004", "%s is promoted on %s already".formatted(command.resource(), holder), "");
    }
    boolean ready =
        draft.configuration().nodes().keySet().stream()
            .filter(n -> best ? !n.equals(holder) : n.equals(target.get()))
            .anyMatch(n -> ready(draft, primacy.resource(), n));
    if (!ready) {
      return refused(
          "HA-ELECT-005",
          "%s has no instance that runs unpromoted and well %s"
              .formatted(command.resource(), best ? "anywhere" : "on " + command.target()),
          "see 'hactl status'");
    }
    draft.setPrimacy(Primacies.withSwitchover(primacy, best ? Primacy.BEST : command.target()));
    return accepted();
  }

  private static boolean ready(Draft draft, ResourceId resource, NodeId node) {
    return draft.online(node)
        && !standby(draft, node)
        && draft.instance(resource, node).filter(PrimacyRules::unpromoted).isPresent();
  }

  private static boolean standby(Draft draft, NodeId node) {
    NodeDefinition definition = draft.configuration().nodes().get(node);
    return definition == null || definition.standby();
  }

  static boolean unpromoted(InstanceStatus instance) {
    return instance.role() == Role.UNPROMOTED && instance.certainty() == Certainty.KNOWN;
  }

  static CommandAnswer cancelSwitchover(Draft draft, CancelSwitchover command) {
    Optional<Primacy> found = byName(draft, command.resource());
    if (found.isEmpty()) {
      return noPrimacy(command.resource());
    }
    if (found.get().switchoverTo().isEmpty()) {
      return refused(
          "HA-ELECT-006", "no switchover of %s is going on".formatted(command.resource()), "");
    }
    draft.setPrimacy(Primacies.withSwitchover(found.get(), ""));
    return accepted(command.reason());
  }

  static CommandAnswer release(Draft draft, ReleasePrimacy command) {
    Optional<Primacy> found = draft.primacy(command.resource());
    if (found.isEmpty()) {
      return noPrimacy(command.resource());
    }
    Primacy primacy = found.get();
    Holder released =
        new Holder.Released(
            command.node(),
            command.bootId(),
            Holder.Proof.CLEAN_STOP,
            command.timeline(),
            command.position());
    if (primacy.epoch() == command.epoch() && primacy.holder().equals(released)) {
      return accepted("released already");
    }
    if (primacy.epoch() != command.epoch() || !primacy.heldBy(command.node(), command.bootId())) {
      return notTheHolder(command.node(), command.resource(), command.epoch());
    }
    draft.setPrimacy(Primacies.withHolder(primacy, released));
    return accepted();
  }

  static CommandAnswer setPromise(Draft draft, SetSyncPromise command) {
    Optional<Primacy> found = draft.primacy(command.resource());
    if (found.isEmpty()) {
      return noPrimacy(command.resource());
    }
    Primacy primacy = found.get();
    boolean holds =
        primacy.holder() instanceof Holder.Held(var node, _) && node.equals(command.node());
    if (primacy.epoch() != command.epoch() || !holds) {
      return notTheHolder(command.node(), command.resource(), command.epoch());
    }
    if (primacy.promise().version() != command.expectedVersion()) {
      return refused(
          "HA-ELECT-008",
          "the promise has version %d, not %d"
              .formatted(primacy.promise().version(), command.expectedVersion()),
          "");
    }
    boolean counting =
        switch (primacy.election()) {
          case Election.Open _, Election.Won _ -> true;
          case Election.Idle _, Election.Blocked _ -> false;
        };
    if (counting) {
      return refused(
          "HA-ELECT-009",
          "an election of %s counts on the promise".formatted(command.resource()),
          "");
    }
    // A promise from before its promotion may name the holder until its successor is in force.
    if (command.promise().members().contains(command.node())
        && !primacy.promise().members().contains(command.node())) {
      return refused(
          "HA-ELECT-010",
          "the holder %s cannot be promised to itself".formatted(command.node()),
          "");
    }
    draft.setPrimacy(
        Primacies.withPromise(
            primacy,
            new SyncPromise(
                command.expectedVersion() + 1,
                command.promise().members(),
                command.promise().required())));
    return accepted();
  }

  static Optional<Primacy> byName(Draft draft, ResourceId name) {
    return draft.configuration().resource(name).map(ResourceDefinition::id).flatMap(draft::primacy);
  }

  static CommandAnswer noPrimacy(ResourceId resource) {
    return refused(
        "HA-ELECT-000",
        "%s is not a promotable resource with data to lose".formatted(resource),
        "see 'hactl resource config'");
  }

  private static CommandAnswer notTheHolder(NodeId node, ResourceId resource, long epoch) {
    return refused(
        "HA-ELECT-007", "%s does not hold epoch %d of %s".formatted(node, epoch, resource), "");
  }
}
