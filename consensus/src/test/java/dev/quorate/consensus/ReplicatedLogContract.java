package dev.quorate.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [ReplicatedLog] promises, whatever is behind it.
public abstract class ReplicatedLogContract {
  protected static final NodeId N1 = new NodeId("n1");
  protected static final NodeId N2 = new NodeId("n2");
  protected static final NodeId N3 = new NodeId("n3");
  protected static final NodeId N4 = new NodeId("n4");
  protected static final List<NodeId> NODES = List.of(N1, N2, N3);
  protected static final int SNAPSHOT_THRESHOLD = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Map<NodeId, Station> up = new TreeMap<>();
  private Bench bench;
  private long counter;

  /// Three voters under test: all down at first, with empty disks.
  public interface Bench extends AutoCloseable {
    ReplicatedLog start(NodeId node, ReplicatedStateMachine machine, LogListener listener);

    /// Starts the log of a node that is no founder.
    ReplicatedLog startNewcomer(
        NodeId node, int incarnation, ReplicatedStateMachine machine, LogListener listener);

    /// Where a node's log listens, founder or not.
    ConsensusConfig.Endpoint endpoint(NodeId node);

    void stop(NodeId node);

    /// Lets time pass until the condition holds or the patience ends.
    boolean await(Duration patience, BooleanSupplier condition);

    @Override
    void close();
  }

  /// A running node and what it saw.
  protected static final class Station {
    final RecordingStateMachine machine = new RecordingStateMachine();
    final List<LogEvent> events = new ArrayList<>();
    private @Nullable ReplicatedLog log;

    ReplicatedLog log() {
      return Objects.requireNonNull(log);
    }

    synchronized void add(LogEvent event) {
      events.add(event);
    }

    synchronized boolean saw(Class<? extends LogEvent> kind) {
      return events.stream().anyMatch(kind::isInstance);
    }

    synchronized boolean sawLeadership(Class<? extends Leadership> kind) {
      return events.stream()
          .anyMatch(e ->
              e instanceof LogEvent.LeadershipChanged(var leadership)
                  && kind.isInstance(leadership));
    }
  }

  protected abstract Bench newBench();

