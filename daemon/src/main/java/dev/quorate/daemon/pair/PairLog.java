package dev.quorate.daemon.pair;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogDamagedException;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogListener;
import dev.quorate.consensus.LogLostException;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.ratis.ClosedLog;
import dev.quorate.consensus.ratis.RatisReplicatedLog;
import dev.quorate.consensus.ratis.Silence;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.daemon.secrets.OwnerOnly;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A log that is closed and opened again in another epoch within one run of the daemon. Each epoch
/// has a directory of its own. What was proposed and not settled may be proposed again in the next
/// epoch under the same id, and is applied once.
///
/// Opening and closing happen on one thread, everything else on any.
public final class PairLog implements ReplicatedLog {
  private static final Logger log = LoggerFactory.getLogger(PairLog.class);
  private static final Duration ALONE_MIN = Duration.ofMillis(50);
  private static final Duration ALONE_MAX = Duration.ofMillis(100);
  private static final long CLOSING_SECONDS = 10;
  private static final String SILENT = "this node takes no part in the log of both now";

  /// A state machine that is driven by one log after the other.
  public interface Machine extends ReplicatedStateMachine {
    /// Another log is opened: the state begins anew, and is shown again once it is as far as it
    /// was.
    void beginAnew();

    /// One in its initial state that shows nothing to anybody.
    ReplicatedStateMachine scratch();
  }

  /// A log that is open; absent as long as it is being opened.
  private record Opened(long epoch, AtomicReference<Optional<RatisReplicatedLog>> log) {
    Optional<RatisReplicatedLog> ready() {
      return log.get();
    }
  }

  private final ConsensusConfig base;
  private final Machine machine;
  private final LogListener listener;
  private final BooleanSupplier accepting;
  private volatile Optional<Opened> current = Optional.empty();
  private Silence last = Silence.OF_NOTHING;
  private Optional<Long> prepared = Optional.empty();

  /// Opens nothing yet.
  ///
  /// @param base the log of both in its first epoch
  /// @param listener hears of whichever log is open
  /// @param accepting whether anything may be proposed now
  public PairLog(
      ConsensusConfig base, Machine machine, LogListener listener, BooleanSupplier accepting) {
    this.base = base;
    this.machine = machine;
    this.listener = listener;
    this.accepting = accepting;
  }

  /// The log of an epoch on disk.
  ClosedLog onDisk(long epoch) {
    return new ClosedLog(directory(epoch), base.cluster(), epoch);
  }

  private Path directory(long epoch) {
    return directory(base.directory(), epoch);
  }

  /// Where the log of an epoch is.
  ///
  /// @param first where that of the first one is
  public static Path directory(Path first, long epoch) {
    return epoch == 1 ? first : first.resolveSibling(first.getFileName() + "-" + epoch);
  }

  /// Whether a log of a later epoch than the first is or was here, and not only made ready.
  public static boolean foundedAnew(Path first) {
    Path parent = first.toAbsolutePath().getParent();
    String[] names = parent == null ? null : parent.toFile().list();
    String later = first.getFileName() + "-[0-9]+(\\.(?!new$).*)?";
    return names != null && Arrays.stream(names).anyMatch(n -> n.matches(later));
  }

  /// Lets the state machine apply what is known to be committed in a log that is not open yet.
  public void preview(long epoch) {
    long newest = onDisk(epoch).exists() ? epoch : newestBefore(epoch);
    if (newest > 0 && onDisk(newest).exists()) {
      machine.beginAnew();
      onDisk(newest).replay(machine);
    }
  }

  /// Takes part in the log of an epoch as it is on disk, if not already.
  void open(long epoch) {
    if (current.filter(o -> o.epoch() == epoch).isPresent()) {
      return;
    }
    if (epoch > 1 && !onDisk(epoch).exists()) {
      throw lost(epoch, "this node must not vote");
    }
    start(base.withEpoch(epoch, base.voters(), directory(epoch)));
  }

  private LogLostException lost(long epoch, String otherwise) {
    return new LogLostException(
        ("the log of epoch %d is not in %s, and without it %s: put the directory back as it was;"
                + " if it is lost, remove all of %s while the other node goes on alone, and join"
                + " with a new token")
            .formatted(epoch, directory(epoch), otherwise, directory(epoch).getParent()));
  }

