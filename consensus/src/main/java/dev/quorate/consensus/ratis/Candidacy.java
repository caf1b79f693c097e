package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.core.LeaderPatience;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.FollowerInfoProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has a follower stand for election as soon as its leader was silent for longer than its
/// [LeaderPatience].
///
/// Ratis sleeps for a whole random time-out, and only then looks whether the silence has lasted as
/// long: a leader that dies after such a sleep began is missed at the end of the next one. What
/// comes then is Ratis' own, the votes before the election (`PRE_VOTE`; Ongaro 2014, §9.6) first:
/// who alone does not hear the leader disturbs no other. If no leader comes of it, since two stood
/// at once, Ratis would sleep for another time-out; here it is tried again for a while. While the
/// voters change, Ratis is left to itself.
///
/// How Ratis' follower becomes a candidate is not open to others, and is called by reflection:
/// [#of] finds out whether this version has it.
///
/// Confined to the log's timer thread, but for [#stand].
final class Candidacy {
  private static final Logger LOG = LoggerFactory.getLogger(Candidacy.class);

  /// A thread that is later than that has not run, and its silence is its own.
  private static final Duration LATE = Duration.ofMillis(100);

  /// What Ratis calls the thread of an election; those that ask for its votes have one more number.
  private static final Pattern ELECTION = Pattern.compile("-LeaderElection[0-9]+$");

  private final RaftServer.Division division;
  private final Method stand;
  private final LeaderPatience patience;
  private final ScheduledExecutorService timer;
  private final Duration horizon;
  private final BooleanSupplier takesPart;
  private final Consumer<String> failed;
  private volatile Optional<Known> known = Optional.empty();
  private Optional<Long> observed = Optional.empty();
  private long hearingUntil;
  private boolean planned;

  /// Who led last, as far as this node followed it.
  ///
  /// @param at when that was seen last, in nanoseconds
  private record Known(RaftPeerId leader, long at) {}

  private Candidacy(
      RaftServer.Division division,
      Method stand,
      LeaderPatience patience,
      ScheduledExecutorService timer,
      Duration horizon,
      BooleanSupplier takesPart,
      Consumer<String> failed) {
    this.division = division;
    this.stand = stand;
    this.patience = patience;
    this.timer = timer;
    this.horizon = horizon;
    this.takesPart = takesPart;
    this.failed = failed;
    this.hearingUntil = System.nanoTime();
  }

  /// @param horizon after it, [#observe] is called again
  /// @param takesPart whether the log is open and is not about to stop; from any thread
  /// @param failed is told, from any thread, why the log cannot go on
  /// @throws ConsensusException if this version of Ratis has no such way to stand
  static Candidacy of(
      RaftServer.Division division,
      ConsensusConfig.Timing timing,
      ScheduledExecutorService timer,
      Duration horizon,
      BooleanSupplier takesPart,
      Consumer<String> failed) {
    try {
      Method stand = division.getClass().getDeclaredMethod("changeToCandidate", boolean.class);
      stand.setAccessible(true);
      return new Candidacy(
          division,
          stand,
          LeaderPatience.of(timing.electionTimeoutMin()),
          timer,
          horizon,
          takesPart,
          failed);
    } catch (NoSuchMethodException | RuntimeException e) {
      throw new ConsensusException(
          "the log's library is not the one that this version was built with: %s has no changeToCandidate(boolean) that can be called; install the package anew"
              .formatted(division.getClass()),
          e);
    }
  }

  /// Takes one look.
  void observe(RoleInfoProto role, RaftConfiguration voters) {
    long now = System.nanoTime();
    if (observed.filter(last -> now - last > horizon.plus(LATE).toNanos()).isPresent()) {
      hearAgain(now);
    }
    observed = Optional.of(now);
    leader(role.getFollowerInfo()).ifPresent(leader -> known = Optional.of(new Known(leader, now)));
    if (!planned) {
      rest(role, voters).filter(r -> r.compareTo(horizon) <= 0).ifPresent(r -> plan(now, r));
    }
  }