  @BeforeEach
  void openBench() {
    bench = newBench();
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  private Station start(NodeId node) {
    Station station = new Station();
    up.put(node, station);
    station.log = bench.start(node, station.machine, station::add);
    return station;
  }

  private Station startNewcomer(NodeId node, int incarnation) {
    Station station = new Station();
    up.put(node, station);
    station.log = bench.startNewcomer(node, incarnation, station.machine, station::add);
    return station;
  }

  private LogMembers members() {
    return at(awaitLeader()).log().members();
  }

  /// Asks the leader until it has decided.
  private MemberChangeOutcome change(UnaryOperator<LogMembers> step) {
    for (int attempt = 0; attempt < 10; attempt++) {
      ReplicatedLog log = at(awaitLeader()).log();
      CompletableFuture<MemberChangeOutcome> future = log.changeMembers(step.apply(log.members()));
      await("an outcome", future::isDone);
      if (!(future.join() instanceof MemberChangeOutcome.Unknown)) {
        return future.join();
      }
    }
    throw new AssertionError("no outcome in ten attempts");
  }

  private void mustChange(UnaryOperator<LogMembers> step) {
    assertEquals(new MemberChangeOutcome.Done(), change(step));
  }

  private String refusal(UnaryOperator<LogMembers> step) {
    return assertInstanceOf(MemberChangeOutcome.Refused.class, change(step)).reason();
  }

  private void takeIn(NodeId node, int incarnation) {
    mustChange(m -> m.withListener(node, incarnation, bench.endpoint(node)));
    await("caught up", () -> leaderIfAny() != null && at(leader()).log().caughtUp(node));
    mustChange(m -> m.withVoter(node));
  }

  private void stop(NodeId node) {
    up.remove(node);
    bench.stop(node);
  }

  private void startAll() {
    NODES.forEach(this::start);
    await("a leader", () -> leaderIfAny() != null);
  }

  private Station at(NodeId node) {
    return Objects.requireNonNull(up.get(node));
  }

  private NodeId leader() {
    return Objects.requireNonNull(leaderIfAny());
  }

  private @Nullable NodeId leaderIfAny() {
    for (Map.Entry<NodeId, Station> entry : up.entrySet()) {
      if (entry.getValue().log().leadership() instanceof Leadership.Leader) {
        return entry.getKey();
      }
    }
    return null;
  }

  private NodeId awaitLeader() {
    await("a leader", () -> leaderIfAny() != null);
    return leader();
  }

  private List<NodeId> others(NodeId node) {
    return NODES.stream().filter(n -> !n.equals(node)).toList();
  }

  private void await(String what, BooleanSupplier condition) {
    assertTrue(bench.await(PATIENCE, condition), "did not happen: " + what);
  }

  private CommandId newId(NodeId origin) {
    return new CommandId(origin, 7, ++counter);
  }

  private CompletableFuture<ProposalOutcome> propose(NodeId at, CommandId id, String command) {
    return at(at).log().propose(id, command.getBytes(StandardCharsets.UTF_8));
  }

  private ProposalOutcome outcome(NodeId at, CommandId id, String command) {
    CompletableFuture<ProposalOutcome> future = propose(at, id, command);
    await("an outcome of " + command, future::isDone);
    return future.join();
  }

  /// Proposes until it is committed, as every proposer must.
  private ProposalOutcome.Committed commit(NodeId at, CommandId id, String command) {
    for (int attempt = 0; attempt < 10; attempt++) {
      if (outcome(at, id, command) instanceof ProposalOutcome.Committed committed) {
        return committed;
      }
    }
    throw new AssertionError("not committed in ten attempts: " + command);
  }

  private ProposalOutcome.Committed commit(NodeId at, String command) {
    return commit(at, newId(at), command);
  }

  private void awaitEqual(int size) {
    await(
        size + " commands everywhere",
        () -> up.values().stream().allMatch(s -> s.machine.commands().size() == size));
    List<String> first = up.values().iterator().next().machine.commands();
    up.values().forEach(s -> assertEquals(first, s.machine.commands()));
  }

  @Test
  void commitsAtEveryNodeAndAnswers() {
    startAll();
    LogPosition last = LogPosition.NONE;
    int number = 0;
    for (NodeId node : NODES) {
      ProposalOutcome.Committed committed = commit(node, "c-" + node);
      assertEquals(++number + ":c-" + node, committed.answer());
      assertTrue(committed.position().compareTo(last) > 0, "positions rise");
      assertEquals(1, committed.position().epoch());
      last = committed.position();
    }
    awaitEqual(3);
    LogPosition end = last;
    await("applied", () -> at(N1).log().applied().compareTo(end) >= 0);
  }

  @Test
  void appliesInOneOrderEverywhere() {
    startAll();
    List<CompletableFuture<ProposalOutcome>> futures = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      NodeId at = NODES.get(i % 3);
      futures.add(propose(at, newId(at), "c" + i));
    }
    await("all outcomes", () -> futures.stream().allMatch(CompletableFuture::isDone));
    for (CompletableFuture<ProposalOutcome> future : futures) {
      assertInstanceOf(ProposalOutcome.Committed.class, future.join());
    }
    awaitEqual(30);
  }

  @Test
  void appliesTheSameCommandOnce() {
    startAll();
    CommandId id = newId(N1);
    ProposalOutcome.Committed first = commit(N1, id, "once");
    commit(N2, "between");
    assertEquals(first, commit(N3, id, "once"));
    assertEquals(first, commit(leader(), id, "once"));
    awaitEqual(2);
  }

  @Test
  void reportsLeadersAsTheyComeAndGo() {
    startAll();
    NodeId old = leader();
    Station oldStation = at(old);
    await("the event", () -> oldStation.sawLeadership(Leadership.Leader.class));
    for (NodeId other : others(old)) {
      await("a follower", () -> at(other).sawLeadership(Leadership.Follower.class));
      Leadership.Follower follower =
          assertInstanceOf(Leadership.Follower.class, at(other).log().leadership());
      assertEquals(old, follower.leader());
    }
    long term = ((Leadership.Leader) oldStation.log().leadership()).term();
    stop(old);
    NodeId next = awaitLeader();
    assertTrue(((Leadership.Leader) at(next).log().leadership()).term() > term);
    assertEquals("1:after", commit(others(old).getFirst(), "after").answer());
  }