  /// Makes the log ready in which this node would go on alone, from what it holds now: whether that
  /// can be read is known before the other is fenced.
  ///
  /// @param held the record of what it holds; if its epoch is not the one before, this is written
  ///   down, so that nothing else is ever taken for it, and so it is in place of what was written
  ///   down for an attempt that came to nothing
  /// @throws LogDamagedException if it cannot
  void prepareAlone(SurvivorRecord held, long epoch) {
    forgetPrepared();
    long from = foundation(held);
    if (from != epoch - 1 || Files.exists(baseOf(epoch))) {
      try {
        OwnerOnly.write(baseOf(epoch), Long.toString(from).getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        throw new UncheckedIOException("what an epoch is founded on cannot be written", e);
      }
    }
    found(epoch).prepare(alone(epoch), machine.scratch());
    prepared = Optional.of(epoch);
  }

  /// Who wrote down that it is alone and ended before it put the new log in its place decided
  /// nothing in it: it holds what that one was to be founded on. Every other record is written when
  /// the log is there, and without it nothing is founded.
  private long foundation(SurvivorRecord held) {
    boolean neverBegun = held.standing() == Standing.SOLE && !onDisk(held.epoch()).begun();
    return neverBegun ? before(held.epoch()) : held.epoch();
  }

  private Path baseOf(long epoch) {
    Path first = base.directory();
    return first.resolveSibling(first.getFileName() + "-base-" + epoch);
  }

  private long before(long epoch) {
    try {
      return Files.exists(baseOf(epoch))
          ? Long.parseLong(Files.readString(baseOf(epoch)).strip())
          : epoch - 1;
    } catch (IOException | NumberFormatException e) {
      throw new LogDamagedException(
          "%s cannot be read: put it back as it was".formatted(baseOf(epoch)), e);
    }
  }

  /// Goes on in a log of this node alone, founded on that of the epoch before if that has not been
  /// done; an older one would be without what was decided since.
  void openAlone(long epoch) {
    fallSilent();
    if (!onDisk(epoch).begun()) {
      if (prepared.filter(p -> p == epoch).isPresent()) {
        onDisk(epoch).putInPlace();
      } else {
        found(epoch).refound(alone(epoch), machine.scratch());
      }
    }
    start(alone(epoch).withFirstElection(ALONE_MIN, ALONE_MAX));
  }

  /// What an epoch is founded on, with everything that was acknowledged in it.
  private ClosedLog found(long epoch) {
    long before = before(epoch);
    if (!onDisk(before).exists()) {
      throw lost(before, "this node must not go on alone");
    }
    await(last.written());
    return onDisk(before);
  }

  private ConsensusConfig alone(long epoch) {
    return base.withEpoch(epoch, ownEntry(), directory(epoch));
  }

  /// Waits with an empty log until the peer takes this node in; goes on with what was copied
  /// already. A copy that is damaged or gone is begun anew: who copies says so on its disk, and has
  /// no vote to lose.
  ///
  /// @param retired asks the peer to forget how far this node has come
  void follow(long epoch, BooleanSupplier retired) {
    if (current.filter(o -> o.epoch() == epoch).isPresent()) {
      return;
    }
    ConsensusConfig copy = alone(epoch).asNewcomer(1);
    try {
      start(copy);
    } catch (LogDamagedException | LogLostException e) {
      if (!retired.getAsBoolean()) {
        throw e;
      }
      log.atWarn().addKeyValue("reason", e.getMessage()).log("damaged copy begun anew");
      onDisk(epoch).forget();
      start(copy);
    }
  }

  private Map<NodeId, ConsensusConfig.Endpoint> ownEntry() {
    return Map.of(base.self(), endpoint(base.self()));
  }

  ConsensusConfig.Endpoint endpoint(NodeId node) {
    return Objects.requireNonNull(base.voters().get(node));
  }

  private long newestBefore(long epoch) {
    long earlier = epoch - 1;
    while (earlier > 1 && !onDisk(earlier).exists()) {
      earlier--;
    }
    return earlier;
  }

  private void start(ConsensusConfig config) {
    fallSilent();
    forgetPrepared();
    // It may be the one that is just being closed.
    await(onDisk(config.epoch()).exists() ? last.gone() : last.written());
    machine.beginAnew();
    Opened opened = new Opened(config.epoch(), new AtomicReference<>(Optional.empty()));
    current = Optional.of(opened);
    try {
      opened
          .log()
          .set(
              Optional.of(
                  RatisReplicatedLog.start(config, machine, event -> report(opened, event))));
    } catch (RuntimeException e) {
      current = Optional.empty();
      throw e;
    }
  }

  /// It is in its place, or lacks what is added from now on.
  private void forgetPrepared() {
    try {
      if (prepared.isPresent()) {
        onDisk(prepared.get()).discardPrepared();
      }
    } catch (IOException e) {
      log.atInfo().addKeyValue("reason", e.getMessage()).log("prepared log not removed");
    }
    prepared = Optional.empty();
  }

  private static void await(CompletableFuture<Void> closed) {
    closed.copy().orTimeout(CLOSING_SECONDS, TimeUnit.SECONDS).join();
  }

  private void report(Opened from, LogEvent event) {
    if (isCurrent(from)) {
      listener.logEvent(event);
    }
  }

  @SuppressWarnings("ReferenceEquality") // it is about the very same log
  private boolean isCurrent(Opened log) {
    return current.filter(o -> o == log).isPresent();
  }

  /// Gives no vote and acknowledges nothing from now on.
  void fallSilent() {
    Optional<RatisReplicatedLog> open = log();
    if (open.isEmpty()) {
      return;
    }
    current = Optional.empty();
    Leadership before = open.get().leadership();
    last = open.get().fallSilent();
    listener.logEvent(new LogEvent.LeadershipChanged(new Leadership.Leaderless(before.term())));
    listener.logEvent(new LogEvent.QuorumLost(SILENT));
  }

  /// Takes no part any more, without waiting for the disk.
  void abandon() {
    Optional<RatisReplicatedLog> open = log();
    current = Optional.empty();
    open.ifPresent(RatisReplicatedLog::abandon);
  }

  private Optional<RatisReplicatedLog> log() {
    return current.flatMap(Opened::ready);
  }

  @Override
  public CompletableFuture<ProposalOutcome> propose(CommandId id, byte[] command) {
    Optional<RatisReplicatedLog> open = log();
    return open.isPresent() && accepting.getAsBoolean()
        ? open.get().propose(id, command)
        : CompletableFuture.completedFuture(new ProposalOutcome.Rejected(SILENT));
  }

  @Override
  public Leadership leadership() {
    return log().map(RatisReplicatedLog::leadership).orElse(new Leadership.Leaderless(0));
  }

  @Override
  public LogPosition applied() {
    return log().map(RatisReplicatedLog::applied).orElse(LogPosition.NONE);
  }

  /// Which log of this node's it is that is open.
  public int incarnation() {
    return log().map(RatisReplicatedLog::incarnation).orElse(1);
  }

  @Override
  public LogMembers members() {
    return log().map(RatisReplicatedLog::members).orElse(LogMembers.NONE);
  }

  /// Who votes whatever becomes of entries that are not committed yet.
  boolean votesForGood(NodeId node) {
    return log().map(RatisReplicatedLog::agreedMembers).orElse(LogMembers.NONE).votes(node);
  }

  @Override
  public boolean caughtUp(NodeId node) {
    return log().map(l -> l.caughtUp(node)).orElse(false);
  }

  @Override
  public CompletableFuture<MemberChangeOutcome> changeMembers(LogMembers target) {
    return log()
        .map(l -> l.changeMembers(target))
        .orElseGet(
            () -> CompletableFuture.completedFuture(new MemberChangeOutcome.Refused(SILENT)));
  }

  @Override
  public CompletableFuture<Boolean> transferLeadership(NodeId to) {
    return log()
        .map(l -> l.transferLeadership(to))
        .orElseGet(() -> CompletableFuture.completedFuture(false));
  }

  @Override
  public void close() {
    Optional<RatisReplicatedLog> open = log();
    current = Optional.empty();
    open.ifPresent(RatisReplicatedLog::close);
  }
}
