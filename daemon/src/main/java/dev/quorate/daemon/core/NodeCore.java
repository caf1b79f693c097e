package dev.quorate.daemon.core;

import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.NoQuorumPolicy;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The brain of a node: joins what the ring, the log, the agents and the fence devices report, and
/// says what is to be done.
///
/// Invariants:
/// - It acts on intents of the applied state only, and reports only through the log.
/// - While it stops everything (quorum lost, or declared lost) it begins nothing, and it takes part
///   again only by joining anew, which makes the cluster probe it.
/// - A node that stops because its log is silent is silent in the ring too, so that the others miss
///   it and need not wait for a sign of what it does; it speaks again when it is heard.
/// - It decides for others only while it leads and its ring view holds a majority of the voters,
///   and not while the cluster waits for all of them.
public final class NodeCore {
  private final NodeId self;
  private final Incarnation incarnation;
  private final NodeSettings settings;
  private final Outbox outbox = new Outbox();
  private final PresenceReporter presence;
  private final LocalExecutor executor;
  private final LeaderDuty duty;
  private final QuorumWatch quorum;
  private final SelfStop stop;
  private final ColdStart cold;
  private final PairDuty pair;
  private final PlanRehearsal rehearsal = new PlanRehearsal();
  private final HandOverRule handOver;
  private ClusterState state;
  private boolean rejoinDue;
  private boolean silent;
  private boolean resumeDue;
  private boolean joinRefused;
  private String lastRefusal = "";
  private boolean resendArmed;
  private boolean leaving;
  private boolean leaveArmed;
  private boolean left;

  /// A node that has just started.
  ///
  /// @param state what the local log has applied so far
  public NodeCore(
      Instant now,
      NodeId self,
      Incarnation incarnation,
      NodeSettings settings,
      ElectionPolicy policy,
      ClusterState state) {
    this.self = self;
    this.incarnation = incarnation;
    this.settings = settings;
    this.state = state;
    presence = new PresenceReporter(self, incarnation, settings.probeAgain());
    executor = new LocalExecutor(self, incarnation);
    duty = new LeaderDuty(self, settings, policy);
    handOver = new HandOverRule(settings.review());
    stop = new SelfStop(settings.emergencyStop());
    cold = new ColdStart(self, incarnation);
    pair = new PairDuty(self, incarnation);
    quorum = new QuorumWatch(now, settings.startupBound());
  }

  /// Handles one event and says what follows from it, in order.
  public List<NodeEffect> handle(Instant now, NodeEvent event) {
    List<NodeEffect> effects = new ArrayList<>();
    if (left) {
      return effects;
    }
    switch (event) {
      case NodeEvent.Started started -> started(started, effects);
      case NodeEvent.ViewInstalled(var view, _) -> {
        quorum.viewInstalled(view);
        effects.addAll(presence.viewInstalled(view, state, outbox));
      }
      case NodeEvent.PeerProbed probe -> effects.addAll(presence.probed(probe, state, outbox));
      case NodeEvent.LogReported(var report) -> logReported(now, report, effects);
      case NodeEvent.StateApplied(var applied) -> {
        state = applied;
        effects.addAll(rehearsal.stateApplied(duty.leading()));
      }
      case NodeEvent.ProposalCommitted committed -> committed(committed, effects);
      case NodeEvent.ProposalUnsettled(var ticket, _) -> {
        if (outbox.unsettled(ticket)) {
          armResend(effects);
        } else {
          effects.add(new NodeEffect.ForgetTicket(ticket));
        }
      }
      case NodeEvent.OperationFinished finished ->
          effects.addAll(executor.operationFinished(finished, outbox));
      case NodeEvent.MonitorFinished finished ->
          effects.addAll(executor.monitorFinished(finished, state, outbox));
      case NodeEvent.MonitorWanted(var resource) -> {
        if (!stop.underWay()) {
          effects.addAll(executor.monitorWanted(state, resource, false));
        }
      }
      case NodeEvent.WriteHeard(var resource, var write) -> {
        duty.heard(resource, write);
        return effects;
      }
      case NodeEvent.AgentProposed(var command) ->
          effects.addAll(outbox.propose(Outbox.agentKey(command), command, true));
      case NodeEvent.FencingFinished finished -> fencingFinished(now, finished, effects);
      case NodeEvent.EmergencyStopFinished finished -> {
        boolean before = stop.underWay();
        effects.addAll(stop.finished(finished));
        if (before && !stop.underWay()) {
          quorum.stopped();
        }
      }
      case NodeEvent.PairStands(var standing) -> {
        if (pair.stands(standing, state)) {
          quorum.distrustSelf();
          stop("the other node went on alone", executor.openResources(), effects);
        }
      }
      case NodeEvent.TimerFired(var timer) -> timerFired(now, timer, effects);
      case NodeEvent.Paused(var howLong) ->
          effects.add(
              notice(
                  NodeEffect.Notice.Level.WARN,
                  "HA-NODE-022",
                  "this node did not run for a while",
                  "durationMs",
                  Long.toString(howLong.toMillis())));
      case NodeEvent.LeaveRequested() -> leaving = true;
    }
    follow(now, effects);
    return effects;
  }

