package dev.quorate.resource.core.transition;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.Action.FenceAction;
import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.TimeText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;

/// Says which actions of a graph may begin now, and which intents have been silent for too long.
///
/// Level-triggered: it remembers nothing. The graph follows from the same state that is passed with
/// it, so an action is done when it is not in the graph, and running when the state holds an intent
/// for it.
///
/// Invariants:
/// - an action begins only when nothing that it waits for is left in the graph;
/// - an instance has at most one operation in flight, and a node that is being fenced gets none;
/// - an operation is only sent to a node that is online;
/// - an attempt to fence is taken over when its executor is gone.
///
/// @param margin how much longer than its timeout an intent may stay without a result
/// @param fenceRetry the pause after a failed attempt to fence a node
public record TransitionExecutor(Duration margin, Duration fenceRetry) {
  /// What can begin.
  ///
  /// @param actions sorted
  /// @param recheckWallMillis when another action becomes ready by the passing of time alone
  public record Readiness(List<Action> actions, OptionalLong recheckWallMillis) {
    /// Copies the list.
    public Readiness {
      actions = List.copyOf(actions);
    }
  }

  /// The usual durations.
  public static final TransitionExecutor STANDARD =
      new TransitionExecutor(Duration.ofSeconds(5), Duration.ofSeconds(2));

  private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration FENCING_TIMEOUT = Duration.ofSeconds(60);

  /// The actions that may begin now.
  ///
  /// @param wallMillis the leader's wall clock
  public Readiness ready(ClusterState state, TransitionGraph graph, long wallMillis) {
    int limit = batchLimit(state.configuration());
    int running = state.intents().size();
    OptionalLong recheck = OptionalLong.empty();
    List<Action> ready = new ArrayList<>();
    for (Action action : graph.actions()) {
      if (!graph.predecessors(action).isEmpty() || !possible(state, action)) {
        continue;
      }
      OptionalLong pausedUntil = pausedUntil(state, action, wallMillis);
      if (pausedUntil.isPresent()) {
        long until = pausedUntil.getAsLong();
        recheck = OptionalLong.of(Math.min(until, recheck.orElse(until)));
      } else if (action instanceof FenceAction || limit == 0 || running + ready.size() < limit) {
        ready.add(action);
      }
    }
    return new Readiness(ready, recheck);
  }

  private static boolean possible(ClusterState state, Action action) {
    for (Intent intent : state.intents().values()) {
      boolean conflict =
          switch (intent.action()) {
            case FenceAction(var node, _, _) ->
                node.equals(action.node())
                    && (action instanceof OperationAction || alive(state, intent));
            case OperationAction(_, var resource, var node) ->
                action instanceof OperationAction(_, var mine, var where)
                    && resource.equals(mine)
                    && node.equals(where);
          };
      if (conflict) {
        return false;
      }
    }
    return switch (action) {
      case OperationAction(_, _, var node) -> state.online(node);
      case FenceAction _ -> true;
    };
  }

  /// Whether the life that executes an intent goes on.
  private static boolean alive(ClusterState state, Intent intent) {
    return state
        .node(intent.executor())
        .filter(n -> n.online() && n.incarnation().equals(intent.incarnation()))
        .isPresent();
  }

  private OptionalLong pausedUntil(ClusterState state, Action action, long wallMillis) {
    if (!(action instanceof FenceAction(var node, var bootId, _))) {
      return OptionalLong.empty();
    }
    for (FencingRecord attempt : state.fencings().reversed()) {
      if (attempt.target().equals(node) && attempt.bootId().equals(bootId)) {
        long until = attempt.wallMillis() + fenceRetry.toMillis();
        // A record from the future (a clock was set back) must not pause for longer than the retry.
        boolean paused =
            !attempt.confirmed() && wallMillis < until && attempt.wallMillis() <= wallMillis;
        return paused ? OptionalLong.of(until) : OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  /// The commands that end intents whose result is overdue: an operation is then unknown and will
  /// be probed, an attempt at fencing has failed. Intents of nodes that are not online are left
  /// alone: they count as running until the node returns or is fenced.
  ///
  /// @param seen when the leader first saw each intent, by its own clock
  /// @param now the same clock
  /// @param wallMillis for the fencing history
  public List<ClusterCommand> overdue(
      ClusterState state, SortedMap<String, Instant> seen, Instant now, long wallMillis) {
    List<ClusterCommand> commands = new ArrayList<>();
    for (Map.Entry<String, Intent> entry : state.intents().entrySet()) {
      Intent intent = entry.getValue();
      Instant since = seen.get(entry.getKey());
      if (since == null || !now.isAfter(since.plus(intent.timeout()).plus(margin))) {
        continue;
      }
      String reason =
          intent.action().key()
              + ": no result "
              + intent.timeout().plus(margin)
              + " after it began";
      switch (intent.action()) {
        case OperationAction _ -> {
          if (state.online(intent.executor())) {
            commands.add(
                new ClusterCommand.RecordResult(
                    intent.id(), intent.executor(), OperationResult.unknown(reason)));
          }
        }
        case FenceAction(var node, var bootId, var reboot) ->
            commands.add(
                new ClusterCommand.RecordFencing(
                    intent.id(),
                    new FencingRecord(
                        node,
                        bootId,
                        reboot,
                        false,
                        "",
                        "",
                        reason,
                        intent.executor(),
                        "cluster",
                        wallMillis,
                        LogPosition.NONE)));
      }
    }
    return commands;
  }

  /// How long an action may take, as configured.
  public static Duration timeout(ClusterConfiguration configuration, Action action) {
    return switch (action) {
      case OperationAction(var kind, var resource, _) ->
          configuration
              .resource(resource)
              .flatMap(r ->
                  r.operations().stream()
                      .filter(o -> o.kind() == kind)
                      .filter(o -> kind == OperationKind.MONITOR || o.interval().isZero())
                      .findFirst())
              .map(OperationDefinition::timeout)
              .orElse(OPERATION_TIMEOUT);
      case FenceAction _ -> {
        String text = configuration.properties().getOrDefault("stonith-timeout", "");
        yield TimeText.parse(text).filter(Duration::isPositive).orElse(FENCING_TIMEOUT);
      }
    };
  }

  /// Who executes an action: the node itself, or for fencing the node that asks.
  ///
  /// @return nobody if that is the node to be fenced: another leader must do it
  public static java.util.Optional<NodeId> executor(Action action, NodeId leader) {
    return switch (action) {
      case OperationAction(_, _, var node) -> java.util.Optional.of(node);
      case FenceAction(var node, _, _) ->
          node.equals(leader) ? java.util.Optional.empty() : java.util.Optional.of(leader);
    };
  }

  /// Whether everything that was decided is either done or waits for something outside.
  public static boolean settled(ClusterState state, TransitionGraph graph) {
    return graph.isEmpty()
        && state.intents().isEmpty()
        && state.nodes().values().stream().noneMatch(NodeStatus::unclean);
  }

  private static int batchLimit(ClusterConfiguration configuration) {
    String text = configuration.properties().getOrDefault("batch-limit", "0");
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
  }
}
