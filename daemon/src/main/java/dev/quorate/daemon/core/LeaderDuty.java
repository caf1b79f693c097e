package dev.quorate.daemon.core;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Election;
import dev.quorate.resource.LastWrite;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.core.scheduling.PlacementScheduler;
import dev.quorate.resource.core.scheduling.Plan;
import dev.quorate.resource.core.state.ElectionSupervisor;
import dev.quorate.resource.core.transition.TransitionExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the leader does that no other node does: it plans, decides intents, opens and closes
/// elections, and keeps the times that only a clock can tell.
///
/// Level-triggered: everything follows from the committed state; what it remembers of its own are
/// times, which a successor measures anew. Every decision is a command that is checked once more
/// when it is applied.
final class LeaderDuty {
  /// The pause between attempts at fencing is measured here, by the monotonic clock.
  private static final long NO_PAUSE = Long.MAX_VALUE;

  private static final Duration FENCE_RETRY = Duration.ofSeconds(2);
  private static final int MOST_DEADLINES = 5;
  private static final int MOST_WRITES = 256;
  private static final Duration LONGEST_TIMER = Duration.ofHours(1);
  private static final NodeTimer PLAN = new NodeTimer(NodeTimer.Purpose.PLAN, "");
  private static final NodeTimer TIME = new NodeTimer(NodeTimer.Purpose.TIME, "");

  private final NodeId self;
  private final NodeSettings settings;
  private final ElectionPolicy policy;
  private final SortedMap<String, Instant> intentsSeen = new TreeMap<>();
  private final SortedMap<NodeId, Instant> fenceNotBefore = new TreeMap<>();
  private final SortedSet<NodeTimer> armed =
      new TreeSet<>(
          java.util.Comparator.comparing(NodeTimer::purpose).thenComparing(NodeTimer::subject));
  private final SortedMap<ResourceId, Overdue> votesOverdue = new TreeMap<>();
  private final SortedMap<ResourceId, BlockedRounds> blocked = new TreeMap<>();
  private final SortedMap<ResourceId, LastWrite> writes = new TreeMap<>();

  /// An open round for whose votes was waited.
  ///
  /// @param times how many deadlines have passed, 1 or more
  private record Overdue(long round, int times) {}

  /// Rounds that were blocked one after the other.
  ///
  /// @param last the number of the last one
  /// @param since when it was seen to be blocked
  private record BlockedRounds(int count, long last, Instant since) {
    boolean rested(Instant now) {
      return !now.isBefore(since.plus(ElectionSupervisor.pause(count)));
    }
  }

  /// The state that was planned for last: the same state would give the same plan.
  private @Nullable ClusterState planned;

  private List<Action> ready = List.of();

  /// When the plan may change by itself; 0 for never.
  private long moment;

  /// Whether the state's time may be that of a command of long ago.
  private boolean timeless = true;

  /// Whether this turn plans, whatever else it does.
  private boolean planNow;

  private long term = -1;
  private long transition;
  private long counter;

  LeaderDuty(NodeId self, NodeSettings settings, ElectionPolicy policy) {
    this.self = self;
    this.settings = settings;
    this.policy = policy;
  }

  /// This node leads from now on: all times start anew.
  void lead(long newTerm) {
    term = newTerm;
    transition = 0;
    counter = 0;
    planned = null;
    ready = List.of();
    moment = 0;
    timeless = true;
    intentsSeen.clear();
    fenceNotBefore.clear();
    votesOverdue.clear();
    blocked.clear();
    armed.clear();
  }

  /// Another node leads, or none.
  List<NodeEffect> resign() {
    term = -1;
    List<NodeEffect> effects = new ArrayList<>();
    for (NodeTimer timer : armed) {
      effects.add(new NodeEffect.CancelTimer(timer));
    }
    armed.clear();
    return effects;
  }

  boolean leading() {
    return term >= 0;
  }

  /// Whether something must be done that this node cannot do: fencing itself.
  boolean mustYield() {
    return leading()
        && ready.stream().anyMatch(a -> TransitionExecutor.executor(a, self).isEmpty());
  }

  /// Decides everything that the state calls for now. A plan takes its time, so a leader that has
  /// something for others to work on meanwhile, or for itself, plans in a turn of its own.
  ///
  /// @param effects what this turn does already; the decisions are added
  @SuppressWarnings("ReferenceEquality") // only the very same state is sure to be the same at once
  void decide(Instant now, ClusterState state, Outbox outbox, List<NodeEffect> effects) {
    effects.addAll(watchGrace(state));
    effects.addAll(watchIntents(now, state, outbox));
    effects.addAll(hold(now, state, outbox));
    boolean later = state != planned && !planNow && effects.stream().anyMatch(LeaderDuty::urgent);
    planNow = false;
    if (!later) {
      effects.addAll(act(now, state, outbox));
    } else if (armed.add(PLAN)) {
      effects.add(new NodeEffect.SetTimer(PLAN, Duration.ZERO));
    }
  }

