package dev.quorate.simulation;

import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.simulated.SimulatedLogCluster;
import dev.quorate.daemon.core.survivor.Survivor;
import dev.quorate.daemon.core.survivor.Survivor.Phase;
import dev.quorate.daemon.core.survivor.SurvivorEffect;
import dev.quorate.daemon.core.survivor.SurvivorEvent;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// One run of a daemon of two voters: the real arbitration, and a shell that carries out its
/// effects in the simulated world, with the rules of the real one for when to ask and to wait.
final class PairDaemon {
  private static final long MILLI = 1_000_000L;
  private static final long TICK = 200 * MILLI;
  private static final long TALKS = 1_500 * MILLI;
  private static final long MISSED_AFTER = 1_200 * MILLI;
  private static final long LEADERLESS = 5_000 * MILLI;
  private static final long GRACE = 10_000 * MILLI;

  /// What a node says of itself.
  private record Hello(SurvivorRecord disk, String boot, boolean anew) {}

  private final PairCluster cluster;
  private final PairMachine machine;
  private final PairMachine peer;
  private final RandomGenerator random;
  private final PairLogs.Part log;
  private Survivor survivor;
  private Optional<Hello> heard = Optional.empty();
  private long heardAt = -TALKS;
  private long reachedAt;
  private long ledAt;
  private long delays;
  private int failures;
  private boolean logQuorum;
  private boolean changing;
  private boolean dead;

  PairDaemon(PairCluster cluster, PairMachine machine) {
    this.cluster = cluster;
    this.machine = machine;
    peer = cluster.other(machine);
    random = cluster.random("daemon " + machine.id + " " + machine.runs);
    log = cluster.logs.new Part(machine, this::logReported);
    survivor = Survivor.begin(machine.disk, false).next();
    reachedAt = now();
    ledAt = now();
  }

  void start() {
    boolean outdone =
        machine.lastAlone.map(seen -> seen.mayBeOutdone(cluster.now(machine))).orElse(true);
    take(Survivor.begin(machine.disk, outdone));
    cluster.trace.note(machine.id.name(), "begins " + survivor.phase() + " " + machine.disk);
    tick();
    propose();
  }

  void die() {
    dead = true;
    log.fallSilent();
  }

  Survivor survivor() {
    return survivor;
  }

  PairLogs.Decided decided() {
    return log.decided();
  }

  boolean in(Phase... phases) {
    return List.of(phases).contains(survivor.phase());
  }

  private long now() {
    return cluster.agenda.nanos();
  }

  private void later(long nanos, Runnable action) {
    cluster.after(
        nanos,
        () -> {
          if (!dead) {
            action.run();
          }
        });
  }

  // What is seen.

  private void logReported(LogEvent event) {
    later(
        0,
        () -> {
          switch (event) {
            case LogEvent.QuorumLost _ -> logQuorum = false;
            case LogEvent.QuorumRegained _ -> logQuorum = true;
            case LogEvent.LeadershipChanged _ -> {}
            case LogEvent.LogFailed(var reason) ->
                throw new Violation("pair", "the log of " + machine.id + " failed: " + reason);
          }
          observe();
        });
  }

  private void tick() {
    if (contact()) {
      reachedAt = now();
    }
    if (!(log.leadership() instanceof Leadership.Leaderless)) {
      ledAt = now();
    }
    if (in(Phase.SOLE, Phase.RESUMING)) {
      machine.lastAlone = Optional.of(cluster.now(machine));
    }
    greet();
    observe();
    takeIn();
    later(TICK, this::tick);
  }

  /// Whether the daemon of the other is heard in the ring.
  private boolean contact() {
    return peer.daemon != null && cluster.network.bothWays(machine.id, peer.id);
  }

  private boolean missed() {
    return now() - reachedAt > MISSED_AFTER;
  }

  private boolean answers() {
    return peer.powered && cluster.network.bothWays(machine.id, peer.id);
  }

  private boolean silent() {
    return missed() && !answers();
  }

  private boolean talks() {
    return now() - heardAt < TALKS;
  }