  @Test
  void losesAndRegainsQuorum() {
    startAll();
    NODES.forEach(n -> await("quorum", () -> at(n).saw(LogEvent.QuorumRegained.class)));
    commit(N1, "before");
    NodeId follower = others(leader()).getFirst();
    NODES.stream().filter(n -> !n.equals(follower)).forEach(this::stop);
    await("quorum lost", () -> at(follower).saw(LogEvent.QuorumLost.class));
    ProposalOutcome alone = outcome(follower, newId(follower), "alone");
    assertInstanceOf(ProposalOutcome.Rejected.class, alone);
    at(follower).events.clear();
    start(others(follower).getFirst());
    await("quorum regained", () -> at(follower).saw(LogEvent.QuorumRegained.class));
    commit(follower, "again");
    awaitEqual(2);
  }

  @Test
  void leaderWithoutMajorityAnswersUnknownAndStepsDown() {
    startAll();
    NodeId leader = leader();
    commit(leader, "before");
    others(leader).forEach(this::stop);
    CommandId id = newId(leader);
    CompletableFuture<ProposalOutcome> pending = propose(leader, id, "pending");
    boolean stillLed = at(leader).log().leadership() instanceof Leadership.Leader;
    await("an outcome", pending::isDone);
    Class<? extends ProposalOutcome> expected =
        stillLed ? ProposalOutcome.Unknown.class : ProposalOutcome.Rejected.class;
    assertInstanceOf(expected, pending.join());
    await("quorum lost", () -> at(leader).saw(LogEvent.QuorumLost.class));
    await("not leading", () -> !(at(leader).log().leadership() instanceof Leadership.Leader));
    others(leader).forEach(this::start);
    assertEquals("2:pending", commit(leader, id, "pending").answer());
    awaitEqual(2);
  }

  @Test
  void keepsEverythingOverARestartOfAll() {
    startAll();
    CommandId id = newId(N2);
    ProposalOutcome.Committed first = commit(N2, id, "first");
    for (int i = 0; i < SNAPSHOT_THRESHOLD + 5; i++) {
      commit(N1, "c" + i);
    }
    awaitEqual(SNAPSHOT_THRESHOLD + 6);
    NODES.forEach(this::stop);
    startAll();
    assertEquals(first, commit(N2, id, "first"));
    awaitEqual(SNAPSHOT_THRESHOLD + 6);
  }

  @Test
  void bringsALateNodeUpByASnapshot() {
    start(N1);
    start(N2);
    awaitLeader();
    for (int i = 0; i < 3 * SNAPSHOT_THRESHOLD + 5; i++) {
      commit(N1, "c" + i + "x".repeat(40 * 1024));
    }
    Station late = start(N3);
    awaitEqual(3 * SNAPSHOT_THRESHOLD + 5);
    assertTrue(late.machine.restores() > 0, "restored from a snapshot");
    commit(N3, "more");
    awaitEqual(3 * SNAPSHOT_THRESHOLD + 6);
  }

  @Test
  void rejectsWhatIsTooLarge() {
    startAll();
    String large = "x".repeat(300 * 1024);
    assertInstanceOf(ProposalOutcome.Rejected.class, outcome(N1, newId(N1), large));
    commit(N1, "x".repeat(200 * 1024));
  }

  @Test
  void transfersLeadership() {
    startAll();
    NodeId to = others(leader()).getLast();
    commit(to, "before");
    CompletableFuture<Boolean> moved = at(leader()).log().transferLeadership(to);
    await("transfer", moved::isDone);
    assertTrue(moved.join());
    await("the new leader", () -> to.equals(leaderIfAny()));
    commit(to, "after");
    awaitEqual(2);
  }

  @Test
  void stopsAtACommandThatCannotBeApplied() {
    startAll();
    Station victim = at(others(leader()).getFirst());
    victim.machine.refuse("poison");
    CompletableFuture<ProposalOutcome> poison = propose(leader(), newId(leader()), "poison");
    await("outcome", poison::isDone);
    await("log failed", () -> victim.saw(LogEvent.LogFailed.class));
    assertEquals(List.of(), victim.machine.commands());
    assertInstanceOf(
        ProposalOutcome.Rejected.class,
        victim.log().propose(newId(N1), new byte[] {1}).orTimeout(5, TimeUnit.SECONDS).join());
    commit(leader(), "goes on");
  }

  @Test
  void knowsItsMembers() {
    startAll();
    commit(N1, "one");
    for (NodeId node : NODES) {
      await("the members", () -> at(node).log().members().all().size() == 3);
      assertEquals(NODES, at(node).log().members().voters());
      LogMember member = at(N1).log().members().of(node).orElseThrow();
      assertEquals(new LogMember(node, 1, bench.endpoint(node), true), member);
    }
  }

