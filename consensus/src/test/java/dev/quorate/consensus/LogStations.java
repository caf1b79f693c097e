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
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Nodes under test, each with a log, and what tests do with them until it works: on a machine that
/// is busy leaders change and answers get lost at any moment.
abstract class LogStations {
  protected static final NodeId N1 = new NodeId("n1");
  protected static final NodeId N2 = new NodeId("n2");
  protected static final NodeId N3 = new NodeId("n3");
  protected static final NodeId N4 = new NodeId("n4");
  protected static final List<NodeId> NODES = List.of(N1, N2, N3);
  protected static final int SNAPSHOT_THRESHOLD = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int ATTEMPTS = 300;

  final Map<NodeId, Station> up = new TreeMap<>();
  Bench bench;
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

  Station start(NodeId node) {
    Station station = new Station();
    up.put(node, station);
    station.log = bench.start(node, station.machine, station::add);
    return station;
  }

  Station startNewcomer(NodeId node, int incarnation) {
    Station station = new Station();
    up.put(node, station);
    station.log = bench.startNewcomer(node, incarnation, station.machine, station::add);
    return station;
  }

  LogMembers members() {
    return at(awaitLeader()).log().members();
  }

  /// Asks the leader once; what was done by an attempt of which nobody heard is done.
  MemberChangeOutcome change(UnaryOperator<LogMembers> step) {
    ReplicatedLog log = at(awaitLeader()).log();
    LogMembers now = log.members();
    LogMembers target = step.apply(now);
    CompletableFuture<MemberChangeOutcome> future =
        target.equals(now)
            ? CompletableFuture.completedFuture(new MemberChangeOutcome.Done())
            : log.changeMembers(target);
    await("an outcome", future::isDone);
    return future.join();
  }

  /// Repeats something that may come to nothing, as when the leader is just changing, until it does
  /// what it shall.
  void until(String what, BooleanSupplier attempt) {
    for (int i = 0; !attempt.getAsBoolean(); i++) {
      assertTrue(i < ATTEMPTS, "did not happen: " + what);
      bench.await(PAUSE, () -> false);
    }
  }

  void mustChange(UnaryOperator<LogMembers> step) {
    until("a change of members", () -> change(step) instanceof MemberChangeOutcome.Done);
  }

  void mustRefuse(String why, UnaryOperator<LogMembers> step) {
    until(
        "a refusal: " + why,
        () ->
            change(step) instanceof MemberChangeOutcome.Refused(var reason)
                && reason.contains(why));
  }

  void takeIn(NodeId node, int incarnation) {
    mustChange(m -> m.withListener(node, incarnation, bench.endpoint(node)));
    await("caught up", () -> leaderIfAny() != null && at(leader()).log().caughtUp(node));
    mustChange(m -> m.withVoter(node));
  }

  void stop(NodeId node) {
    up.remove(node);
    bench.stop(node);
  }

  void startAll() {
    NODES.forEach(this::start);
    await("a leader", () -> leaderIfAny() != null);
  }

  Station at(NodeId node) {
    return Objects.requireNonNull(up.get(node));
  }

  NodeId leader() {
    return Objects.requireNonNull(leaderIfAny());
  }

  @Nullable NodeId leaderIfAny() {
    for (Map.Entry<NodeId, Station> entry : up.entrySet()) {
      if (entry.getValue().log().leadership() instanceof Leadership.Leader) {
        return entry.getKey();
      }
    }
    return null;
  }

  NodeId awaitLeader() {
    await("a leader", () -> leaderIfAny() != null);
    return leader();
  }

  List<NodeId> others(NodeId node) {
    return NODES.stream().filter(n -> !n.equals(node)).toList();
  }

  void await(String what, BooleanSupplier condition) {
    assertTrue(bench.await(PATIENCE, condition), "did not happen: " + what);
  }

  CommandId newId(NodeId origin) {
    return new CommandId(origin, 7, ++counter);
  }

  CompletableFuture<ProposalOutcome> propose(NodeId at, CommandId id, String command) {
    return at(at).log().propose(id, command.getBytes(StandardCharsets.UTF_8));
  }

  ProposalOutcome outcome(NodeId at, CommandId id, String command) {
    CompletableFuture<ProposalOutcome> future = propose(at, id, command);
    await("an outcome of " + command, future::isDone);
    return future.join();
  }

  /// Proposes until it is committed, as every proposer must.
  ProposalOutcome.Committed commit(NodeId at, CommandId id, String command) {
    List<ProposalOutcome> last = new ArrayList<>();
    until(
        command + " is committed",
        () -> {
          last.clear();
          last.add(outcome(at, id, command));
          return last.getFirst() instanceof ProposalOutcome.Committed;
        });
    return assertInstanceOf(ProposalOutcome.Committed.class, last.getFirst());
  }

  ProposalOutcome.Committed commit(NodeId at, String command) {
    return commit(at, newId(at), command);
  }

  void awaitEqual(int size) {
    await(
        size + " commands everywhere",
        () -> up.values().stream().allMatch(s -> s.machine.commands().size() == size));
    List<String> first = up.values().iterator().next().machine.commands();
    up.values().forEach(s -> assertEquals(first, s.machine.commands()));
  }

  boolean leads(NodeId node) {
    return at(node).log().leadership() instanceof Leadership.Leader;
  }

  long term(NodeId node) {
    return at(node).log().leadership().term();
  }

  boolean isFollowedByAll(NodeId leader) {
    return leads(leader)
        && others(leader).stream()
            .map(n -> at(n).log().leadership())
            .allMatch(l -> l instanceof Leadership.Follower(_, var led) && led.equals(leader));
  }
}