  private boolean copies() {
    SurvivorRecord learner = new SurvivorRecord(survivor.disk().epoch(), Standing.LEARNER);
    return heard.filter(h -> h.disk().equals(learner)).isPresent();
  }

  // Hellos, which take their time both ways; what is said may be untrue when it is heard.

  private Hello hello() {
    boolean anew =
        copies()
            && talks()
            && survivor.disk().standing() == Standing.PAIR
            && in(Phase.WAITING, Phase.OFFERING, Phase.ALONE)
            && now() - ledAt > LEADERLESS;
    return new Hello(survivor.disk(), machine.bootId(), anew);
  }

  private void greet() {
    if (in(Phase.BURYING) || !cluster.network.reaches(machine.id, peer.id)) {
      return;
    }
    Hello mine = hello();
    cluster.after(
        cluster.network.connectedHop(),
        () -> {
          PairDaemon there = peer.daemon;
          if (there != null && !there.in(Phase.BURYING, Phase.OUT)) {
            there.heard(mine);
            answer(there.hello());
          }
        });
  }

  private void answer(Hello other) {
    if (cluster.network.reaches(peer.id, machine.id)) {
      later(cluster.network.connectedHop(), () -> heard(other));
    }
  }

  private void heard(Hello other) {
    heard = Optional.of(other);
    heardAt = now();
    tell(new SurvivorEvent.PeerHeard(other.disk(), other.boot()));
    if (other.anew()) {
      tell(new SurvivorEvent.AskedToBeginAnew(other.disk()));
    }
    observe();
  }

  private void observe() {
    boolean both = log.votesForGood(machine.id) && log.votesForGood(peer.id);
    boolean commits = both && logQuorum && !silent();
    boolean lost = silent() || (!logQuorum && log.members().votes(peer.id));
    switch (survivor.phase()) {
      case WAITING, ALONE, LEARNING, OFFERING -> {
        if (commits && survivor.votes() && heard.isPresent()) {
          tell(new SurvivorEvent.QuorumGained(heard.get().boot()));
        } else if (in(Phase.OFFERING) && lost && !(copies() && talks())) {
          tell(new SurvivorEvent.QuorumLost());
        } else if (in(Phase.LEARNING) && both) {
          tell(new SurvivorEvent.TakenIn());
        }
      }
      case PAIRED -> {
        if (!commits) {
          tell(new SurvivorEvent.QuorumLost());
        }
      }
      case RESUMING, DOUBTING, FENCING, BURYING, SOLE, LEFT, OUT -> {}
    }
  }

  private void takeIn() {
    LogMembers members = log.members();
    if (!in(Phase.SOLE, Phase.OFFERING) || changing || missed()) {
      return;
    }
    if (in(Phase.SOLE) && copies() && members.of(peer.id).isEmpty()) {
      change(members.withListener(peer.id, 1, SimulatedLogCluster.endpoint(peer.id)));
    } else if (members.of(peer.id).isPresent()
        && !members.votes(peer.id)
        && log.caughtUp(peer.id)) {
      tell(new SurvivorEvent.LearnerCaughtUp());
    }
  }

  private void change(LogMembers target) {
    changing = true;
    var _ = log.change(target).thenAccept(_ -> later(0, () -> changing = false));
  }

  /// Whether an oath is taken.
  boolean waits() {
    return in(Phase.WAITING, Phase.RESUMING, Phase.DOUBTING, Phase.ALONE, Phase.FENCING)
        && survivor.writing().isEmpty()
        && survivor.disk().standing() != Standing.LEARNER;
  }

  /// The latest epoch of the other's than which an oath begins a later one here.
  long reach() {
    return survivor.disk().epoch() + (in(Phase.DOUBTING) ? 2 : 1);
  }

  /// An operator swears that the other is off.
  void sworn() {
    tell(new SurvivorEvent.Sworn(machine.id.compareTo(peer.id) < 0 ? 1 : 2));
  }

  // What is done.

  private void tell(SurvivorEvent event) {
    take(survivor.on(event));
  }