  /// What the leader said meanwhile has yet to be read.
  private void hearAgain(long now) {
    hearingUntil = now + patience.signs().toNanos();
  }

  private void plan(long now, Duration rest) {
    long delay = Math.max(0, Math.max(rest.toNanos(), hearingUntil - now));
    try {
      var _ = timer.schedule(() -> look(now + delay), delay, TimeUnit.NANOSECONDS);
      planned = true;
    } catch (RejectedExecutionException _) {
      // Closed: it stands for nothing.
      return;
    }
  }

  private void look(long due) {
    planned = false;
    long now = System.nanoTime();
    if (now - due > LATE.toNanos()) {
      hearAgain(now);
      plan(now, Duration.ZERO);
    } else if (missed()) {
      Thread.ofPlatform().daemon().name("quorate-candidacy").start(this::stand);
    }
  }

  private boolean missed() {
    return rest(division.getInfo().getRoleInfoProto(), division.getRaftConf())
        .filter(rest -> !rest.isPositive())
        .isPresent();
  }

  /// How long a leader may be silent yet, or nobody lead. What Ratis has begun to append it has not
  /// begun to miss.
  private Optional<Duration> rest(RoleInfoProto role, RaftConfiguration voters) {
    FollowerInfoProto follower = role.getFollowerInfo();
    boolean follows = role.hasFollowerInfo() && follower.getOutstandingOp() == 0;
    if (!follows || known.isEmpty() || !voters.getPreviousPeers().isEmpty()) {
      return Optional.empty();
    }
    RaftPeerId leader = known.get().leader;
    List<RaftPeerId> others =
        voters.getCurrentPeers().stream()
            .map(RaftPeer::getId)
            .filter(voter -> !voter.equals(leader))
            .sorted(Comparator.comparing(RaftPeerId::toString))
            .toList();
    int place = others.indexOf(division.getId());
    if (place < 0) {
      return Optional.empty();
    }
    if (leader(follower).isPresent()) {
      Duration silence = Duration.ofMillis(follower.getLeaderInfo().getLastRpcElapsedTimeMs());
      return Optional.of(patience.rest(silence, place));
    }
    Duration missing = Duration.ofNanos(System.nanoTime() - known.get().at);
    Duration idle = Duration.ofMillis(role.getRoleElapsedTimeMs());
    return patience.again(missing, idle, place, others.size());
  }

  private static Optional<RaftPeerId> leader(FollowerInfoProto follower) {
    ByteString id = follower.getLeaderInfo().getId().getId();
    return id.isEmpty() ? Optional.empty() : Optional.of(RaftPeerId.valueOf(id));
  }

  private void stand() {
    try {
      standIfMissed();
    } catch (InvocationTargetException | IllegalAccessException e) {
      // It may be a candidate without an election: neither follows nor ever stands.
      LOG.atError().setCause(e).log("cannot stand for election");
      failed.accept("this node cannot stand for election: " + e.getCause());
    }
  }

  /// Under the lock under which Ratis takes in what a leader says.
  private void standIfMissed() throws InvocationTargetException, IllegalAccessException {
    synchronized (division) {
      DivisionInfo info = division.getInfo();
      boolean follows = info.isFollower() && info.getLifeCycleState().isRunning();
      if (follows && takesPart.getAsBoolean() && !isElecting() && missed()) {
        stand.invoke(division, false);
      }
    }
  }

  /// Whether an election of this node's goes on that it has lost already. Ratis does not look at
  /// the term when it wins one: made a candidate again meanwhile, this node would lead in a term in
  /// which it was not elected.
  private boolean isElecting() {
    ThreadGroup group = division.getThreadGroup();
    Thread[] threads = new Thread[2 * group.activeCount() + 8];
    int count = group.enumerate(threads, false);
    return Arrays.stream(threads, 0, count).anyMatch(t -> ELECTION.matcher(t.getName()).find());
  }
}
