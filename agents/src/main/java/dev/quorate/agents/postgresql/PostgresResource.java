package dev.quorate.agents.postgresql;

import dev.quorate.agents.Finding;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.agents.Setup;
import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.PostgresPolicy;
import dev.quorate.agents.core.postgresql.PostgresSurroundings;
import dev.quorate.agents.core.postgresql.RewindPolicy.Return;
import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.agents.jdbc.ProbeException;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operations that the cluster orders on the local PostgreSQL.
final class PostgresResource implements ResourceInstance {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresResource.class);
  private static final Duration QUESTION = Duration.ofSeconds(3);
  private static final Duration SYNC_WAIT = Duration.ofSeconds(2);
  private static final Duration FORCE_WAIT = Duration.ofSeconds(10);
  private static final Duration CHECKPOINT = Duration.ofMinutes(10);
  private static final Duration SETTLED = Duration.ofSeconds(2);
  private static final Duration LAST_QUESTION = Duration.ofMillis(500);
  private static final int ERROR = 1;
  private static final int NOT_INSTALLED = 5;

  private final LocalPostgres local;
  private final DiskHealth disks;
  private final PostgresDriver driver;
  private volatile boolean emergency;

  PostgresResource(LocalPostgres local, PostgresDriver driver) {
    this.local = local;
    this.driver = driver;
    this.disks = new DiskHealth(local);
  }

  @Override
  public void stateChanged(ClusterState state) {
    ClusterState before = local.state;
    local.spared.heardOf(state.position());
    NodeId self = local.context.self();
    local.state = state;
    boolean concerns =
        !state.primacies().equals(before.primacies())
            || !state.nodes().equals(before.nodes())
            || !Objects.equals(state.attributes().get(self), before.attributes().get(self))
            || state.configuration().version() != before.configuration().version();
    if (concerns) {
      driver.kick();
    }
  }

  @Override
  public OperationResult run(OperationKind operation, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    if (operation == OperationKind.STOP) {
      local.started = false;
      driver.abandonReturn();
    }
    if (operation == OperationKind.PROMOTE) {
      local.spared.promotes(true);
    }
    boolean locked = false;
    try {
      locked = local.lock.tryLock(deadline.toNanos(), TimeUnit.NANOSECONDS);
      if (!locked) {
        return OperationResult.unknown("another operation on this instance did not end in time");
      }
      if (operation != OperationKind.MONITOR) {
        emergency = false;
      }
      return switch (operation) {
        case START -> start(end);
        case STOP -> stop(end);
        case MONITOR -> monitor(end);
        case PROMOTE -> promote(end);
        case DEMOTE -> demote(end);
        case RELOAD -> OperationResult.succeeded(local.lastRole);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OperationResult.unknown("interrupted");
    } catch (PostgresException | ProbeException e) {
      String reason = operation + ": " + e.getMessage();
      return emergency || System.nanoTime() > end
          ? OperationResult.unknown(reason)
          : OperationResult.failed(ERROR, local.lastRole, reason);
    } catch (UncheckedIOException e) {
      return cannotLook(e);
    } finally {
      if (locked) {
        local.lock.unlock();
      }
      if (operation == OperationKind.PROMOTE) {
        local.spared.promotes(false);
      }
      driver.kick();
    }
  }

  private static OperationResult cannotLook(UncheckedIOException e) {
    return OperationResult.unknown(e.getMessage() + ": " + e.getCause());
  }

  // Start.

  private OperationResult start(long end) {
    if (local.instance.postmaster().isPresent()) {
      return adopt(end);
    }
    Optional<String> missing = local.instance.missingProgram();
    if (missing.isPresent()) {
      return OperationResult.failed(NOT_INSTALLED, Role.STOPPED, missing.get());
    }
    Optional<String> old =
        local.instance.hasData() ? local.instance.unsupported() : Optional.empty();
    if (old.isPresent()) {
      return OperationResult.failed(NOT_INSTALLED, Role.STOPPED, old.get());
    }
    Optional<NodeId> primary = PostgresPolicy.source(local.surroundings());
    if (!local.instance.hasData() || local.rejoin.isHalfDone()) {
      local.started = true;
      return standby("waits for a primary to be copied from");
    }
    if (primary.isPresent()) {
      try {
        switch (local.rejoin.decide(local.upstream(primary.get()).ask(QUESTION))) {
          case Return.Follow() -> {
            PostgresSurroundings agreed = local.surroundings();
            NodeId upstream = PostgresPolicy.upstream(agreed).orElse(primary.get());
            String conninfo = agreed.conninfos().getOrDefault(upstream, "");
            local.start(conninfo, left(end));
            local.started = true;
            return OperationResult.succeeded(Role.UNPROMOTED);
          }
          case Return.Refuse(var reason) -> {
            return OperationResult.failed(NOT_INSTALLED, Role.STOPPED, reason);
          }
          case Return.Rewind _, Return.Rebuild _ -> {
            local.started = true;
            return standby("is being brought back");
          }
        }
      } catch (PostgresException e) {
        LOG.atInfo().addKeyValue("reason", e.getMessage()).log("started without a primary");
      }
    }
    local.start("", left(end));
    local.started = true;
    return OperationResult.succeeded(Role.UNPROMOTED);
  }

  private OperationResult adopt(long end) {
    PostgresFacts facts = local.probe.facts(left(end));
    local.adopt(facts);
    return facts.inRecovery()
        ? OperationResult.succeeded(Role.UNPROMOTED)
        : OperationResult.failed(ERROR, Role.PROMOTED, "it runs as a primary already");
  }

  private static OperationResult standby(String condition) {
    return running(Role.UNPROMOTED, condition);
  }

  /// What an administrator has set is no failure, but clients will think it is one.
  private static OperationResult readOnly() {
    return running(Role.PROMOTED, "takes no writes: default_transaction_read_only is on");
  }

  private static OperationResult running(Role role, String condition) {
    SortedMap<String, String> details = new TreeMap<>();
    details.put("condition", condition);
    return new OperationResult(OperationResult.Status.SUCCEEDED, 0, role, condition, details);
  }

  // Monitor.

  private OperationResult monitor(long end) {
    if (local.returning) {
      String how = local.rejoin.progress().orElse(local.condition);
      return standby(("is being brought back " + how).strip());
    }
    disks.look();
    local.buryTheDead();
    if (local.instance.postmaster().isEmpty()) {
      return withoutServer();
    }
    try {
      PostgresFacts facts = local.probe.facts(left(end));
      local.adopt(facts);
      local.lastRole = facts.inRecovery() ? Role.UNPROMOTED : Role.PROMOTED;
      if (local.lastRole == Role.UNPROMOTED && !local.stranded.isEmpty()) {
        return standby(local.stranded);
      }
      return local.lastRole == Role.PROMOTED && local.probe.refusesWrites(left(end))
          ? readOnly()
          : OperationResult.succeeded(local.lastRole);
    } catch (ProbeException e) {
      String silent = "it does not answer: " + e.getMessage();
      return local.leftAlone().isPresent()
          ? inDoubt(silent)
          : OperationResult.failed(ERROR, local.lastRole, silent);
    }
  }

  /// What may take writes for all that can be seen, and is not to be touched.
  private OperationResult inDoubt(String what) {
    return local.surroundings().granted()
        ? running(Role.PROMOTED, what)
        : OperationResult.unknown(what);
  }

  private OperationResult withoutServer() {
    if (!local.mayEndOrphans()) {
      return othersAtWork();
    }
    SortedSet<Long> orphans = local.instance.stopAtOnce();
    if (!orphans.isEmpty()) {
      return OperationResult.failed(
          ERROR, local.lastRole, "processes " + orphans + " cannot be killed");
    }
    return local.started
        ? standby(("is about to start " + local.condition).strip())
        : OperationResult.succeeded(Role.STOPPED);
  }

  private OperationResult othersAtWork() {
    SortedSet<Long> working = local.instance.processes();
    if (working.isEmpty()) {
      return OperationResult.succeeded(Role.STOPPED);
    }
    String what = "processes " + working + " work in its data directory, without a server";
    if (!local.joined()) {
      local.lookWhenJoined = true;
      return OperationResult.unknown(what);
    }
    OptionalLong single = local.instance.singleUser();
    return single.isPresent() && working.equals(new TreeSet<>(List.of(single.getAsLong())))
        ? standby(what)
        : inDoubt(what);
  }

  // Stop and demote.

  private OperationResult stop(long end) {
    local.started = false;
    SortedSet<Long> remaining = end(end, false);
    if (!remaining.isEmpty()) {
      return OperationResult.failed(
          ERROR, local.lastRole, "processes " + remaining + " cannot be killed");
    }
    local.lastRole = Role.STOPPED;
    return OperationResult.succeeded(Role.STOPPED);
  }

  private OperationResult demote(long end) {
    if (local.instance.postmaster().isPresent() && local.probe.inRecovery(left(end))) {
      local.started = true;
      local.watchExit();
      return OperationResult.succeeded(Role.UNPROMOTED);
    }
    SortedSet<Long> remaining = end(end, true);
    if (!remaining.isEmpty()) {
      return OperationResult.failed(
          ERROR, Role.PROMOTED, "processes " + remaining + " cannot be killed");
    }
    // The driver starts it again: the cluster need not wait for that.
    local.lastRole = Role.UNPROMOTED;
    local.started = true;
    return OperationResult.succeeded(Role.UNPROMOTED);
  }

  /// Ends the instance. A primary proves its end and gives up the grant; one that crashed before
  /// keeps it, to be restarted in place, unless it is to be demoted.
  private SortedSet<Long> end(long end, boolean demoted) {
    boolean ran = local.instance.postmaster().isPresent();
    boolean primary = ran && isPrimary();
    local.expectExit();
    if (primary) {
      local.checkpoint(left(end).dividedBy(2));
    }
    local.probe.close();
    SortedSet<Long> remaining =
        ran ? local.instance.stop(left(end).dividedBy(2)) : local.instance.stopAtOnce();
    if (remaining.isEmpty() && (primary || demoted) && local.instance.hasData()) {
      local.instance.markStandby();
      release();
    }
    return remaining;
  }

  private boolean isPrimary() {
    try {
      return !local.probe.inRecovery(QUESTION);
    } catch (ProbeException e) {
      return local.lastRole == Role.PROMOTED;
    }
  }

  /// Commits that this instance acknowledges nothing any more, and where it ended.
  private void release() {
    ControlFile control = local.instance.control();
    boolean clean = control.state() == ControlFile.State.SHUT_DOWN;
    local.release(
        clean ? control.timeline().number() : 0,
        clean ? PostgresInstance.afterCheckpoint(control) : Lsn.NONE);
  }

  // Promote.

  private OperationResult promote(long end) {
    PostgresFacts facts = local.probe.facts(left(end));
    local.adopt(facts);
    if (!facts.inRecovery()) {
      local.lastRole = Role.PROMOTED;
      return OperationResult.succeeded(Role.PROMOTED);
    }
    if (!local.mayBePrimary()) {
      return OperationResult.failed(ERROR, Role.UNPROMOTED, "this node does not hold the grant");
    }
    SyncNames names = local.namesIfPromoted();
    if (!facts.conninfo().isEmpty()) {
      local.follow("");
    }
    if (!facts.syncNames().equals(names.setting()) || !local.applied().equals(names)) {
      local.apply(names);
      awaitNames(names, end);
    }
    awaitForce(end);
    long begin = System.nanoTime();
    local.spared.asked();
    if (local.instance.promotesByQuestion()) {
      local.probe.promote(left(end));
    } else {
      local.instance.promote();
    }
    while (local.probe.inRecovery(left(end))) {
      LockSupport.parkNanos(3_000_000);
    }
    local.lastRole = Role.PROMOTED;
    LOG.atInfo()
        .addKeyValue("resource", local.context.resource().id())
        .addKeyValue("durationMs", (System.nanoTime() - begin) / 1_000_000)
        .addKeyValue("role", names)
        .log("postgresql promoted");
    awaitStandbys(names);
    Thread.ofVirtual().name("postgres-checkpoint").start(this::checkpointSoon);
    return OperationResult.succeeded(Role.PROMOTED);
  }

  /// Lets the control file, and so every tool, know of the new timeline, once the disk need not
  /// serve those first who wait for the address to come up.
  private void checkpointSoon() {
    LockSupport.parkNanos(SETTLED.toNanos());
    local.checkpoint(CHECKPOINT);
  }

  private void awaitNames(SyncNames names, long end) {
    while (!local.probe.facts(left(end)).syncNames().equals(names.setting())) {
      LockSupport.parkNanos(3_000_000);
    }
  }

  /// The first commits must wait as promised. As a rule they would since long, for a standby keeps
  /// the names in force.
  private void awaitForce(long end) {
    long patience = Math.min(end, System.nanoTime() + FORCE_WAIT.toNanos());
    while (!local.inForce()) {
      if (System.nanoTime() > patience) {
        throw new PostgresException(
            "the checkpointer is busy and does not take on what commits must wait for");
      }
      LockSupport.parkNanos(3_000_000);
    }
  }

  /// What was written before may not be seen before it is on enough standbys: whoever sees it could
  /// miss it after a second failover. Bounded, for then nobody can write either.
  private void awaitStandbys(SyncNames names) {
    long end = System.nanoTime() + SYNC_WAIT.toNanos();
    Lsn written = local.probe.facts(QUESTION).flushed();
    while (names.required() > 0 && System.nanoTime() < end && !emergency) {
      PostgresFacts facts = local.probe.facts(QUESTION);
      long enough =
          facts.standbys().stream()
              .filter(s -> names.members().stream().anyMatch(m -> m.name().equals(s.name())))
              .filter(s -> s.flushed().reaches(written))
              .count();
      boolean hopeless =
          PostgresPolicy.streaming(facts, local.surroundings()).isEmpty()
              && names.members().isEmpty();
      if (enough >= names.required() || hopeless) {
        return;
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  // Emergency.

  @Override
  public OperationResult emergencyStop(Duration deadline) {
    try {
      return stopEverything(deadline);
    } catch (UncheckedIOException e) {
      return cannotLook(e);
    }
  }

  /// What is left alone may go on if no commit can come of it.
  private OperationResult stopEverything(Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    if (local.spared.spares(LAST_QUESTION)) {
      return OperationResult.succeeded(Role.UNPROMOTED);
    }
    emergency = true;
    local.started = false;
    local.expectExit();
    SortedSet<Long> remaining = local.instance.stopAtOnce();
    driver.abandonReturn();
    try {
      // Whoever holds the lock may just be starting something: what it starts is ended as well.
      while (!local.lock.tryLock(10, TimeUnit.MILLISECONDS)) {
        remaining = local.instance.stopAtOnce();
        if (System.nanoTime() > end) {
          return OperationResult.unknown("an operation in flight does not end");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OperationResult.unknown("interrupted");
    }
    try {
      local.started = false;
      local.expectExit();
      remaining = local.instance.stopAtOnce();
      if (local.instance.hasData()) {
        local.instance.markStandby();
      }
    } finally {
      local.lock.unlock();
    }
    local.lastRole = remaining.isEmpty() ? Role.STOPPED : local.lastRole;
    return remaining.isEmpty()
        ? OperationResult.succeeded(Role.STOPPED)
        : OperationResult.failed(
            ERROR, local.lastRole, "processes " + remaining + " cannot be killed");
  }

  @Override
  public List<Finding> examine() {
    return new Examination(local).findings();
  }

  @Override
  public Setup setUp(boolean write) {
    return new SettingsSetup(local).run(write);
  }

  @Override
  public List<String> lastWords(int lines) {
    return new ServerLog(
            local.parameters.dataDirectory(), PostgresInstance.log(local.context.workDirectory()))
        .tail(lines);
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(end - System.nanoTime(), 1_000_000));
  }

  @Override
  public void close() {
    driver.close();
    local.close();
  }
}