  private void take(Survivor.Step step) {
    Phase before = survivor.phase();
    survivor = step.next();
    if (before != survivor.phase()) {
      cluster.trace.note(machine.id.name(), survivor.phase() + " " + survivor.disk());
    }
    if (in(Phase.PAIRED)) {
      failures = 0;
    }
    step.effects().forEach(this::perform);
  }

  private void perform(SurvivorEffect effect) {
    switch (effect) {
      case SurvivorEffect.OpenPair() -> log.open(survivor.disk().epoch());
      case SurvivorEffect.ClosePair() -> {
        log.fallSilent();
        logQuorum = false;
      }
      case SurvivorEffect.Prepare _ -> {}
      case SurvivorEffect.OpenSole(var epoch) -> log.openAlone(epoch);
      case SurvivorEffect.Follow(var epoch) -> log.follow(epoch, peer.id);
      case SurvivorEffect.AddVoter() -> {
        LogMembers members = log.members();
        if (!changing && members.of(peer.id).isPresent() && !members.votes(peer.id)) {
          change(members.withVoter(peer.id));
        }
      }
      case SurvivorEffect.Fence(var boot) ->
          cluster.power.cut(peer, shown -> later(0, () -> fenced(boot, shown)));
      case SurvivorEffect.Write(var wanted) -> write(wanted);
      case SurvivorEffect.Delay() -> delay(++delays);
      case SurvivorEffect.Leave() -> die();
    }
  }

  private void fenced(String boot, boolean shown) {
    if (in(Phase.FENCING, Phase.RESUMING)) {
      failures = shown ? 0 : failures + 1;
    }
    tell(new SurvivorEvent.FencingEnded(boot, shown));
  }

  private void write(SurvivorRecord wanted) {
    boolean hasty =
        cluster.weakness == PairWeakness.ALONE_BEFORE_WRITTEN && wanted.standing() == Standing.SOLE;
    if (wanted.standing() == Standing.SOLE) {
      machine.lastAlone = Optional.of(cluster.now(machine));
    }
    SurvivorRecord before = machine.disk;
    later(
        hasty ? 20_000 * MILLI : World.between(random, 1, 60),
        () -> {
          machine.disk = machine.disk.equals(before) ? wanted : machine.disk;
          // It may be the last thing that this daemon does.
          later(World.between(random, 0, 3), () -> tell(new SurvivorEvent.Written()));
        });
    if (hasty) {
      later(0, () -> tell(new SurvivorEvent.Written()));
    }
  }

  private void delay(long number) {
    long least = (machine == cluster.favoured() ? 600 : 5_000) * MILLI;
    if (failures > 0) {
      least = Math.max(least, 2_000 * MILLI);
    } else if (in(Phase.RESUMING)) {
      least += 10_000 * MILLI;
    }
    later(least + (answers() ? GRACE : 0), () -> delayPassed(number));
  }

  private void delayPassed(long number) {
    if (number != delays || !in(Phase.ALONE, Phase.RESUMING)) {
      return;
    }
    if (talks() && in(Phase.ALONE)) {
      later(TICK, () -> delayPassed(number));
    } else {
      tell(new SurvivorEvent.DelayPassed());
    }
  }

  /// Decides something again and again, as long as it may.
  private void propose() {
    if (survivor.decides()) {
      int number = cluster.decisions.next();
      var _ =
          log.propose(number)
              .thenAccept(outcome -> {
                if (outcome instanceof ProposalOutcome.Committed) {
                  cluster.decisions.acknowledged(number);
                }
              });
    }
    later(World.between(random, 100, 900), this::propose);
  }

  /// For the report of a failure.
  String text() {
    return "%s, hears %s, log %s %s of %s, agreed %s and %s, quorum %s"
        .formatted(
            survivor,
            heard,
            log.leadership(),
            log.decided().numbers(),
            log.members(),
            log.votesForGood(machine.id),
            log.votesForGood(peer.id),
            logQuorum);
  }

  /// Whether it would decide by itself just now, with all that it holds.
  boolean leads() {
    return survivor.decides() && log.leadership() instanceof Leadership.Leader;
  }
}