  @Test
  void newcomerWaitsAndIsTakenInAsListenerAndThenAsVoter() {
    startAll();
    for (int i = 0; i < 2 * SNAPSHOT_THRESHOLD + 5; i++) {
      commit(N1, "c" + i);
    }
    Station newcomer = startNewcomer(N4, 1);
    assertEquals(LogMembers.NONE, newcomer.log().members());
    mustChange(m -> m.withListener(N4, 1, bench.endpoint(N4)));
    assertEquals(NODES, members().voters());
    awaitEqual(2 * SNAPSHOT_THRESHOLD + 5);
    await("caught up", () -> at(leader()).log().caughtUp(N4));
    mustChange(m -> m.withVoter(N4));
    await("knows it", () -> newcomer.log().members().votes(N4));
    commit(N4, "through the new voter");
    awaitEqual(2 * SNAPSHOT_THRESHOLD + 6);
    assertTrue(newcomer.saw(LogEvent.QuorumRegained.class));
    // Four voters need three: with the newcomer's vote they go on without another.
    stop(others(awaitLeader()).stream().filter(n -> !n.equals(N4)).findFirst().orElseThrow());
    commit(N4, "three of four");
  }

  @Test
  void newcomerAloneNeitherVotesNorLeads() {
    startAll();
    startNewcomer(N4, 1);
    NodeId leader = leader();
    await("quorum", () -> at(leader).saw(LogEvent.QuorumRegained.class));
    others(leader).forEach(this::stop);
    await("quorum lost", () -> at(leader).saw(LogEvent.QuorumLost.class));
    assertInstanceOf(Leadership.Leaderless.class, at(leader).log().leadership());
    assertInstanceOf(Leadership.Leaderless.class, at(N4).log().leadership());
  }

  @Test
  void listenerOutlivesALeaderAndDoesNotCount() {
    startAll();
    startNewcomer(N4, 1);
    mustChange(m -> m.withListener(N4, 1, bench.endpoint(N4)));
    NodeId old = awaitLeader();
    stop(old);
    commit(others(old).getFirst(), "under another leader");
    awaitEqual(1);
    stop(awaitLeader());
    NodeId last = up.keySet().stream().filter(n -> !n.equals(N4)).findFirst().orElseThrow();
    await("quorum lost", () -> at(last).saw(LogEvent.QuorumLost.class));
    assertTrue(at(N4).events.stream().noneMatch(LogEvent.LogFailed.class::isInstance));
  }

  @Test
  void comesBackUnderAHigherIncarnation() {
    startAll();
    commit(N1, "one");
    NodeId lost = others(leader()).getFirst();
    stop(lost);
    mustChange(m -> m.without(lost));
    commit(leader(), "two");
    startNewcomer(lost, 2);
    takeIn(lost, 2);
    awaitEqual(2);
    await("knows it", () -> at(lost).log().members().votes(lost));
    assertEquals(2, at(lost).log().members().of(lost).orElseThrow().incarnation());
    // It is needed again.
    stop(up.keySet().stream().filter(n -> !n.equals(lost)).findFirst().orElseThrow());
    commit(lost, "three");
    stop(lost);
    startNewcomer(lost, 2);
    commit(lost, "after a restart");
  }

  @Test
  void refusesChangesThatAreUnsafe() {
    startAll();
    NodeId leader = leader();
    List<NodeId> others = others(leader);
    commit(leader, "one");
    assertTrue(
        refusal(m -> m.without(others.getFirst()).without(others.getLast()))
            .contains("one member"));
    assertTrue(refusal(m -> m.without(awaitLeader())).contains("leads"));
    assertTrue(
        refusal(m -> m.withListener(N4, 1, bench.endpoint(N4)).withVoter(N4))
            .contains("listen first"));
    CompletableFuture<MemberChangeOutcome> elsewhere =
        at(others(awaitLeader()).getFirst()).log().changeMembers(LogMembers.NONE);
    await("an outcome", elsewhere::isDone);
    assertInstanceOf(MemberChangeOutcome.Refused.class, elsewhere.join());
    stop(others(awaitLeader()).getFirst());
    NodeId running =
        up.keySet().stream().filter(n -> !n.equals(leader())).findFirst().orElseThrow();
    await(
        "refusal",
        () ->
            change(m -> m.without(running)) instanceof MemberChangeOutcome.Refused(var reason)
                && reason.contains("can be reached"));
  }
}
