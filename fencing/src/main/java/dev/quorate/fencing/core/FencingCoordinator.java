package dev.quorate.fencing.core;

import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FenceAgentCall;
import dev.quorate.fencing.FenceAgentResult;
import dev.quorate.fencing.FenceDevice;
import dev.quorate.fencing.FencingConfig;
import dev.quorate.fencing.FencingHistoryEntry;
import dev.quorate.fencing.FencingOutcome;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.fencing.FencingTopology;
import dev.quorate.fencing.ProofLevel;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Turns the wish to have a node off into proof that it is, or into the reason why there is none.
///
/// Think of a bailiff: several people may ask for the same eviction, it happens once; the tenant's
/// word that he has moved out is not enough, the bailiff looks into the flat.
///
/// Invariants:
/// - A request is answered exactly once, in bounded time.
/// - [FencingOutcome.Confirmed] at the level *device verified* only after a device that was told
///   `off` has said afterwards that the node is off. Time-outs, unknown answers and devices that
///   contradict themselves never confirm.
/// - There is at most one attempt for a target at a time. Further requests for the same boot join
///   it; one for another boot waits for its end, for its proof may be older than that boot.
/// - What was proven of a boot stays proven: a later request for the same boot is answered at once.
/// - A device never runs more actions at the same time than it can take.
/// - After failures the next attempt for that target waits; it is never refused for good.
public final class FencingCoordinator {
  private final NodeId self;
  private FencingConfig config;
  private final RandomGenerator random;
  private final Deque<FencingHistoryEntry> history = new ArrayDeque<>();
  private final TreeMap<NodeId, Failures> failures = new TreeMap<>();
  private final TreeMap<NodeId, Job> jobs = new TreeMap<>();
  private final List<Question> waiting = new ArrayList<>();
  private final TreeMap<Long, Question> running = new TreeMap<>();
  private final TreeMap<Long, Alarm> alarms = new TreeMap<>();
  private List<FenceDevice> devices = List.of();
  private FencingTopology topology = FencingTopology.NONE;
  private long lastId;

  private record Failures(int inARow, Instant last) {}

  /// A question to a device; without a job it is an `on` that nobody waits for.
  private record Question(@Nullable Job job, FenceAgentCall call) {}

  private record Alarm(Job job, boolean deadline) {}

  /// One target being fenced.
  private static final class Job {
    final NodeId target;
    final Instant started;
    final List<FencingRequest> requests = new ArrayList<>();
    final List<FencingRequest> later = new ArrayList<>();
    @Nullable FencingAttempt attempt;

    Job(NodeId target, Instant started) {
      this.target = target;
      this.started = started;
    }
  }

  /// Makes a coordinator without devices.
  ///
  /// @param self the node that this runs on
  /// @param config what holds for all devices
  /// @param random where random delays come from
  public FencingCoordinator(NodeId self, FencingConfig config, RandomGenerator random) {
    this.self = self;
    this.config = config;
    this.random = random;
  }

  /// Handles one event and says what follows from it.
  public List<FencingEffect> handle(Instant now, FencingEvent event) {
    var effects = new ArrayList<FencingEffect>();
    switch (event) {
      case FencingEvent.Requested(var request) -> requested(now, request, effects);
      case FencingEvent.AgentFinished(var operation, var result) ->
          agentFinished(now, operation, result, effects);
      case FencingEvent.TimerFired(var timer) -> timerFired(now, timer, effects);
      case FencingEvent.ProofPresented proof -> proofPresented(now, proof, effects);
      case FencingEvent.DevicesChanged(var newDevices, var newTopology) -> {
        devices = newDevices;
        topology = newTopology;
      }
      case FencingEvent.ConfigChanged(var newConfig) -> config = newConfig;
      case FencingEvent.HistoryCleared(var target) -> {
        history.removeIf(entry -> entry.request().target().equals(target));
        failures.remove(target);
      }
    }
    startWaiting(effects);
    return List.copyOf(effects);
  }

  /// Finished requests, oldest first.
  public List<FencingHistoryEntry> history() {
    return List.copyOf(history);
  }

  /// The nodes that are being fenced.
  public List<NodeId> targets() {
    return List.copyOf(jobs.navigableKeySet());
  }

  /// The devices that would be tried for a node, level by level.
  public List<List<FenceDevice>> levelsFor(NodeId target) {
    return topology.levelsFor(target, devices);
  }