  /// Whether the log has a quorum as this node sees it; for status.
  public boolean quorate() {
    return quorum.quorate();
  }

  /// Whether this node stops, or has stopped, everything by itself; for status.
  public boolean stoppedItself() {
    return quorum.state() == QuorumWatch.State.STOPPING
        || quorum.state() == QuorumWatch.State.STOPPED;
  }

  private void started(NodeEvent.Started started, List<NodeEffect> effects) {
    state = started.state();
    if (started.stopInterrupted()) {
      resumeDue = true;
      rejoinDue = true;
      quorum.distrustSelf();
      beSilent(effects);
    }
    effects.add(timer(NodeTimer.Purpose.QUORUM_BOUND, "", settings.startupBound()));
  }

  /// What follows from the state as it is now, whatever the event was.
  private void follow(Instant now, List<NodeEffect> effects) {
    outbox.applied(state.position());
    if (!pair.arbitrated() && quorum.mustStop(now, voters())) {
      quorumLost(effects);
      beSilent(effects);
    } else if (declaredLost()) {
      quorum.distrustSelf();
      stop("this node was declared lost", executor.openResources(), effects);
    }
    if (silent && quorum.quorate()) {
      silent = false;
      effects.add(new NodeEffect.SpeakInRing(true));
    }
    effects.addAll(executor.stateApplied(state, stoppedItself() || rejoinDue, outbox));
    if (resumeDue && (!executor.openResources().isEmpty() || quorum.logQuorate())) {
      resumeDue = false;
      String reason = "an earlier run of the daemon was interrupted in it";
      stop(reason, executor.openResources(), effects);
    }
    effects.addAll(presence.review(state, outbox));
    join(effects);
    leave(effects);
    if (quorum.quorate() && quorum.ringMajority(voters())) {
      effects.addAll(pair.follow(state, outbox));
      effects.addAll(cold.follow(state, quorum.view(), outbox));
      if (duty.leading() && cold.over() && pair.decides(state)) {
        duty.decide(now, state, outbox, effects);
      }
    }
  }

  private void beSilent(List<NodeEffect> effects) {
    silent = true;
    effects.add(new NodeEffect.SpeakInRing(false));
  }

  /// A daemon that has just started reads the log from an earlier point, and what is said there of
  /// an earlier run in this boot may have been taken back since: it counts once joining was
  /// refused.
  private boolean declaredLost() {
    return !stoppedItself()
        && !rejoinDue
        && state
            .node(self)
            .filter(s ->
                s.incarnation().equals(incarnation)
                    || (joinRefused && s.incarnation().sameBoot(incarnation)))
            .map(s ->
                s.presence() == NodeStatus.Presence.LOST
                    || s.presence() == NodeStatus.Presence.FENCED)
            .orElse(false)
        && executor.anythingActive(state);
  }

  /// A machine that runs nothing, or whose daemon never heard the cluster, does not end itself: it
  /// would do so again after each boot.
  private void quorumLost(List<NodeEffect> effects) {
    NoQuorumPolicy policy = NoQuorumPolicy.of(state.configuration());
    String reason = "quorum lost, no-quorum-policy=" + policy.word();
    boolean end =
        policy == NoQuorumPolicy.FENCE && quorum.everQuorate() && executor.anythingActive(state);
    stop(reason, LossOfQuorum.stops(policy, state, self, executor), effects);
    if (end) {
      effects.add(new NodeEffect.EndSelf(reason));
    }
  }

