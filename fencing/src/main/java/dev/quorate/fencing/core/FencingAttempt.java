package dev.quorate.fencing.core;

import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FenceAgentResult;
import dev.quorate.fencing.FenceDevice;
import dev.quorate.fencing.FencingConfig;
import dev.quorate.fencing.FencingOutcome;
import dev.quorate.fencing.ProofLevel;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The way through the levels of devices for one target.
///
/// Each device of a level is told `off` and then asked for its `status`; only an answer of *off*
/// (exit 2) counts. If a device of a level fails, the next level begins. There is no `reboot`: it
/// is an `off` that is verified, and an `on` afterwards that proves nothing and may fail.
///
/// ```
/// delay → off ──ok──→ status ──off──→ next device of the level → … → confirmed
///          │ failed      │ not off, read again a few times
///          └─────────────┴──→ next level → … → failed, or unknown if any device left it open
/// ```
final class FencingAttempt {
  private static final Duration LONGEST_STATUS = Duration.ofSeconds(20);
  private static final int MOST_STEPS = 50;
  private static final int RETRY_SHARE_PERCENT = 70;

  private final NodeId target;
  private final boolean reboot;
  private final List<List<FenceDevice>> levels;
  private final FencingConfig config;
  private final RandomGenerator random;
  private final List<String> steps = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();

  private int level;
  private int device;
  private FenceAction next = FenceAction.OFF;
  private int tries;
  private int reads;
  private Instant offStarted = Instant.MIN;
  private Instant statusStarted = Instant.MIN;
  private boolean unclear;

  FencingAttempt(
      NodeId target,
      boolean reboot,
      List<List<FenceDevice>> levels,
      FencingConfig config,
      RandomGenerator random) {
    this.target = target;
    this.reboot = reboot;
    this.levels = levels;
    this.config = config;
    this.random = random;
  }

  /// The longest time that the attempt can take when no device keeps it waiting for others.
  Duration longest() {
    Duration sum = Duration.ZERO;
    for (var devices : levels) {
      for (var each : devices) {
        sum = sum.plus(each.delay().longest(target)).plus(offTimeout(each));
        sum = sum.plus(statusTimeout(each)).plus(config.verifyPause().multipliedBy(reads()));
      }
    }
    return sum;
  }

  /// What was asked and answered so far.
  List<String> steps() {
    return List.copyOf(steps);
  }

  /// The devices that must be told `on` after the target was proven off.
  List<FenceDevice> powerOn() {
    return levels.get(level).stream().filter(each -> !each.rebootStaysOff()).toList();
  }

  /// Begins with the first device.
  AttemptStep begin(Instant now) {
    if (levels.isEmpty()) {
      return new AttemptStep.Decided(
          new FencingOutcome.Failed(
              "no enabled device can fence " + target + "; create one, or check pcmk_host_list"));
    }
    return enterDevice(now);
  }

  /// Goes on after a [AttemptStep.Pause].
  AttemptStep resume(Instant now) {
    return ask(now);
  }

  /// Goes on with the answer to the last [AttemptStep.Ask].
  AttemptStep answered(Instant now, FenceAgentResult result) {
    note(next.word() + ": " + describe(result));
    return next == FenceAction.OFF ? offAnswered(now, result) : statusAnswered(now, result);
  }

  /// The outcome if the time is up now.
  FencingOutcome timeUp() {
    reasons.add(current().id() + ": not finished when the time was up");
    unclear = true;
    return giveUp();
  }

  private AttemptStep enterDevice(Instant now) {
    next = FenceAction.OFF;
    tries = 0;
    reads = 0;
    offStarted = Instant.MIN;
    statusStarted = Instant.MIN;
    Duration delay = current().delay().draw(target, random);
    return delay.isZero() ? ask(now) : new AttemptStep.Pause(delay);
  }

