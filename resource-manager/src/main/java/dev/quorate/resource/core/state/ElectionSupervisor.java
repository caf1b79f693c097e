package dev.quorate.resource.core.state;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand.OpenElection;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Election;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.FlagText;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.LeftAlone;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.TwoNodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// When the leader asks for votes. Follows from the state alone, so that a new leader asks for the
/// same.
///
/// A round is due when nobody holds the grant any more, or when the holder's node is lost: votes
/// are taken while it is being fenced. The first round waits for every node: one that is not up yet
/// may have the primary that the others are to follow. A holder whose daemon is gone is waited for.
/// A blocked round is repeated only once an instance or a node has changed since, else it would
/// block again.
public final class ElectionSupervisor {
  private ElectionSupervisor() {}

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(32);

  /// How long a blocked round is left alone while nothing changes.
  ///
  /// @param blocked how many rounds in a row were blocked, 1 or more
  public static Duration pause(int blocked) {
    Duration pause = SHORTEST_PAUSE.multipliedBy(1L << Math.clamp(blocked - 1L, 0, 10));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /// The rounds to open now.
  ///
  /// @param rested the resources whose blocked round has been left alone for long enough
  public static List<OpenElection> due(ClusterState state, SortedSet<ResourceId> rested) {
    List<OpenElection> due = new ArrayList<>();
    if (!majorityOnline(state) || flag(state, "maintenance-mode")) {
      return due;
    }
    for (Primacy primacy : state.primacies().values()) {
      Optional<ResourceDefinition> resource = state.configuration().resource(primacy.resource());
      Optional<String> reason = resource.flatMap(r -> reason(state, r, primacy, rested));
      List<NodeId> voters = voters(state, primacy.resource());
      if (reason.isPresent() && !voters.isEmpty()) {
        due.add(
            new OpenElection(
                primacy.resource(), primacy.election().round() + 1, reason.get(), voters));
      }
    }
    return due;
  }

  /// The nodes that can vote now: online, with an instance that runs unpromoted and well.
  public static List<NodeId> voters(ClusterState state, ResourceId resource) {
    return state.nodes().keySet().stream()
        .filter(state::online)
        .filter(n -> state.instance(resource, n).filter(PrimacyRules::unpromoted).isPresent())
        .toList();
  }

  /// Whether every vote that an open round can still get is in. Otherwise the caller's deadline
  /// ends it.
  public static boolean complete(ClusterState state, ResourceId resource, Election.Open round) {
    List<NodeId> able = voters(state, resource);
    return round.expected().stream()
        .allMatch(n -> round.votes().containsKey(n) || !able.contains(n));
  }

  private static Optional<String> reason(
      ClusterState state,
      ResourceDefinition resource,
      Primacy primacy,
      SortedSet<ResourceId> rested) {
    boolean promoting =
        state.intents().values().stream()
            .anyMatch(i -> ActionRules.promotes(i, primacy.resource()));
    if (unwanted(state, resource) || promoting || !roundIsOver(state, primacy, rested)) {
      return Optional.empty();
    }
    return switch (primacy.holder()) {
      case Holder.Nobody() ->
          allLookedAt(state, resource) ? Optional.of("nobody was ever promoted") : Optional.empty();
      case Holder.Released(var node, _, var proof, _, _) ->
          Optional.of("%s is done: %s".formatted(node, proof));
      case Holder.Held(var node, var bootId) -> holderFailed(state, resource, node, bootId);
    };
  }

  /// Whether an operator has said that nothing of the resource is to be promoted, or touched.
  static boolean unwanted(ClusterState state, ResourceDefinition resource) {
    return flag(state, "stop-all-resources")
        || is(state, resource, "target-role", "Stopped")
        || is(state, resource, "target-role", "Unpromoted")
        || LeftAlone.of(state.configuration(), resource).isPresent();
  }

  private static Optional<String> holderFailed(
      ClusterState state, ResourceDefinition resource, NodeId node, String bootId) {
    Optional<NodeStatus> status = state.node(node);
    if (status.isEmpty() || !status.get().incarnation().bootId().equals(bootId)) {
      return Optional.of(node + " is gone");
    }
    return switch (status.get().presence()) {
      case DAEMON_GONE -> Optional.empty();
      case NEVER_SEEN, LEFT, LOST, FENCED ->
          Optional.of("%s is %s".formatted(node, status.get().presence()));
      case ONLINE ->
          unusable(state, resource, node)
              ? Optional.of(resource.id() + " is stopped on " + node + " and may not start there")
              : Optional.empty();
    };
  }

  /// Whether a holder's instance is down on a node that takes part, and recovery there is given up.
  /// Where an operator works by hand, what is down may be started at any time.
  private static boolean unusable(ClusterState state, ResourceDefinition resource, NodeId node) {
    boolean down =
        state
            .instance(resource.id(), node)
            .filter(i -> i.role() == Role.STOPPED && i.certainty() == Certainty.KNOWN)
            .isPresent();
    boolean busy =
        state.intents().values().stream()
            .anyMatch(i ->
                i.action() instanceof Action.OperationAction(_, var r, var n)
                    && r.equals(resource.id())
                    && n.equals(node));
    boolean byHand = LeftAlone.of(state.configuration(), resource, node).isPresent();
    return down && !busy && !byHand && banned(state, resource, node);
  }

  /// The nodes that may hold the data of a resource that was never promoted, and do not take part:
  /// what they have is not known, so the first promotion waits for them. An operator who knows
  /// better says so by standby, or by a ban.
  public static List<NodeId> unseen(ClusterState state, ResourceDefinition resource) {
    return state.configuration().nodes().keySet().stream()
        .filter(n -> !state.online(n) && !excluded(state.configuration(), resource, n))
        .toList();
  }

  /// Whether an operator has said that the node shall not run the resource.
  static boolean excluded(
      ClusterConfiguration configuration, ResourceDefinition resource, NodeId node) {
    NodeDefinition definition = configuration.nodes().get(node);
    return definition == null
        || definition.standby()
        || configuration.constraints().stream()
            .anyMatch(c ->
                c instanceof Constraint.Location(_, var id, var role, var n, var score)
                    && resource.answersTo(id)
                    && role == Role.STARTED
                    && n.equals(node)
                    && score.equals(Score.NEVER));
  }

  /// Whether the resource may not run there, or has failed there too often.
  static boolean banned(ClusterState state, ResourceDefinition resource, NodeId node) {
    if (excluded(state.configuration(), resource, node)) {
      return true;
    }
    int threshold =
        state
            .configuration()
            .meta(resource, "migration-threshold")
            .map(ElectionSupervisor::threshold)
            .orElse(Score.INFINITY);
    var counts = state.failCounts().get(resource.id());
    FailCount count = counts == null ? null : counts.get(node);
    return threshold > 0 && count != null && count.count() >= threshold;
  }

  private static int threshold(String text) {
    try {
      return Score.parse(text).value();
    } catch (IllegalArgumentException _) {
      return Score.INFINITY;
    }
  }

  private static boolean roundIsOver(
      ClusterState state, Primacy primacy, SortedSet<ResourceId> rested) {
    return switch (primacy.election()) {
      case Election.Idle _ -> true;
      case Election.Open _ -> false;
      case Election.Won(_, var winner, var bootId, _, _, _) ->
          !voters(state, primacy.resource()).contains(winner)
              || !state
                  .node(winner)
                  .filter(s -> s.incarnation().bootId().equals(bootId))
                  .isPresent();
      case Election.Blocked blocked ->
          rested.contains(primacy.resource()) || changedSince(state, primacy, blocked);
    };
  }

  private static boolean changedSince(
      ClusterState state, Primacy primacy, Election.Blocked blocked) {
    boolean node =
        state.nodes().values().stream().anyMatch(s -> s.since().compareTo(blocked.since()) > 0);
    var instances = state.instances().get(primacy.resource());
    boolean instance =
        instances != null
            && instances.values().stream().anyMatch(i -> i.since().compareTo(blocked.since()) > 0);
    return node || instance;
  }

  /// Whether every node that may run an instance has shown what it has. One in maintenance will not
  /// say what it holds, so it is waited for.
  private static boolean allLookedAt(ClusterState state, ResourceDefinition resource) {
    boolean busy =
        state.intents().values().stream()
            .anyMatch(i ->
                i.action() instanceof Action.OperationAction(var kind, var r, _)
                    && r.equals(resource.id())
                    && (kind == OperationKind.START || kind == OperationKind.MONITOR));
    List<NodeId> able =
        state.nodes().keySet().stream()
            .filter(state::online)
            .filter(n -> !banned(state, resource, n))
            .toList();
    boolean mute =
        able.stream().anyMatch(n -> LeftAlone.of(state.configuration(), resource, n).isPresent());
    List<Optional<InstanceStatus>> instances =
        able.stream().map(n -> state.instance(resource.id(), n)).toList();
    boolean unknown =
        instances.stream().anyMatch(i -> i.isEmpty() || i.get().certainty() == Certainty.UNKNOWN);
    long shown =
        instances.stream()
            .flatMap(Optional::stream)
            .filter(i -> i.role().active() || i.certainty() != Certainty.KNOWN)
            .count();
    int wanted =
        resource.form().cloned()
            ? Math.min(resource.form().instances(able.size()), able.size())
            : 1;
    return !busy && !unknown && !mute && shown >= wanted && unseen(state, resource).isEmpty();
  }

  private static boolean majorityOnline(ClusterState state) {
    List<NodeId> voters = TwoNodes.voters(state.configuration(), state.attributes());
    return voters.stream().filter(state::online).count() > voters.size() / 2;
  }

  static boolean flag(ClusterState state, String property) {
    return FlagText.parse(state.configuration().properties().getOrDefault(property, ""))
        .orElse(false);
  }

  private static boolean is(
      ClusterState state, ResourceDefinition resource, String meta, String value) {
    return state.configuration().meta(resource, meta).filter(value::equals).isPresent();
  }
}