  /// Everything that was urgent is on its way.
  void planNow() {
    armed.remove(PLAN);
    planNow = true;
  }

  private static boolean urgent(NodeEffect effect) {
    return effect instanceof NodeEffect.Propose
        || effect instanceof NodeEffect.RunOperation
        || effect instanceof NodeEffect.Fence
        || effect instanceof NodeEffect.ProbePeer;
  }

  /// A daemon has been gone for as long as it may.
  List<NodeEffect> graceExpired(NodeId node, ClusterState state, Outbox outbox) {
    armed.remove(new NodeTimer(NodeTimer.Purpose.GRACE, node.name()));
    return state
        .node(node)
        .filter(_ -> waitedFor(state, node))
        .map(s ->
            outbox.propose(
                "grace " + node,
                new ClusterCommand.ExpireGrace(node, s.incarnation().bootId()),
                false))
        .orElse(List.of());
  }

  /// How far the primary of a resource has written, or had when it fell silent. Every node
  /// remembers it: any may lead when it is wanted.
  void heard(ResourceId resource, LastWrite write) {
    if (writes.containsKey(resource) || writes.size() < MOST_WRITES) {
      writes.put(resource, write);
    }
  }

  /// The votes of an election have been waited for long enough.
  void votesOverdue(ResourceId resource, ClusterState state) {
    armed.remove(electionTimer(resource));
    Primacy primacy = state.primacies().get(resource);
    if (primacy != null && primacy.election() instanceof Election.Open open) {
      Overdue before = votesOverdue.get(resource);
      int times = before != null && before.round() == open.round() ? before.times() : 0;
      votesOverdue.put(resource, new Overdue(open.round(), times + 1));
    }
  }

  /// A fencing failed: the next attempt waits a little.
  void fencingFailed(Instant now, NodeId target) {
    fenceNotBefore.put(target, now.plus(FENCE_RETRY));
  }

  private List<NodeEffect> watchGrace(ClusterState state) {
    List<NodeEffect> effects = new ArrayList<>();
    for (var entry : state.nodes().entrySet()) {
      NodeTimer timer = new NodeTimer(NodeTimer.Purpose.GRACE, entry.getKey().name());
      boolean gone = waitedFor(state, entry.getKey());
      if (gone && armed.add(timer)) {
        effects.add(new NodeEffect.SetTimer(timer, settings.grace()));
      } else if (!gone && armed.remove(timer)) {
        effects.add(new NodeEffect.CancelTimer(timer));
      }
    }
    return effects;
  }

  /// Whether a daemon is to come back in time. One that answers has nowhere to come back from.
  private static boolean waitedFor(ClusterState state, NodeId node) {
    return state.node(node).filter(s -> s.presence() == NodeStatus.Presence.DAEMON_GONE).isPresent()
        && !state.vouchedFor(node);
  }

  private List<NodeEffect> watchIntents(Instant now, ClusterState state, Outbox outbox) {
    intentsSeen.keySet().retainAll(state.intents().keySet());
    for (String id : state.intents().keySet()) {
      intentsSeen.putIfAbsent(id, now);
    }
    List<NodeEffect> effects = new ArrayList<>();
    for (ClusterCommand overdue :
        TransitionExecutor.STANDARD.overdue(state, intentsSeen, now, state.wallMillis())) {
      effects.addAll(outbox.propose("overdue " + overdue, overdue, false));
    }
    return effects;
  }

  private List<NodeEffect> hold(Instant now, ClusterState state, Outbox outbox) {
    List<NodeEffect> effects = new ArrayList<>();
    for (ClusterCommand.OpenElection due : ElectionSupervisor.due(state, rested(now, state))) {
      ClusterCommand round = due.knowing(Optional.ofNullable(writes.get(due.resource())));
      effects.addAll(outbox.propose("elect " + due.resource() + " " + due.round(), round, false));
    }
    for (Primacy primacy : state.primacies().values()) {
      NodeTimer timer = electionTimer(primacy.resource());
      if (!(primacy.election() instanceof Election.Open open)) {
        if (armed.remove(timer)) {
          effects.add(new NodeEffect.CancelTimer(timer));
        }
        votesOverdue.remove(primacy.resource());
        continue;
      }
      Overdue overdue = votesOverdue.get(primacy.resource());
      int times = overdue != null && overdue.round() == open.round() ? overdue.times() : 0;
      boolean complete = ElectionSupervisor.complete(state, primacy.resource(), open);
      if (armed.add(timer)) {
        effects.add(new NodeEffect.SetTimer(timer, settings.electionDeadline()));
      }
      close(state, primacy, open, complete ? MOST_DEADLINES : times)
          .ifPresent(command ->
              effects.addAll(
                  outbox.propose(
                      "close " + primacy.resource() + " " + open.round(), command, false)));
    }
    return effects;
  }

