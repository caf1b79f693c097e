package dev.quorate.resource.core.state;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Absence;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterCommand.CastVote;
import dev.quorate.resource.ClusterCommand.Cleanup;
import dev.quorate.resource.ClusterCommand.CloseElection;
import dev.quorate.resource.ClusterCommand.ConfirmFencing;
import dev.quorate.resource.ClusterCommand.ExpireGrace;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.LeaveNode;
import dev.quorate.resource.ClusterCommand.OpenElection;
import dev.quorate.resource.ClusterCommand.RecordResult;
import dev.quorate.resource.ClusterCommand.ReleasePrimacy;
import dev.quorate.resource.ClusterCommand.ReportObservation;
import dev.quorate.resource.ClusterCommand.RequestFencing;
import dev.quorate.resource.ClusterCommand.RequestSwitchover;
import dev.quorate.resource.ClusterCommand.SetSyncPromise;
import dev.quorate.resource.Election;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.SyncPromise;
import dev.quorate.resource.Vote;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// What a cluster with bad luck and confused leaders proposes.
final class RandomCommands {
  private static final List<NodeId> NODES = List.of(Ledger.N1, Ledger.N2, Ledger.N3);

  private final Ledger ledger;
  private final RandomGenerator random;

  RandomCommands(Ledger ledger, RandomGenerator random) {
    this.ledger = ledger;
    this.random = random;
  }

  ClusterCommand next() {
    NodeId node = pick(NODES);
    NodeStatus status = ledger.status(node);
    ResourceId resource = random.nextInt(3) == 0 ? Ledger.VIP : Ledger.PG;
    return switch (random.nextInt(20)) {
      case 0 ->
          status.online() && random.nextInt(3) != 0
              ? sensible(resource, node)
              : new JoinNode(node, life(status.incarnation()), 1);
      case 1 ->
          random.nextInt(5) == 0
              ? new LeaveNode(node, status.incarnation())
              : new ExpireGrace(node, status.incarnation().bootId());
      case 2, 3 -> view(node);
      case 4, 5, 6 -> sensible(resource, node);
      case 7 -> ledger.operation(pick(List.of(OperationKind.values())), resource, node);
      case 8, 9, 10, 11 -> finish(resource, node);
      case 12 ->
          new ReportObservation(
              node,
              status.incarnation(),
              resource,
              random.nextInt(4) == 0 ? LogPosition.NONE : ledger.state.position(),
              observed(resource));
      case 13 -> new Cleanup(resource, List.of(), "test");
      case 14 -> primacy(node, status);
      case 15 ->
          random.nextInt(4) == 0
              ? new OpenElection(
                  Ledger.PG, ledger.primacy().election().round() + 1, "test", List.of(node))
              : ElectionSupervisor.due(ledger.state, new TreeSet<>()).stream()
                  .findFirst()
                  .map(ClusterCommand.class::cast)
                  .orElseGet(() -> view(node));
      case 16, 17 ->
          new CastVote(
              Ledger.PG,
              ledger.primacy().election().round(),
              vote(node, status.incarnation().bootId()));
      case 18 ->
          new CloseElection(
              Ledger.PG,
              ledger.primacy().election().round(),
              random.nextInt(8) == 0 ? "" : node.name(),
              "");
      default -> random.nextInt(3) == 0 ? fencing(node) : finish(resource, node);
    };
  }

  /// What a leader would do that knows the state.
  private ClusterCommand sensible(ResourceId resource, NodeId node) {
    if (ledger.primacy().election() instanceof Election.Won won && random.nextBoolean()) {
      return ledger.operation(OperationKind.PROMOTE, Ledger.PG, won.winner());
    }
    boolean known =
        ledger
            .state
            .instance(resource, node)
            .filter(i -> i.certainty() == InstanceStatus.Certainty.KNOWN)
            .isPresent();
    return ledger.operation(known ? OperationKind.START : OperationKind.MONITOR, resource, node);
  }

  private Incarnation life(Incarnation last) {
    return switch (random.nextInt(4)) {
      case 0 -> last;
      case 1 -> new Incarnation(last.bootId(), last.run() + 1);
      case 2 -> new Incarnation("b" + random.nextInt(30), last.run() + 1);
      default -> new Incarnation("a", 1);
    };
  }

  private ClusterCommand view(NodeId node) {
    Absence how = pick(List.of(Absence.values()));
    NodeId missing = pick(NODES);
    return missing.equals(node) ? ledger.view(node, how) : ledger.view(node, how, missing);
  }

  private ClusterCommand finish(ResourceId resource, NodeId node) {
    Optional<Intent> intent =
        ledger.state.intents().values().stream().filter(i -> random.nextBoolean()).findFirst();
    if (intent.isEmpty()) {
      return ledger.operation(OperationKind.MONITOR, resource, node);
    }
    Intent found = intent.get();
    return switch (found.action()) {
      case Action.FenceAction(var target, var boot, _) ->
          ledger.fenced(found.id(), found.executor(), target, boot, random.nextBoolean());
      case Action.OperationAction op -> new RecordResult(found.id(), found.executor(), result(op));
    };
  }

  private OperationResult result(Action.OperationAction op) {
    Role now =
        ledger
            .state
            .instance(op.resource(), op.node())
            .map(InstanceStatus::role)
            .orElse(Role.STOPPED);
    return switch (random.nextInt(8)) {
      case 0 -> OperationResult.unknown("timed out");
      case 1 -> OperationResult.failed(1, now, "failed");
      default -> OperationResult.succeeded(now);
    };
  }

  private OperationResult observed(ResourceId resource) {
    return switch (random.nextInt(3)) {
      case 0 -> OperationResult.failed(7, Role.STOPPED, "");
      case 1 -> OperationResult.unknown("timed out");
      default ->
          OperationResult.succeeded(
              resource.equals(Ledger.VIP)
                  ? Role.STOPPED
                  : pick(List.of(Role.UNPROMOTED, Role.PROMOTED)));
    };
  }

  private ClusterCommand primacy(NodeId node, NodeStatus status) {
    long epoch = ledger.primacy().epoch();
    return switch (random.nextInt(3)) {
      case 0 ->
          new ReleasePrimacy(
              Ledger.PG, epoch, node, status.incarnation().bootId(), 1, random.nextInt(100));
      case 1 ->
          new SetSyncPromise(
              Ledger.PG,
              epoch,
              node,
              ledger.primacy().promise().version(),
              new SyncPromise(
                  0, NODES.stream().filter(n -> !n.equals(node)).toList(), random.nextInt(3)));
      default -> new RequestSwitchover(Ledger.CLONE, node.name(), "test");
    };
  }

  private Vote vote(NodeId node, String boot) {
    return new Vote(
        node,
        boot,
        random.nextInt(5) != 0,
        "sysid",
        1,
        random.nextInt(100),
        List.of(),
        false,
        0,
        "");
  }

  private ClusterCommand fencing(NodeId node) {
    return switch (random.nextInt(4)) {
      case 0 -> new RequestFencing(node, random.nextBoolean(), "test");
      case 1 -> new ConfirmFencing(node, "test");
      default -> ledger.fence("f" + random.nextInt(), pick(NODES), node);
    };
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