  private void requested(Instant now, FencingRequest request, List<FencingEffect> effects) {
    var target = request.target();
    var proven = provenBefore(request);
    if (proven.isPresent()) {
      effects.add(new FencingEffect.Complete(request, proven.get()));
      return;
    }
    if (target.equals(self) && !request.lastResort()) {
      refuse(now, request, "a node does not fence itself while another can", effects);
      return;
    }
    var job = jobs.get(target);
    if (job != null) {
      boolean same =
          job.requests.stream().anyMatch(each -> each.sameTarget(target, request.bootId()));
      (same || job.attempt == null ? job.requests : job.later).add(request);
      return;
    }
    if (jobs.size() >= config.requestLimit()) {
      refuse(now, request, config.requestLimit() + " nodes are being fenced already", effects);
      return;
    }
    stopPowerOn(target, effects);
    begin(now, request, effects);
  }

  private void begin(Instant now, FencingRequest request, List<FencingEffect> effects) {
    var job = new Job(request.target(), now);
    job.requests.add(request);
    jobs.put(request.target(), job);
    Duration pause = pauseBefore(now, request.target());
    if (pause.isZero()) {
      launch(now, job, effects);
    } else {
      setTimer(now.plus(pause), job, false, effects);
    }
  }

  private Duration pauseBefore(Instant now, NodeId target) {
    var failed = failures.get(target);
    if (failed == null) {
      return Duration.ZERO;
    }
    var pace =
        failed.inARow >= config.maxAttempts() ? config.slowRetryPause() : config.retryPause();
    var left = Duration.between(now, failed.last.plus(pace));
    return left.isNegative() ? Duration.ZERO : left;
  }

  private void launch(Instant now, Job job, List<FencingEffect> effects) {
    boolean reboot = wantsReboot(job.requests);
    var attempt = new FencingAttempt(job.target, reboot, levelsFor(job.target), config, random);
    job.attempt = attempt;
    setTimer(now.plus(attempt.longest()), job, true, effects);
    follow(now, job, attempt, attempt.begin(now), effects);
  }

  private static boolean wantsReboot(List<FencingRequest> requests) {
    return requests.stream().allMatch(each -> each.action() == FenceAction.REBOOT);
  }

  private void follow(
      Instant now, Job job, FencingAttempt attempt, AttemptStep step, List<FencingEffect> effects) {
    switch (step) {
      case AttemptStep.Pause(var time) -> setTimer(now.plus(time), job, false, effects);
      case AttemptStep.Ask(var device, var action, var timeout) ->
          waiting.add(new Question(job, new FenceAgentCall(device, action, job.target, timeout)));
      case AttemptStep.Decided(var outcome) -> {
        if (outcome.confirmed() && wantsReboot(job.requests)) {
          attempt.powerOn().forEach(device -> waiting.add(powerOn(device, job.target)));
        }
        finish(now, job, outcome, effects);
      }
    }
  }

  private Question powerOn(FenceDevice device, NodeId target) {
    var timeout = device.timeoutFor(FenceAction.ON, config.timeout());
    return new Question(null, new FenceAgentCall(device, FenceAction.ON, target, timeout));
  }

  private void agentFinished(
      Instant now, long operation, FenceAgentResult result, List<FencingEffect> effects) {
    var question = running.remove(operation);
    if (question == null) {
      return;
    }
    var job = question.job();
    if (job == null) {
      if (!(result instanceof FenceAgentResult.Exited(var code, _) && code == 0)) {
        effects.add(
            new FencingEffect.ReportPowerOnFailed(
                question.call().target(),
                question.call().device().id(),
                FencingAttempt.describe(result)));
      }
    } else if (job.attempt != null) {
      follow(now, job, job.attempt, job.attempt.answered(now, result), effects);
    }
  }

  private void timerFired(Instant now, long timer, List<FencingEffect> effects) {
    var alarm = alarms.remove(timer);
    if (alarm == null) {
      return;
    }
    var job = alarm.job();
    if (job.attempt == null) {
      launch(now, job, effects);
    } else if (alarm.deadline()) {
      finish(now, job, job.attempt.timeUp(), effects);
    } else {
      follow(now, job, job.attempt, job.attempt.resume(now), effects);
    }
  }

  private void proofPresented(
      Instant now, FencingEvent.ProofPresented proof, List<FencingEffect> effects) {
    if (proof.level() == ProofLevel.DEVICE_VERIFIED) {
      throw new IllegalArgumentException("device proof comes from a device, not " + proof.source());
    }
    var job = jobs.get(proof.target());
    if (job == null) {
      return;
    }
    var outcome = new FencingOutcome.Confirmed(proof.source(), proof.level());
    var answered =
        job.requests.stream()
            .filter(each -> each.sameTarget(proof.target(), proof.bootId()))
            .toList();
    answered.forEach(each -> complete(now, job, each, outcome, effects));
    job.requests.removeAll(answered);
    if (!answered.isEmpty() && job.requests.isEmpty()) {
      if (wantsReboot(answered)) {
        runningOff(job).ifPresent(device -> waiting.add(powerOn(device, job.target)));
      }
      finish(now, job, outcome, effects);
    }
  }