  /// Nothing is begun here from now on, and this much is stopped.
  private void stop(String reason, List<ResourceId> what, List<NodeEffect> effects) {
    boolean something = !what.isEmpty();
    effects.add(
        notice(
            something ? NodeEffect.Notice.Level.ERROR : NodeEffect.Notice.Level.WARN,
            "HA-QUORUM-001",
            something ? "stopping resources on this node" : "this node begins nothing any more",
            "reason",
            reason));
    rejoinDue = true;
    effects.addAll(stop.begin(what));
    if (!stop.underWay()) {
      quorum.stopped();
    }
  }

  private void join(List<NodeEffect> effects) {
    boolean mayJoin = quorum.quorate() && quorum.ringMajority(voters()) && !(leaving && hasLeft());
    if (!mayJoin || joinRefused || !state.configuration().nodes().containsKey(self)) {
      return;
    }
    if (!state.onlineAs(self, incarnation) || rejoinDue) {
      effects.addAll(
          outbox.propose(
              "join",
              new ClusterCommand.JoinNode(self, incarnation, ClusterState.FEATURE_LEVEL),
              true));
    }
  }

  private boolean hasLeft() {
    return state.node(self).stream().anyMatch(s -> s.presence() == NodeStatus.Presence.LEFT);
  }

  private void leave(List<NodeEffect> effects) {
    // A join that is under way would bring a node back that is gone; only who has joined can leave.
    boolean joining =
        !joinRefused
            && (outbox.isPending("join") || !(state.onlineAs(self, incarnation) || hasLeft()));
    if (!leaving || !quorum.quorate() || joining) {
      return;
    }
    if (hasLeft()) {
      boolean alone =
          state.attributes().keySet().stream()
              .noneMatch(n -> state.leaving(n) && state.online(n) && !n.equals(self));
      if (alone) {
        leaveNow(effects);
      } else if (!leaveArmed) {
        leaveArmed = true;
        effects.add(timer(NodeTimer.Purpose.LEAVE, "", settings.leaveWait()));
      }
      return;
    }
    if (!state.leaving(self)) {
      effects.addAll(
          outbox.propose(
              "shutdown",
              new ClusterCommand.SetAttribute(self, incarnation, "shutdown", "on"),
              true));
    } else if (!executor.anythingActive(state) && noIntents()) {
      effects.addAll(
          outbox.propose("leave", new ClusterCommand.LeaveNode(self, incarnation), true));
    }
  }

  private boolean noIntents() {
    return state.intents().values().stream()
        .noneMatch(i -> i.executor().equals(self) || i.action().node().equals(self));
  }

  private void leaveNow(List<NodeEffect> effects) {
    left = true;
    effects.add(new NodeEffect.LeaveCluster());
  }

  private void logReported(Instant now, LogEvent report, List<NodeEffect> effects) {
    switch (report) {
      case LogEvent.LeadershipChanged(var changed) -> leadershipChanged(changed, effects);
      case LogEvent.QuorumLost(var reason) -> {
        quorum.logQuorum(now, false, settings.quorumBound());
        effects.add(
            notice(NodeEffect.Notice.Level.WARN, "", "the log has no quorum", "reason", reason));
        effects.add(timer(NodeTimer.Purpose.QUORUM_BOUND, "", settings.quorumBound()));
      }
      case LogEvent.QuorumRegained() -> {
        quorum.logQuorum(now, true, settings.quorumBound());
        effects.add(notice(NodeEffect.Notice.Level.INFO, "", "the log has a quorum", "", ""));
        effects.addAll(outbox.resend());
      }
      case LogEvent.LogFailed(var reason) -> logFailed(reason, effects);
    }
  }

  /// What is written in a damaged log is not known for certain, so nothing is decided from it, and
  /// the node does what the loss of quorum demands: the others go on without it.
  private void logFailed(String reason, List<NodeEffect> effects) {
    effects.add(
        notice(
            NodeEffect.Notice.Level.ERROR,
            "HA-NODE-024",
            "this node takes no part any more: its log has failed; do what the reason says, else"
                + " rebuild it with 'hactl node rebuild'",
            "reason",
            reason));
    effects.addAll(duty.resign());
    if (quorum.logFailed()) {
      quorumLost(effects);
    }
    beSilent(effects);
  }

  private void leadershipChanged(Leadership changed, List<NodeEffect> effects) {
    effects.addAll(duty.resign());
    if (changed instanceof Leadership.Leader(var term)) {
      duty.lead(term);
      effects.add(handOver.lead());
    }
    if (!(changed instanceof Leadership.Leaderless)) {
      effects.addAll(outbox.resend());
      effects.addAll(presence.restate(state, outbox));
    }
  }

