package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.PostgresDecision;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.PostgresObservation;
import dev.quorate.agents.core.postgresql.PostgresObservation.Condition;
import dev.quorate.agents.core.postgresql.PostgresPolicy;
import dev.quorate.agents.core.postgresql.PostgresSurroundings;
import dev.quorate.agents.core.postgresql.RewindPolicy;
import dev.quorate.agents.core.postgresql.StandbyPresence;
import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.agents.core.postgresql.WalVote;
import dev.quorate.agents.jdbc.ProbeException;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.Role;
import dev.quorate.resource.SyncPromise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives [PostgresPolicy]: looks, decides, acts, and sleeps until something changes.
final class PostgresDriver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresDriver.class);
  private static final Duration QUESTION = Duration.ofSeconds(2);
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration REBUILD = Duration.ofHours(24);
  private static final int MOST_STARTS = 3;
  private static final long AGAIN = 15;
  private static final long LONGEST = 250;
  private static final long RETRY = 500;
  private static final long IDLE = 1000;
  private static final long REPEAT_NANOS = 1_000_000_000L;

  private final LocalPostgres local;
  private final Semaphore kick = new Semaphore(0);
  private final StandbyPresence presence;
  private final AtomicReference<@Nullable Thread> comingBack = new AtomicReference<>();
  private long promisedVersion = -1;
  private long promisedAt;
  private long presenceEpoch = -1;
  private final MemberOrders orders;
  private final Bulletin bulletin;
  private final Ballots ballots;
  private final Onlooker onlooker;
  private final LineageQuestion lineage = new LineageQuestion(System::nanoTime, this::kick);
  private int failedStarts;
  private final MissingWal missing;
  private @Nullable Instant detachedSince;
  private String problem = "";
  private List<PostgresDecision> lastDecisions = List.of();
  private long patience = AGAIN;

  PostgresDriver(LocalPostgres local) {
    this.local = local;
    this.presence = new StandbyPresence(local.parameters.degradeAfter());
    this.orders = new MemberOrders(local);
    this.bulletin = new Bulletin(local);
    this.ballots = new Ballots(local);
    this.onlooker = new Onlooker(local);
    this.missing =
        new MissingWal(System::nanoTime, local.instance::missesWal, local::mayGetWalElsewhere);
    local.rejoin.onBegin = orders::begun;
    local.onExit = () -> Thread.ofVirtual().name("postgres-exit").start(this::postmasterEnded);
    Thread.ofVirtual().name("postgres-driver").start(this::loop);
  }

  /// Something has changed.
  void kick() {
    kick.release();
  }

  private void loop() {
    while (!local.closed) {
      long pause = step();
      try {
        if (kick.tryAcquire(pause, TimeUnit.MILLISECONDS)) {
          kick.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Looks and acts once; says how long to sleep, in milliseconds.
  private long step() {
    if (!local.lock.tryLock()) {
      return local.started ? AGAIN : IDLE;
    }
    try {
      onlooker.look();
      orders.review();
      if (!local.started) {
        missing.clear();
        local.stranded = "";
        bulletin.takeDown();
        return IDLE;
      }
      if (local.buryTheDead()) {
        local.context.monitorSoon();
        return IDLE;
      }
      PostgresSurroundings agreed = local.surroundings();
      PostgresObservation seen = observe(agreed);
      if (!agreed.leftAlone() && attend(seen, PostgresPolicy.source(agreed))) {
        return IDLE;
      }
      List<PostgresDecision> decisions = PostgresPolicy.decide(seen, agreed);
      for (PostgresDecision decision : decisions) {
        LOG.atDebug().addKeyValue("decision", decision).log("postgresql decision");
        act(decision, seen, agreed);
      }
      String deaf = local.deafness.problem();
      report(deaf.isEmpty() ? local.stranded : deaf);
      if (local.condition.isEmpty()) {
        local.condition = orders.problem();
      }
      return pause(decisions);
    } catch (PostgresException | ProbeException e) {
      report(String.valueOf(e.getMessage()));
      return RETRY;
    } catch (RuntimeException | Error e) {
      surprised(e);
      return RETRY;
    } finally {
      local.lock.unlock();
    }
  }

  /// Sees to what operators have ordered; says whether the instance is brought back for it.
  private boolean attend(PostgresObservation seen, Optional<NodeId> source) {
    boolean ordered = orders.pending().returns() && local.leftAlone().isEmpty();
    if (source.isPresent() && ordered) {
      comeBack(source.get());
      return true;
    }
    orders.attend(seen.facts(), source.isPresent());
    return false;
  }

  /// Soon after something new, later and later while nothing changes.
  private long pause(List<PostgresDecision> decisions) {
    boolean idle = decisions.stream().allMatch(d -> d instanceof PostgresDecision.CheckLineage);
    patience = decisions.equals(lastDecisions) ? Math.min(2 * patience, LONGEST) : AGAIN;
    lastDecisions = decisions;
    return idle ? IDLE : patience;
  }

  /// Whatever else goes wrong must not end the driver: nobody would vote, follow or notice.
  private void surprised(Throwable e) {
    if (!e.toString().equals(problem)) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("resource", local.context.resource().id())
          .addKeyValue("code", "HA-PG-002")
          .log("postgresql's driver met something unexpected");
    }
    problem = e.toString();
    local.condition = problem;
  }

  /// Logs a problem once, not at each attempt.
  private void report(String text) {
    if (!text.equals(problem) && !text.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("resource", local.context.resource().id())
          .addKeyValue("reason", text)
          .log("postgresql needs another attempt");
    }
    problem = text;
    local.condition = text;
  }

  private PostgresObservation observe(PostgresSurroundings agreed) {
    Condition condition;
    Optional<PostgresFacts> facts = Optional.empty();
    if (local.returning) {
      condition = Condition.RETURNING;
    } else if (local.instance.postmaster().isPresent()) {
      facts = ask(agreed);
      condition = facts.isPresent() ? Condition.RUNNING : Condition.SILENT;
    } else {
      if (!agreed.leftAlone()) {
        local.instance.stopAtOnce();
      }
      condition =
          local.instance.hasData() && !local.rejoin.isHalfDone()
              ? Condition.STOPPED
              : Condition.UNUSABLE;
    }
    Instant now = Instant.EPOCH.plusNanos(System.nanoTime());
    if (condition != Condition.SILENT) {
      bulletin.post(now, facts, agreed);
    }
    SyncNames wanted = local.applied();
    Optional<Lsn> boundary = Optional.empty();
    if (facts.isPresent()) {
      local.lastRole = facts.get().inRecovery() ? Role.UNPROMOTED : Role.PROMOTED;
      boundary = local.boundary(facts.get());
      if (!facts.get().inRecovery() && agreed.granted()) {
        wanted = wanted(now, facts.get(), agreed);
      }
      boolean detached = !facts.get().streaming() && !facts.get().conninfo().isEmpty();
      detachedSince = detached ? (detachedSince == null ? now : detachedSince) : null;
    }
    boolean streams = missing.streams(facts.filter(PostgresFacts::streaming).isPresent());
    if (streams || facts.filter(f -> !f.inRecovery()).isPresent()) {
      local.stranded = "";
      missing.clear();
    }
    return new PostgresObservation(
        condition,
        facts,
        local.deafness.told(),
        facts.isPresent() && local.deafness.isProven(),
        ballots.castLately(),
        detachedSince == null ? Duration.ZERO : Duration.between(detachedSince, now),
        local.applied(),
        boundary,
        wanted);
  }

  private Optional<PostgresFacts> ask(PostgresSurroundings agreed) {
    try {
      PostgresFacts facts = local.probe.facts(QUESTION);
      boolean proven = !agreed.leftAlone() && local.deafness.prove(facts);
      return Optional.of(proven ? local.probe.facts(QUESTION) : facts);
    } catch (ProbeException e) {
      report(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private SyncNames wanted(Instant now, PostgresFacts facts, PostgresSurroundings agreed) {
    if (presenceEpoch != agreed.primacy().epoch()) {
      presenceEpoch = agreed.primacy().epoch();
      TreeSet<NodeId> promised = new TreeSet<>(agreed.primacy().promise().members());
      promised.remove(agreed.self());
      presence.reset(now, promised);
    }
    SortedSet<NodeId> streaming = PostgresPolicy.streaming(facts, agreed);
    streaming.removeAll(local.uncounted());
    return presence.wanted(now, streaming, local.gone(), local.durability());
  }

  private void act(
      PostgresDecision decision, PostgresObservation seen, PostgresSurroundings agreed) {
    switch (decision) {
      case PostgresDecision.StartAlone() -> startAlone();
      case PostgresDecision.StopRogue(var reason) -> stopRogue(reason);
      case PostgresDecision.ComeBack(var primary) -> comeBack(primary);
      case PostgresDecision.CheckLineage(var primary) -> {
        Upstream upstream = local.upstream(primary);
        Lsn next = seen.facts().orElseThrow().next();
        String segment = local.instance.wal(local.identity()).nameAt(next);
        lineage
            .answer(
                primary + " in " + agreed.primacy().epoch(),
                () -> upstream.ask(QUESTION, next, segment))
            .ifPresent(answer -> checkLineage(primary, answer, seen, agreed.delayed()));
      }
      case PostgresDecision.StopReceiving() -> local.follow("");
      case PostgresDecision.Follow(var primary) -> {
        local.follow(agreed.conninfos().getOrDefault(primary, ""));
        detachedSince = null;
      }
      case PostgresDecision.CastVote(var round) -> ballots.cast(round, seen.facts().orElseThrow());
      case PostgresDecision.CastEmptyVote(var round, var reason) ->
          ballots.castEmpty(round, reason);
      case PostgresDecision.MakeSlot(var name) -> local.probe.createSlot(name, false, QUESTION);
      case PostgresDecision.DropSlot(var name) -> local.probe.dropSlot(name, QUESTION);
      case PostgresDecision.ApplyNames(var names) -> local.apply(names);
      case PostgresDecision.CommitPromise(var promise) -> commit(agreed.primacy(), promise);
      case PostgresDecision.GiveUpGrant() -> local.release(0, Lsn.NONE);
      case PostgresDecision.LeaveCascade() -> local.cascade.leave();
      case PostgresDecision.LookAgain() -> {}
    }
  }

  /// Starts again after a demotion. When that fails for good, the cluster must know.
  private void startAlone() {
    try {
      local.start("", START);
      failedStarts = 0;
    } catch (PostgresException e) {
      if (++failedStarts >= MOST_STARTS) {
        failedStarts = 0;
        local.started = false;
        local.context.monitorSoon();
      }
      throw e;
    }
  }

  private void stopRogue(String reason) {
    LOG.atError()
        .addKeyValue("resource", local.context.resource().id())
        .addKeyValue("reason", reason)
        .addKeyValue("code", "HA-PG-001")
        .log("a primary without the grant is stopped at once");
    local.started = false;
    local.expectExit();
    local.instance.stopAtOnce();
    local.context.monitorSoon();
  }

  private void commit(Primacy primacy, SyncPromise promise) {
    boolean lately = System.nanoTime() - promisedAt < REPEAT_NANOS;
    if (lately && promisedVersion == promise.version()) {
      return;
    }
    promisedVersion = promise.version();
    promisedAt = System.nanoTime();
    local.context.propose(
        new ClusterCommand.SetSyncPromise(
            primacy.resource(),
            primacy.epoch(),
            local.context.self(),
            primacy.promise().version(),
            promise));
  }

  private void checkLineage(
      NodeId primary, Upstream.Answer answer, PostgresObservation seen, boolean delayed) {
    PostgresFacts facts = seen.facts().orElseThrow();
    ControlFile control = local.identity();
    WalVote held = local.instance.heldAt(local.context.self(), control, facts.end());
    RewindPolicy.Return way =
        RewindPolicy.decide(held, control.canRewind(), answer.identity(), answer.history());
    if (way instanceof RewindPolicy.Return.Refuse(var reason)) {
      leaveAlone(reason);
      return;
    }
    // Before 13 a replay that is delayed looks as one that has nothing more.
    boolean idle = facts.replayIdle() && !delayed && local.instance.major() >= 13;
    missing.look(primary, answer.lacks(), facts.end(), idle);
    boolean stuck = way instanceof RewindPolicy.Return.Follow && missing.isMissing();
    Optional<String> forbidden =
        stuck ? local.rejoin.forbidsCopy(orders.pending()) : Optional.empty();
    local.stranded =
        forbidden.map(why -> "the primary no longer has its WAL, but " + why).orElse("");
    boolean follows = way instanceof RewindPolicy.Return.Follow && !stuck;
    if (forbidden.isEmpty() && answer.promoted() && !follows) {
      LOG.atWarn()
          .addKeyValue("resource", local.context.resource().id())
          .addKeyValue("reason", way)
          .log("this standby cannot follow");
      comeBack(primary);
    }
  }

  /// It was started while nobody could say what it is. The next start is told why not.
  private void leaveAlone(String reason) {
    LOG.atError()
        .addKeyValue("resource", local.context.resource().id())
        .addKeyValue("file", local.parameters.dataDirectory())
        .addKeyValue("reason", reason)
        .addKeyValue("code", "HA-PG-003")
        .log("a standby of another database is stopped");
    local.started = false;
    local.expectExit();
    local.instance.stop(QUESTION);
    local.context.monitorSoon();
  }

  /// Brings the instance back in the background: a copy may take hours.
  private void comeBack(NodeId primary) {
    if (local.returning) {
      return;
    }
    local.returning = true;
    comingBack.set(Thread.ofVirtual().name("postgres-return").start(() -> runComeBack(primary)));
  }

  private void runComeBack(NodeId primary) {
    int failedBefore = local.rejoin.failedCopies();
    try {
      Upstream upstream = local.upstream(primary);
      local.expectExit();
      if (!local.instance.processes().isEmpty()) {
        SortedSet<Long> left = local.instance.stop(QUESTION.multipliedBy(5));
        if (!left.isEmpty()) {
          throw new PostgresException(
              "processes " + left + " cannot be killed, so the files are left alone");
        }
      }
      long begin = System.nanoTime();
      MemberOrder order = orders.pending();
      String done = local.rejoin.run(upstream, missing.isMissing(), order, REBUILD);
      if (order.returns()) {
        orders.done(order);
      }
      missing.clear();
      local.stranded = "";
      local.forget();
      if (!done.isEmpty()) {
        LOG.atInfo()
            .addKeyValue("resource", local.context.resource().id())
            .addKeyValue("durationMs", (System.nanoTime() - begin) / 1_000_000)
            .addKeyValue("reason", done)
            .log("postgresql was brought back");
      }
      local.lock.lock();
      try {
        boolean wanted = local.started && local.leftAlone().isEmpty();
        if (wanted && !Thread.currentThread().isInterrupted()) {
          // A round may have been opened meanwhile.
          PostgresSurroundings agreed = local.surroundings();
          local.start(
              PostgresPolicy.upstream(agreed)
                  .map(n -> agreed.conninfos().getOrDefault(n, ""))
                  .orElse(""),
              START);
        }
      } finally {
        local.lock.unlock();
      }
      local.condition = "";
    } catch (PostgresException | ProbeException e) {
      report(String.valueOf(e.getMessage()));
      rest(failedBefore, primary);
    } catch (RuntimeException | Error e) {
      surprised(e);
      rest(failedBefore, primary);
    } finally {
      comingBack.set(null);
      local.returning = false;
      kick();
    }
  }

  /// A pause before the next attempt, longer and longer after copies that failed; an interruption
  /// or another primary ends it.
  private void rest(int failedBefore, NodeId primary) {
    int failed = local.rejoin.failedCopies();
    long end = System.nanoTime() + RewindPolicy.pause(failed > failedBefore ? failed : 0).toNanos();
    try {
      do {
        TimeUnit.SECONDS.sleep(1);
      } while (System.nanoTime() < end
          && local.surroundings().otherHolder().filter(primary::equals).isPresent());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Gives up bringing it back; what was begun stays marked.
  void abandonReturn() {
    Thread thread = comingBack.get();
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// The postmaster has ended: nothing of it may live on, and the cluster must know at once.
  private void postmasterEnded() {
    if (local.closed) {
      return;
    }
    local.lock.lock();
    try {
      if (!local.buryTheDead()) {
        return;
      }
    } catch (RuntimeException | Error e) {
      surprised(e);
    } finally {
      local.lock.unlock();
    }
    local.context.monitorSoon();
  }

  @Override
  public void close() {
    local.closed = true;
    abandonReturn();
    kick();
  }
}