  /// The device that is just cutting the target off, and would leave it off when stopped.
  private Optional<FenceDevice> runningOff(Job job) {
    return running.values().stream()
        .filter(each -> each.job() == job && each.call().action() == FenceAction.OFF)
        .map(each -> each.call().device())
        .filter(device -> !device.rebootStaysOff())
        .findFirst();
  }

  /// Ends a job: nothing of it runs, waits or fires any more.
  private void finish(Instant now, Job job, FencingOutcome outcome, List<FencingEffect> effects) {
    jobs.remove(job.target);
    waiting.removeIf(each -> each.job() == job);
    stop(each -> each.job() == job, effects);
    for (var timer : List.copyOf(alarms.navigableKeySet())) {
      if (alarms.get(timer) instanceof Alarm(var owner, _) && owner == job) {
        alarms.remove(timer);
        effects.add(new FencingEffect.CancelTimer(timer));
      }
    }
    if (outcome.confirmed()) {
      failures.remove(job.target);
    } else {
      var before = failures.get(job.target);
      failures.put(job.target, new Failures(before == null ? 1 : before.inARow + 1, now));
    }
    job.requests.forEach(each -> complete(now, job, each, outcome, effects));
    job.requests.clear();
    job.later.forEach(each -> requested(now, each, effects));
  }

  private void complete(
      Instant now,
      Job job,
      FencingRequest request,
      FencingOutcome outcome,
      List<FencingEffect> effects) {
    var steps = job.attempt == null ? List.<String>of() : job.attempt.steps();
    effects.add(new FencingEffect.Complete(request, outcome));
    record(new FencingHistoryEntry(request, job.started, now, outcome, steps), effects);
  }

  private void refuse(
      Instant now, FencingRequest request, String reason, List<FencingEffect> effects) {
    var outcome = new FencingOutcome.Failed(reason);
    effects.add(new FencingEffect.Complete(request, outcome));
    record(new FencingHistoryEntry(request, now, now, outcome, List.of()), effects);
  }

  private void record(FencingHistoryEntry entry, List<FencingEffect> effects) {
    if (history.size() >= config.historyLimit()) {
      history.removeFirst();
    }
    history.addLast(entry);
    effects.add(new FencingEffect.RecordHistory(entry));
  }

  /// Proof of the same boot from before. An oath is not reused: it was sworn for its own occasion.
  private Optional<FencingOutcome> provenBefore(FencingRequest request) {
    if (request.bootId().isEmpty()) {
      return Optional.empty();
    }
    return history.stream()
        .filter(entry -> entry.request().sameTarget(request.target(), request.bootId()))
        .map(FencingHistoryEntry::outcome)
        .filter(outcome ->
            outcome instanceof FencingOutcome.Confirmed(_, var proof)
                && proof != ProofLevel.OPERATOR_OATH)
        .findFirst();
  }

  /// A node that shall be cut off again must not be switched on by what is left of the last time.
  private void stopPowerOn(NodeId target, List<FencingEffect> effects) {
    waiting.removeIf(each -> each.job() == null && each.call().target().equals(target));
    stop(each -> each.job() == null && each.call().target().equals(target), effects);
  }

  private void stop(Predicate<Question> which, List<FencingEffect> effects) {
    for (var entry : List.copyOf(running.entrySet())) {
      if (which.test(entry.getValue())) {
        running.remove(entry.getKey());
        effects.add(new FencingEffect.StopAgent(entry.getKey()));
      }
    }
  }

  private void setTimer(Instant at, Job job, boolean deadline, List<FencingEffect> effects) {
    long timer = ++lastId;
    alarms.put(timer, new Alarm(job, deadline));
    effects.add(new FencingEffect.SetTimer(timer, at));
  }

  /// Starts the questions whose devices are free, in the order in which they were asked.
  private void startWaiting(List<FencingEffect> effects) {
    for (var question : List.copyOf(waiting)) {
      var device = question.call().device();
      long busy =
          running.values().stream()
              .filter(each -> each.call().device().id().equals(device.id()))
              .count();
      if (device.actionLimit() < 0 || busy < device.actionLimit()) {
        waiting.remove(question);
        long operation = ++lastId;
        running.put(operation, question);
        effects.add(new FencingEffect.RunAgent(operation, question.call()));
      }
    }
  }
}
