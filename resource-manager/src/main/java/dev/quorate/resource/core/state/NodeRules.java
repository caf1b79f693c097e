package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Draft.accepted;
import static dev.quorate.resource.core.state.Draft.refused;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand.ExpireGrace;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.LeaveNode;
import dev.quorate.resource.ClusterCommand.SetAttribute;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.NodeStatus.Verdict;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.ViewReport;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// How lives of nodes begin and end.
///
/// A life that was fenced, or is to be fenced, never joins again: only a newer boot does. A life
/// that was lost and not yet condemned may join again, since it may only have been cut off.
final class NodeRules {
  private NodeRules() {}

  static CommandAnswer join(Draft draft, JoinNode command) {
    NodeId node = command.node();
    Incarnation incarnation = command.incarnation();
    Optional<NodeStatus> known = draft.node(node);
    if (known.isEmpty()) {
      return refused(
          "HA-NODE-001",
          "%s is not a node of this cluster".formatted(node),
          "add it on a member with 'hactl node add', then join it anew");
    }
    if (command.featureLevel() < draft.featureLevel) {
      return refused(
          "HA-NODE-002",
          "%s understands feature level %d, and this cluster uses %d"
              .formatted(node, command.featureLevel(), draft.featureLevel),
          "upgrade the node");
    }
    NodeStatus before = known.get();
    boolean first = before.presence() == Presence.NEVER_SEEN;
    boolean newBoot = first || !before.incarnation().sameBoot(incarnation);
    if (!first) {
      Optional<CommandAnswer> refusal = mayNotJoin(draft, node, before, incarnation, newBoot);
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    LogPosition since = before.online() ? before.since() : draft.position;
    draft.setNode(node, new NodeStatus(Presence.ONLINE, incarnation, since, "", Verdict.NONE));
    forgetEvidence(draft, node);
    if (newBoot) {
      beginBoot(draft, node, incarnation.bootId());
    } else {
      beginRun(draft, node, before, incarnation);
    }
    return accepted();
  }

  private static Optional<CommandAnswer> mayNotJoin(
      Draft draft, NodeId node, NodeStatus before, Incarnation incarnation, boolean newBoot) {
    long lastRun = before.incarnation().run();
    if (incarnation.run() < lastRun || (newBoot && incarnation.run() == lastRun)) {
      return Optional.of(
          refused(
              "HA-NODE-003",
              "%s has joined as run %d already, and this is run %d"
                  .formatted(node, lastRun, incarnation.run()),
              "its state directory was wiped or is an old copy: put the right one back; replacing a node"
                  + " is not possible yet"));
    }
    if (newBoot) {
      return Optional.empty();
    }
    String boot = incarnation.bootId();
    if (before.presence() == Presence.FENCED) {
      return Optional.of(
          refused(
              "HA-NODE-004",
              "%s was fenced in this boot, and its resources may run elsewhere".formatted(node),
              "reboot the node"));
    }
    if (before.verdict() != Verdict.NONE || draft.fenceOf(node, boot).isPresent()) {
      return Optional.of(
          refused(
              "HA-NODE-005",
              "%s is about to be fenced in this boot: %s".formatted(node, before.reason()),
              "wait for the fencing, or reboot the node"));
    }
    return Optional.empty();
  }

  /// What was said of an earlier life says nothing of this one.
  private static void forgetEvidence(Draft draft, NodeId node) {
    draft.views.remove(node);
    draft.views.replaceAll((_, report) -> withoutAbsent(report, node));
  }

  private static ViewReport withoutAbsent(ViewReport report, NodeId node) {
    if (!report.absent().containsKey(node)) {
      return report;
    }
    var absent = new TreeMap<>(report.absent());
    absent.remove(node);
    return new ViewReport(
        report.reporter(),
        report.incarnation(),
        report.ring(),
        report.sequence(),
        report.members(),
        absent);
  }

  private static void beginBoot(Draft draft, NodeId node, String bootId) {
    draft.dropIntents(i -> Draft.concerns(i, node), "the node booted anew");
    draft.attributes.remove(node);
    draft.forgetFailures(_ -> true, node::equals);
    for (ResourceDefinition resource : draft.configuration().resources()) {
      draft.setInstance(
          resource.id(), node, Role.STOPPED, Certainty.UNKNOWN, 0, "not looked at in this boot");
    }
    for (Primacy primacy : draft.primacies()) {
      if (primacy.holder() instanceof Holder.Held(var holder, var boot)
          && holder.equals(node)
          && !boot.equals(bootId)) {
        draft.releaseAll(node, boot, Holder.Proof.NEW_BOOT);
      }
    }
    ElectionRules.forgetVotes(draft, node);
  }

  private static void beginRun(
      Draft draft, NodeId node, NodeStatus before, Incarnation incarnation) {
    List<Intent> dropped =
        draft.dropIntents(i -> Draft.concerns(i, node), "the node's daemon began anew");
    for (Intent intent : dropped) {
      if (intent.action() instanceof Action.OperationAction(var kind, var resource, _)) {
        InstanceRules.lose(draft, resource, node, kind, "its operation was interrupted");
      }
    }
    boolean sameRun = before.incarnation().run() == incarnation.run();
    boolean untrusted =
        switch (before.presence()) {
          case LOST, LEFT -> true;
          case ONLINE, DAEMON_GONE -> sameRun;
          case NEVER_SEEN, FENCED -> throw new IllegalStateException("not the same boot");
        };
    if (untrusted) {
      draft.distrustAll(node, "the node joined again");
    }
    // Whoever was to leave and did not, begins as one that stays.
    draft.attributes.getOrDefault(node, new TreeMap<>()).remove("shutdown");
  }

  static CommandAnswer leave(Draft draft, LeaveNode command) {
    NodeId node = command.node();
    Optional<NodeStatus> status = draft.node(node);
    if (status.isEmpty()
        || !status.get().incarnation().equals(command.incarnation())
        || (status.get().presence() != Presence.ONLINE
            && status.get().presence() != Presence.DAEMON_GONE)) {
      return notInThatLife(node, "leave");
    }
    String boot = command.incarnation().bootId();
    for (Primacy primacy : draft.primacies()) {
      boolean active =
          draft
              .instance(primacy.resource(), node)
              .filter(i -> i.role().active() || i.certainty() == Certainty.BLOCKED)
              .isPresent();
      boolean done = !active && !draft.leftAlone(primacy.resource(), node);
      if (primacy.heldBy(node, boot) && done) {
        draft.setPrimacy(
            Primacies.withHolder(
                primacy, new Holder.Released(node, boot, Holder.Proof.CLEAN_STOP, 0, 0)));
      }
    }
    draft.setPresence(node, Presence.LEFT, "left cleanly", Verdict.NONE);
    end(draft, node, "the node left");
    return accepted();
  }

  /// Nothing runs on a node any more.
  static void end(Draft draft, NodeId node, String reason) {
    draft.dropIntents(i -> Draft.concerns(i, node), reason);
    draft.views.remove(node);
    draft.attributes.remove(node);
    for (ResourceDefinition resource : draft.configuration().resources()) {
      draft.setInstance(resource.id(), node, Role.STOPPED, Certainty.KNOWN, 7, "");
    }
  }

  static CommandAnswer expireGrace(Draft draft, ExpireGrace command) {
    Optional<NodeStatus> status = draft.node(command.node());
    if (status.isEmpty()
        || status.get().presence() != Presence.DAEMON_GONE
        || !status.get().incarnation().bootId().equals(command.bootId())) {
      return refused(
          "HA-NODE-007", "%s is not waited for in this boot".formatted(command.node()), "");
    }
    if (ViewRules.vouchedFor(draft, command.node())) {
      return refused(
          "HA-NODE-011",
          "the daemon of %s answers and hears the log: only the ring does not hear it"
              .formatted(command.node()),
          "see whether UDP packets pass between the nodes");
    }
    if (ViewRules.atLimit(draft, command.node())) {
      return refused(
          "HA-NODE-008",
          "%s cannot be lost as well: a minority of the voters is lost already"
              .formatted(command.node()),
          "confirm that a lost node is off with 'hactl stonith confirm NODE'");
    }
    draft.setPresence(
        command.node(), Presence.LOST, "its daemon did not come back in time", Verdict.NONE);
    return accepted();
  }

  static CommandAnswer setAttribute(Draft draft, SetAttribute command) {
    if (!draft.onlineAs(command.node(), command.incarnation())) {
      return notInThatLife(command.node(), "set an attribute");
    }
    if (command.name().isEmpty() || command.name().length() > 255) {
      return refused("HA-NODE-009", "a node attribute needs a name of 1 to 255 characters", "");
    }
    SortedMap<String, String> ofNode =
        draft.attributes.computeIfAbsent(command.node(), _ -> new TreeMap<>());
    if (command.value().isEmpty()) {
      ofNode.remove(command.name());
    } else {
      ofNode.put(command.name(), command.value());
    }
    if (ofNode.isEmpty()) {
      draft.attributes.remove(command.node());
    }
    return accepted();
  }

  static CommandAnswer notInThatLife(NodeId node, String what) {
    return refused(
        "HA-NODE-006",
        "%s cannot %s: it does not take part in that life".formatted(node, what),
        "");
  }
}
