package dev.quorate.daemon.pair;

import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.daemon.core.PairStanding;
import dev.quorate.daemon.core.PairStanding.Mode;
import dev.quorate.daemon.core.survivor.Survivor;
import dev.quorate.daemon.core.survivor.Survivor.Phase;
import dev.quorate.daemon.core.survivor.SurvivorEffect;
import dev.quorate.daemon.core.survivor.SurvivorEvent;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives a [Survivor]: one thread takes what is seen of log, ring, peer and device, hands it to
/// the machine and performs its effects in order. Whatever waits for somebody else runs on threads
/// of its own and comes back as an event.
public final class PairShell implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PairShell.class);
  private static final Duration BUSY = Duration.ofMillis(200);
  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

  /// The shortest delay: some hellos long.
  private static final Duration LEAST = Duration.ofMillis(600);

  /// Closing the log of both takes a while, and is begun so much before the delay is over.
  private static final Duration AHEAD = Duration.ofMillis(800);

  /// What a node that was alone grants the other after its own boot, to say hello.
  private static final Duration RESUME_AFTER = Duration.ofSeconds(10);

  private final NodeId peer;
  private final Hello self;
  private final SurvivorFile file;
  private final LastSeenFile lastSeen;
  private final PairLog pairLog;
  private final Surroundings around;
  private final Duration grace;
  private final Greetings greetings;
  private final Protection protection;
  private final TakingIn takingIn;
  private final LeaderlessTime leaderless = new LeaderlessTime();
  private final PairLoop loop;
  private final MissedPeer missed;
  private final PeerEnd end = new PeerEnd();
  private final PeerWord word = new PeerWord();
  private final Parting parting = new Parting();
  private SurvivorRecord disk;
  private Optional<Survivor> survivor = Optional.empty();
  private boolean logQuorum;
  private long delays;
  private long fenceAtNanos;
  private volatile PairStanding standing = PairStanding.MAJORITY;
  private volatile SurvivorRecord shown;
  private volatile boolean anew;
  private volatile boolean undecided;
  private volatile boolean mayGoOnAlone;

  /// A node that has just started; its log is closed.
  ///
  /// @param self this node and its boot, with what was found on disk
  /// @param grace how long a peer whose kernel answers may be without a daemon
  public PairShell(
      NodeId peer,
      Hello self,
      SurvivorFile file,
      LastSeenFile lastSeen,
      PairLog pairLog,
      Surroundings around,
      Duration grace) {
    this.peer = peer;
    this.self = self;
    this.file = file;
    this.lastSeen = lastSeen;
    this.pairLog = pairLog;
    this.around = around;
    this.grace = grace;
    this.disk = self.survivor();
    this.shown = disk;
    this.loop = new PairLoop(around);
    this.missed = new MissedPeer(around::probe, loop, this::observe);
    this.greetings = new Greetings(around, loop::submit);
    this.protection = new Protection(around, loop::submit);
    this.takingIn =
        new TakingIn(
            self.node(),
            peer,
            pairLog,
            done ->
                loop.submit(() -> {
                  done.run();
                  observe();
                }));
  }

  /// Opens the log, at once or when the survivor says so. Returns when it is open in the first
  /// case, so that what is wrong with it is known.
  public void start() {
    if (wanted()) {
      standing = new PairStanding(Mode.NOBODY, "begins", Optional.empty());
    } else {
      pairLog.open(disk.epoch());
    }
    around.stands(standing);
    loop.submit(this::tick);
  }

  /// Whether anything may be proposed now.
  public boolean accepting() {
    return switch (standing.mode()) {
      case MAJORITY, BOTH, ALONE -> true;
      case NOBODY, OTHER -> false;
    };
  }

  /// How this node stands, for status.
  public PairStanding standing() {
    return standing;
  }

  /// What is on disk, for status.
  public SurvivorRecord survivorRecord() {
    return shown;
  }

  /// Why going on alone is not possible; empty if it is.
  public Optional<String> unprotected() {
    return protection.problem().or(() -> around.rules().hold());
  }

  // What is seen, on any thread.

  /// The log said something of itself.
  public void logEvent(LogEvent event) {
    switch (event) {
      case LogEvent.QuorumLost _ -> loop.submit(() -> quorum(false));
      case LogEvent.QuorumRegained _ -> loop.submit(() -> quorum(true));
      case LogEvent.LeadershipChanged _ -> loop.submit(this::observe);
      case LogEvent.LogFailed _ -> loop.end();
    }
  }

  /// The ring agreed on who is there.
  public void viewInstalled(boolean withPeer) {
    loop.submit(() -> {
      missed.viewInstalled(withPeer);
      observe();
    });
  }

  /// The peer said hello.
  ///
  /// @return what this node says of itself; empty if its log is unusable: the other shall fence it
  public Optional<Hello> greeted(Hello other) {
    loop.submit(() -> heard(other));
    return loop.unusable() ? Optional.empty() : Optional.of(hello());
  }

  /// Whether what this node would say of its disk is just about to change: who was alone would go
  /// on by what it hears, and this node as well.
  public boolean undecided() {
    return undecided;
  }

  /// Whether this node votes, or voted until the log of both fell silent, so that one of the two
  /// may go on alone.
  public boolean mayGoOnAlone() {
    return mayGoOnAlone && !loop.unusable();
  }

  /// Why this node would not go on alone now if the peer took no part any more; empty if it would.
  public Optional<String> wouldNotGoOn() {
    if (!mayGoOnAlone() || !around.rules().wanted()) {
      return Optional.of(standing.how());
    }
    return unprotected().or(protection::doubt);
  }

  /// The disk of this node's log hangs, and the peer would go on alone.
  ///
  /// @param reason for a human
  /// @param still whether that is so when it comes to it
  /// @return whether this node takes no part any more because of it
  public CompletableFuture<Boolean> relieved(String reason, BooleanSupplier still) {
    CompletableFuture<Boolean> left = new CompletableFuture<>();
    loop.submit(() -> {
      if (still.getAsBoolean()) {
        tell(new SurvivorEvent.Relieved());
      }
      left.complete(in(Phase.OUT));
      if (in(Phase.OUT)) {
        around.unusable(reason);
      }
    });
    return left;
  }

  /// This node has left the cluster, and the peer has not: it is to go on, and to fence nobody.
  ///
  /// @return whether it has said that it does
  public CompletableFuture<Boolean> left() {
    loop.submit(this::part);
    return parting.taken();
  }

  /// An operator swore that the peer is off.
  ///
  /// @return why that is not taken; empty once this node goes on alone, or is about to
  public CompletableFuture<Optional<String>> sworn(PairStanding.Proof oath) {
    CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
    loop.submit(() -> answer.complete(take(oath)));
    return answer;
  }

  private Hello hello() {
    return new Hello(self.node(), shown, self.boot(), anew);
  }

  // On the loop.

  private boolean in(Phase... phases) {
    return survivor.filter(s -> List.of(phases).contains(s.phase())).isPresent();
  }

  /// Who was alone, or copies, has to settle that first: the properties may be of an older epoch.
  private boolean wanted() {
    return disk.standing() != Standing.PAIR || around.rules().wanted();
  }

  private Optional<String> take(PairStanding.Proof oath) {
    Optional<String> objection = Oath.objection(survivor, peer, word, missed);
    if (objection.isPresent()) {
      return objection;
    }
    log.atWarn()
        .addKeyValue("client", oath.client())
        .addKeyValue("target", peer)
        .addKeyValue("reason", oath.reason())
        .log("sworn to be off");
    end.sworn(oath);
    around.happened(
        "%s is sworn to be off by %s: %s".formatted(peer, oath.client(), oath.reason()));
    // What two false oaths begin must never be taken for the same.
    tell(new SurvivorEvent.Sworn(self.node().compareTo(peer) < 0 ? 1 : 2));
    return Optional.empty();
  }

  /// Says hello until the peer has taken the vote.
  private void part() {
    if (parting.goesOn(survivor)) {
      greetings.due(hello(), false, this::heard);
      loop.later(BUSY, this::part);
    }
  }

  private void tick() {
    boolean wanted = wanted();
    if (wanted && survivor.isEmpty()) {
      take(Survivor.begin(disk, lastSeen.mayBeOutdone()));
    } else if (!wanted && in(Phase.PAIRED)) {
      survivor = Optional.empty();
      publish();
    }
    boolean steady = survivor.isEmpty() || in(Phase.PAIRED);
    if (survivor.isPresent()) {
      if (!undecided) {
        greetings.due(hello(), steady, this::heard);
      }
      if (!in(Phase.FENCING, Phase.BURYING)) {
        protection.due(in(Phase.PAIRED) && missed.seen());
      }
    }
    if (in(Phase.SOLE, Phase.RESUMING)) {
      lastSeen.due();
    }
    observe();
    takeIn();
    anew =
        leaderless.tooLong(
            word.copies(disk.epoch())
                && word.talks()
                && disk.standing() == Standing.PAIR
                && in(Phase.WAITING, Phase.OFFERING, Phase.ALONE)
                && pairLog.leadership() instanceof Leadership.Leaderless);
    loop.later(steady ? QUIET : BUSY, this::tick);
  }

  private void heard(Hello other) {
    if (!other.node().equals(peer) || (survivor.isEmpty() && !disk.behind(other.survivor()))) {
      return;
    }
    if (survivor.isEmpty()) {
      pairLog.fallSilent();
      take(Survivor.begin(disk, lastSeen.mayBeOutdone()));
    }
    word.said(other);
    survivor.flatMap(s -> parting.heard(s, other.survivor())).ifPresent(this::tell);
    tell(new SurvivorEvent.PeerHeard(other.survivor(), other.boot()));
    if (other.anew()) {
      tell(new SurvivorEvent.AskedToBeginAnew(other.survivor()));
    }
    observe();
  }

  private void quorum(boolean there) {
    logQuorum = there;
    observe();
  }

  /// Tells the machine what log and ring amount to.
  private void observe() {
    if (survivor.isEmpty()) {
      return;
    }
    boolean both = pairLog.votesForGood(self.node()) && pairLog.votesForGood(peer);
    boolean commits = both && logQuorum && !missed.silent();
    boolean lost = missed.silent() || (!logQuorum && pairLog.members().votes(peer));
    Survivor now = survivor.get();
    switch (now.phase()) {
      case WAITING, ALONE, LEARNING, OFFERING -> {
        if (commits && now.votes() && word.boot().isPresent()) {
          tell(new SurvivorEvent.QuorumGained(word.boot().get()));
        } else if (now.phase() == Phase.OFFERING
            && lost
            && !(word.copies(disk.epoch()) && word.talks())) {
          tell(new SurvivorEvent.QuorumLost());
        } else if (now.phase() == Phase.LEARNING && both) {
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

  /// Lets a peer that copies listen, and vote once it has everything.
  private void takeIn() {
    if (in(Phase.SOLE, Phase.OFFERING)
        && missed.seen()
        && takingIn.hasEverything(in(Phase.SOLE) && word.copies(disk.epoch()))) {
      tell(new SurvivorEvent.LearnerCaughtUp());
    }
  }

  private void tell(SurvivorEvent event) {
    survivor.ifPresent(s -> take(s.on(event)));
  }

  private void take(Survivor.Step step) {
    Optional<Phase> before = survivor.map(Survivor::phase);
    survivor = Optional.of(step.next());
    disk = step.next().disk();
    shown = disk;
    undecided = in(Phase.BURYING);
    mayGoOnAlone = step.next().mayGoOnAlone();
    end.in(step.next().phase());
    publish();
    boolean changed = !before.equals(Optional.of(step.next().phase()));
    if (changed && !in(Phase.OUT)) {
      tellAll(step.next());
    }
    for (SurvivorEffect effect : step.effects()) {
      perform(effect);
    }
    if (changed && in(Phase.OUT)) {
      tellAll(step.next()); // it left before it did anything else
    }
  }

  private void tellAll(Survivor now) {
    log.atInfo()
        .addKeyValue("phase", now.phase())
        .addKeyValue("record", now.disk())
        .log("arbitration");
    around.happened("two-node: " + Standings.text(now, peer));
  }

  private void perform(SurvivorEffect effect) {
    switch (effect) {
      case SurvivorEffect.OpenPair() -> pairLog.open(disk.epoch());
      case SurvivorEffect.ClosePair() -> pairLog.fallSilent();
      case SurvivorEffect.Prepare(var epoch) -> pairLog.prepareAlone(disk, epoch);
      case SurvivorEffect.OpenSole(var epoch) -> pairLog.openAlone(epoch);
      case SurvivorEffect.Follow(var epoch) -> pairLog.follow(epoch, around::retire);
      case SurvivorEffect.AddVoter() -> takingIn.vote();
      case SurvivorEffect.Fence(var boot) ->
          loop.later(
              Duration.ofNanos(Math.max(0, fenceAtNanos - System.nanoTime())), () -> fence(boot));
      case SurvivorEffect.Write(var wanted) -> {
        write(wanted);
        loop.submit(() -> tell(new SurvivorEvent.Written()));
      }
      case SurvivorEffect.Delay() -> delay();
      case SurvivorEffect.Leave() -> {
        pairLog.abandon();
        loop.end();
      }
    }
  }

  /// The peer may have said meanwhile that there is no reason any more.
  private void fence(String boot) {
    if (in(Phase.FENCING, Phase.RESUMING)) {
      around.fence(shownOff -> loop.submit(() -> fenced(boot, shownOff)));
    }
  }

  private void fenced(String boot, Optional<PairStanding.Proof> shownOff) {
    survivor.ifPresent(s -> end.fenced(s.phase(), shownOff));
    tell(new SurvivorEvent.FencingEnded(boot, shownOff.isPresent()));
  }

  private void write(SurvivorRecord wanted) {
    if (wanted.standing() == Standing.SOLE) {
      lastSeen.note(); // before the record: whoever finds that finds this
    }
    try {
      file.write(wanted);
    } catch (IOException e) {
      throw new UncheckedIOException("the survivor's record cannot be written", e);
    }
  }

  /// A machine of which something answers gets the time that a daemon has to come back. That it is
  /// silent is asked twice, for a busy machine is slow to answer.
  private void delay() {
    long number = ++delays;
    Duration side = around.rules().delay();
    Duration least = side.compareTo(LEAST) < 0 ? LEAST : side;
    if (end.failures() > 0) {
      least = least.compareTo(PAUSE_AFTER_FAILURE) < 0 ? PAUSE_AFTER_FAILURE : least;
    } else if (in(Phase.RESUMING)) {
      least = least.plus(RESUME_AFTER);
    }
    Duration wait = least;
    if (missed.silent() && end.failures() == 0) {
      // Both sides have missed each other since then.
      Duration since = Duration.ofNanos(System.nanoTime() - missed.sinceNanos());
      fenceAfter(since.compareTo(wait) < 0 ? wait.minus(since) : Duration.ZERO, number, false);
    } else {
      missed.whetherItAnswers(
          answers -> fenceAfter(answers ? wait.plus(grace) : wait, number, answers));
    }
  }

  private void fenceAfter(Duration delay, long number, boolean granted) {
    fenceAtNanos = System.nanoTime() + delay.toNanos();
    loop.later(
        delay.compareTo(AHEAD) > 0 ? delay.minus(AHEAD) : Duration.ZERO,
        () -> delayPassed(number, granted));
  }

  /// @param granted whether the time of a daemon to come back is over as well
  private void delayPassed(long number, boolean granted) {
    if (number != delays || !in(Phase.ALONE, Phase.RESUMING)) {
      return;
    }
    if (!wanted() || unprotected().isPresent() || (word.talks() && in(Phase.ALONE))) {
      loop.later(BUSY, () -> delayPassed(number, granted));
    } else if (granted) {
      tell(new SurvivorEvent.DelayPassed());
    } else {
      missed.whetherItAnswers(answers -> {
        if (answers) {
          fenceAfter(grace, number, true);
        } else {
          delayPassed(number, true);
        }
      });
    }
  }

  private void publish() {
    PairStanding now =
        survivor.map(n -> Standings.of(n, peer, end.proof())).orElse(PairStanding.MAJORITY);
    if (!now.equals(standing)) {
      standing = now;
      around.stands(now);
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