  private AttemptStep ask(Instant now) {
    if (next == FenceAction.OFF) {
      if (tries++ == 0) {
        offStarted = now;
      }
      return new AttemptStep.Ask(
          current(), next, offTimeout(current()).minus(Duration.between(offStarted, now)));
    }
    if (reads++ == 0) {
      statusStarted = now;
    }
    Duration spent = Duration.between(statusStarted, now).minus(config.verifyPause());
    return new AttemptStep.Ask(
        current(),
        next,
        statusTimeout(current()).minus(spent.isNegative() ? Duration.ZERO : spent));
  }

  private AttemptStep offAnswered(Instant now, FenceAgentResult result) {
    if (result instanceof FenceAgentResult.Exited(var code, _)) {
      if (code == 0) {
        next = FenceAction.STATUS;
        return ask(now);
      }
      if (tries < current().triesFor(FenceAction.OFF) && timeForAnother(now)) {
        return ask(now);
      }
    }
    unclear |= result instanceof FenceAgentResult.Killed;
    return deviceFailed(now, "off: " + describe(result));
  }

  private boolean timeForAnother(Instant now) {
    long spent = Duration.between(offStarted, now).toMillis();
    return spent * 100 < offTimeout(current()).toMillis() * RETRY_SHARE_PERCENT;
  }

  private AttemptStep statusAnswered(Instant now, FenceAgentResult result) {
    boolean exited = result instanceof FenceAgentResult.Exited;
    if (result instanceof FenceAgentResult.Exited(var code, _) && code == 2) {
      return deviceVerified(now);
    }
    boolean timeLeft = Duration.between(statusStarted, now).compareTo(statusTimeout(current())) < 0;
    if (exited && reads < reads() && timeLeft) {
      return new AttemptStep.Pause(config.verifyPause());
    }
    if (result instanceof FenceAgentResult.Exited(var code, _) && code == 0) {
      return deviceFailed(now, "off reported success, but status says that the node is on");
    }
    unclear = true;
    return deviceFailed(now, "off reported success, but status is unknown: " + describe(result));
  }

  private AttemptStep deviceVerified(Instant now) {
    if (device + 1 < levels.get(level).size()) {
      device++;
      return enterDevice(now);
    }
    var ids = levels.get(level).stream().map(FenceDevice::id).toList();
    return new AttemptStep.Decided(
        new FencingOutcome.Confirmed(String.join("+", ids), ProofLevel.DEVICE_VERIFIED));
  }

  private AttemptStep deviceFailed(Instant now, String reason) {
    reasons.add(current().id() + ": " + reason);
    if (level + 1 == levels.size()) {
      return new AttemptStep.Decided(giveUp());
    }
    level++;
    device = 0;
    return enterDevice(now);
  }

  private FencingOutcome giveUp() {
    String all = String.join("; ", reasons);
    return unclear ? new FencingOutcome.Unknown(all) : new FencingOutcome.Failed(all);
  }

  private FenceDevice current() {
    return levels.get(level).get(device);
  }

  private int reads() {
    return config.verifyReads();
  }

  /// What an administrator set for `reboot` holds for the `off` that it consists of.
  private Duration offTimeout(FenceDevice each) {
    Duration usual =
        reboot ? each.timeoutFor(FenceAction.REBOOT, config.timeout()) : config.timeout();
    return each.timeoutFor(FenceAction.OFF, usual);
  }

  private Duration statusTimeout(FenceDevice each) {
    Duration usual =
        config.timeout().compareTo(LONGEST_STATUS) < 0 ? config.timeout() : LONGEST_STATUS;
    return each.timeoutFor(FenceAction.STATUS, usual);
  }

  private void note(String text) {
    if (steps.size() < MOST_STEPS) {
      steps.add(current().id() + " " + text);
    }
  }

  /// A result in words.
  static String describe(FenceAgentResult result) {
    return switch (result) {
      case FenceAgentResult.Exited(var code, var message) ->
          "exit " + code + (message.isEmpty() ? "" : " (" + message + ")");
      case FenceAgentResult.Killed(var message) ->
          "no answer in time, killed" + (message.isEmpty() ? "" : " (" + message + ")");
      case FenceAgentResult.NotStarted(var reason) -> "not started: " + reason;
    };
  }
}