  /// The resources whose blocked round has been left alone for long enough.
  private SortedSet<ResourceId> rested(Instant now, ClusterState state) {
    blocked.keySet().retainAll(state.primacies().keySet());
    SortedSet<ResourceId> rested = new TreeSet<>();
    for (Primacy primacy : state.primacies().values()) {
      ResourceId resource = primacy.resource();
      switch (primacy.election()) {
        case Election.Blocked(var round, _, _) -> {
          BlockedRounds seen = blocked.get(resource);
          if (seen == null || seen.last() != round) {
            seen = new BlockedRounds(seen == null ? 1 : seen.count() + 1, round, now);
            blocked.put(resource, seen);
          }
          if (seen.rested(now)) {
            rested.add(resource);
          }
        }
        case Election.Open _ -> {}
        case Election.Idle _, Election.Won _ -> blocked.remove(resource);
      }
    }
    return rested;
  }

  /// Who has enough votes after the first deadline wins without those that are missing. If nobody
  /// has, a vote that can still come is waited for longer: the next round would only ask again.
  ///
  /// @param deadlines how many have passed
  private Optional<ClusterCommand> close(
      ClusterState state, Primacy primacy, Election.Open open, int deadlines) {
    return switch (policy.decide(state, primacy, open, deadlines == 0)) {
      case ElectionPolicy.Verdict.Winner(var node, var detail) ->
          Optional.of(
              new ClusterCommand.CloseElection(
                  primacy.resource(), open.round(), node.name(), detail));
      case ElectionPolicy.Verdict.Nobody(var detail) ->
          deadlines < MOST_DEADLINES
              ? Optional.empty()
              : Optional.of(
                  new ClusterCommand.CloseElection(primacy.resource(), open.round(), "", detail));
      case ElectionPolicy.Verdict.Undecided() -> Optional.empty();
    };
  }

  @SuppressWarnings("ReferenceEquality") // only the very same state is sure to be the same at once
  private List<NodeEffect> act(Instant now, ClusterState state, Outbox outbox) {
    List<NodeEffect> effects = new ArrayList<>();
    if (state != planned) {
      Plan plan = PlacementScheduler.plan(state, true);
      ready = TransitionExecutor.STANDARD.ready(state, plan.graph(), NO_PAUSE).actions();
      planned = state;
      effects.addAll(watchTime(state, plan.recheck(), outbox));
    }
    for (Action action : ready) {
      String key = "begin " + action.key();
      boolean wait =
          action instanceof Action.FenceAction fence
              && fenceNotBefore.getOrDefault(fence.node(), now).isAfter(now);
      if (!wait && !outbox.isPending(key)) {
        begin(state, action)
            .ifPresent(command -> effects.addAll(outbox.propose(key, command, false)));
      }
    }
    return effects;
  }

  /// Plans once more when the time has come that the plan depends on. The time of the state may be
  /// long ago when a node begins to lead, so it asks for the present one first.
  private List<NodeEffect> watchTime(ClusterState state, Optional<Instant> recheck, Outbox outbox) {
    List<NodeEffect> effects = new ArrayList<>();
    if (armed.remove(TIME)) {
      effects.add(new NodeEffect.CancelTimer(TIME));
    }
    moment = recheck.map(Instant::toEpochMilli).orElse(0L);
    if (moment > 0 && timeless) {
      timeless = false;
      effects.addAll(outbox.propose("time", new ClusterCommand.PassTime(0), true));
    }
    if (moment > 0) {
      armed.add(TIME);
      effects.add(
          new NodeEffect.SetTimer(
              TIME,
              Duration.ofMillis(
                  Math.clamp(moment - state.wallMillis(), 1, LONGEST_TIMER.toMillis()))));
    }
    return effects;
  }

  /// The moment has come, or the timer could be set no longer.
  List<NodeEffect> timeHasCome(ClusterState state, Outbox outbox) {
    armed.remove(TIME);
    if (!leading() || moment == 0) {
      return List.of();
    }
    long passed = Math.min(moment, state.wallMillis() + LONGEST_TIMER.toMillis());
    return outbox.propose("time", new ClusterCommand.PassTime(passed), true);
  }

  private Optional<ClusterCommand> begin(ClusterState state, Action action) {
    transition++;
    String id = term + "." + ++counter + "@" + self;
    Duration timeout = TransitionExecutor.timeout(state.configuration(), action);
    return TransitionExecutor.executor(action, self)
        .flatMap(executor ->
            state
                .node(executor)
                .filter(NodeStatus::online)
                .map(s ->
                    new ClusterCommand.BeginAction(
                        id, term, transition, action, executor, s.incarnation(), timeout)));
  }

  private static NodeTimer electionTimer(ResourceId resource) {
    return new NodeTimer(NodeTimer.Purpose.ELECTION, resource.name());
  }
}