  /// Lets unsettled and refused proposals be tried again, not sooner because of others.
  private void armResend(List<NodeEffect> effects) {
    if (!resendArmed) {
      resendArmed = true;
      effects.add(timer(NodeTimer.Purpose.RESEND, "", settings.resend()));
    }
  }

  private void committed(NodeEvent.ProposalCommitted committed, List<NodeEffect> effects) {
    Optional<String> key = outbox.committed(committed.ticket(), committed.position());
    if (key.isEmpty()) {
      return;
    }
    boolean accepted = committed.answer() instanceof CommandAnswer.Accepted;
    if (key.get().equals("join")) {
      rejoinDue = rejoinDue && !accepted;
      joinRefused = !accepted;
    }
    if (committed.answer() instanceof CommandAnswer.Refused(var code, var message, _)) {
      outbox.refused(committed.ticket());
      armResend(effects);
      if (message.equals(lastRefusal)) {
        return;
      }
      lastRefusal = message;
      effects.add(
          notice(NodeEffect.Notice.Level.WARN, code, "a proposal was refused", "reason", message));
    }
  }

  private void fencingFinished(
      Instant now, NodeEvent.FencingFinished finished, List<NodeEffect> effects) {
    Optional<Action.FenceAction> action = executor.fencingFinished(finished.intentId());
    if (action.isEmpty()) {
      return;
    }
    NodeId target = action.get().node();
    if (!finished.outcome().confirmed()) {
      duty.fencingFailed(now, target);
    }
    effects.addAll(
        outbox.propose(
            "fenced " + finished.intentId(),
            new ClusterCommand.RecordFencing(
                finished.intentId(),
                FencingReport.of(action.get(), finished.outcome(), self, state)),
            true));
  }

  private void timerFired(Instant now, NodeTimer timer, List<NodeEffect> effects) {
    switch (timer.purpose()) {
      case RESEND -> {
        resendArmed = false;
        joinRefused = false;
        effects.addAll(outbox.resend());
      }
      case MONITOR -> {
        ResourceId resource = new ResourceId(timer.subject());
        if (stoppedItself()) {
          executor.monitorSkipped(resource);
        } else {
          effects.addAll(executor.monitorWanted(state, resource, true));
        }
      }
      case QUORUM_BOUND -> {
        if (quorum.state() == QuorumWatch.State.DOUBTFUL && now.isBefore(quorum.doubtDeadline())) {
          effects.add(
              timer(
                  NodeTimer.Purpose.QUORUM_BOUND,
                  "",
                  Duration.between(now, quorum.doubtDeadline())));
        }
      }
      case GRACE -> effects.addAll(duty.graceExpired(new NodeId(timer.subject()), state, outbox));
      case ELECTION -> duty.votesOverdue(new ResourceId(timer.subject()), state);
      case REVIEW -> {
        if (duty.leading()) {
          effects.addAll(
              handOver.review(
                  quorum.quorate() && !quorum.ringMajority(voters()),
                  quorum.quorate() && duty.mustYield(),
                  voters().stream().filter(v -> !v.equals(self)).toList(),
                  state));
        }
      }
      case PLAN -> duty.planNow();
      case REHEARSAL -> effects.addAll(rehearsal.calm(state, duty.leading()));
      case TIME -> effects.addAll(duty.timeHasCome(state, outbox));
      case PROBE -> effects.addAll(presence.probeTimer(new NodeId(timer.subject()), state));
      case STOP_AGAIN -> effects.addAll(stop.again(new ResourceId(timer.subject())));
      case LEAVE -> leaveNow(effects);
    }
  }

  private List<NodeId> voters() {
    List<NodeId> configured = state.configuration().voters();
    return pair.voters(configured.isEmpty() ? settings.bootstrapVoters() : configured);
  }

  private static NodeEffect timer(NodeTimer.Purpose purpose, String subject, Duration delay) {
    return new NodeEffect.SetTimer(new NodeTimer(purpose, subject), delay);
  }

  private static NodeEffect notice(
      NodeEffect.Notice.Level level, String code, String message, String key, String value) {
    SortedMap<String, String> keys = new TreeMap<>();
    if (!key.isEmpty()) {
      keys.put(key, value);
    }
    return new NodeEffect.Notice(level, code, message, keys);
  }
}
