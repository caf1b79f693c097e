package dev.quorate.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What every [ReplicatedLog] promises, whatever is behind it.
public abstract class ReplicatedLogContract extends LogStations {
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
    List<CommandId> ids = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      NodeId at = NODES.get(i % 3);
      ids.add(newId(at));
      futures.add(propose(at, ids.getLast(), "c" + i));
    }
    await("all outcomes", () -> futures.stream().allMatch(CompletableFuture::isDone));
    // What is not known, since the leader was changing, may be committed nevertheless.
    for (int i = 0; i < 30; i++) {
      if (!(futures.get(i).join() instanceof ProposalOutcome.Committed)) {
        commit(NODES.get(i % 3), ids.get(i), "c" + i);
      }
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
    assertEquals(first, commit(awaitLeader(), id, "once"));
    awaitEqual(2);
  }

  @Test
  void reportsLeadersAsTheyComeAndGo() {
    startAll();
    await("all follow one", () -> NODES.stream().anyMatch(this::isFollowedByAll));
    NodeId old = awaitLeader();
    await("the event", () -> at(old).sawLeadership(Leadership.Leader.class));
    for (NodeId other : others(old)) {
      await("a follower", () -> at(other).sawLeadership(Leadership.Follower.class));
    }
    long term = term(old);
    stop(old);
    await("a later term", () -> up.keySet().stream().anyMatch(n -> leads(n) && term(n) > term));
    assertEquals("1:after", commit(others(old).getFirst(), "after").answer());
  }

  @Test
  void losesAndRegainsQuorum() {
    startAll();
    NODES.forEach(n -> await("quorum", () -> at(n).saw(LogEvent.QuorumRegained.class)));
    commit(N1, "before");
    NodeId follower = others(awaitLeader()).getFirst();
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
    commit(N1, "before");
    NodeId leader = awaitLeader();
    others(leader).forEach(this::stop);
    CommandId id = newId(leader);
    boolean led = leads(leader);
    CompletableFuture<ProposalOutcome> pending = propose(leader, id, "pending");
    boolean stillLed = led && leads(leader);
    await("an outcome", pending::isDone);
    if (stillLed) {
      assertInstanceOf(ProposalOutcome.Unknown.class, pending.join());
    } else {
      assertFalse(pending.join() instanceof ProposalOutcome.Committed);
    }
    await("quorum lost", () -> at(leader).saw(LogEvent.QuorumLost.class));
    await("not leading", () -> !leads(leader));
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
    NodeId to = others(awaitLeader()).getLast();
    commit(to, "before");
    until(
        "transfer",
        () -> {
          CompletableFuture<Boolean> moved = at(awaitLeader()).log().transferLeadership(to);
          await("an answer", moved::isDone);
          return moved.join();
        });
    await("the new leader", () -> to.equals(leaderIfAny()));
    commit(to, "after");
    awaitEqual(2);
  }

  @Test
  void stopsAtACommandThatCannotBeApplied() {
    startAll();
    NodeId leader = awaitLeader();
    Station victim = at(others(leader).getFirst());
    victim.machine.refuse("poison");
    commit(leader, "poison");
    await("log failed", () -> victim.saw(LogEvent.LogFailed.class));
    assertEquals(List.of(), victim.machine.commands());
    assertInstanceOf(
        ProposalOutcome.Rejected.class,
        victim.log().propose(newId(N1), new byte[] {1}).orTimeout(5, TimeUnit.SECONDS).join());
    commit(leader, "goes on");
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
    await("caught up", () -> leaderIfAny() != null && at(leader()).log().caughtUp(N4));
    mustChange(m -> m.withVoter(N4));
    await("knows it", () -> newcomer.log().members().votes(N4));
    commit(N4, "through the new voter");
    awaitEqual(2 * SNAPSHOT_THRESHOLD + 6);
    await("quorum", () -> newcomer.saw(LogEvent.QuorumRegained.class));
    // Four voters need three: with the newcomer's vote they go on without another.
    stop(others(awaitLeader()).stream().filter(n -> !n.equals(N4)).findFirst().orElseThrow());
    commit(N4, "three of four");
  }

  @Test
  void newcomerAloneNeitherVotesNorLeads() {
    startAll();
    startNewcomer(N4, 1);
    NodeId leader = awaitLeader();
    await("quorum", () -> at(leader).saw(LogEvent.QuorumRegained.class));
    others(leader).forEach(this::stop);
    await("quorum lost", () -> at(leader).saw(LogEvent.QuorumLost.class));
    for (NodeId node : List.of(leader, N4)) {
      await("nobody leads", () -> at(node).log().leadership() instanceof Leadership.Leaderless);
    }
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
    NodeId lost = others(awaitLeader()).getFirst();
    stop(lost);
    mustChange(m -> m.without(lost));
    commit(awaitLeader(), "two");
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
    commit(N1, "one");
    mustRefuse(
        "one member",
        m -> others(awaitLeader()).stream().reduce(m, LogMembers::without, (kept, _) -> kept));
    mustRefuse("leads", m -> m.without(awaitLeader()));
    mustRefuse("listen first", m -> m.withListener(N4, 1, bench.endpoint(N4)).withVoter(N4));
    until(
        "a refusal by who does not lead",
        () -> {
          CompletableFuture<MemberChangeOutcome> elsewhere =
              at(others(awaitLeader()).getFirst()).log().changeMembers(LogMembers.NONE);
          await("an outcome", elsewhere::isDone);
          return elsewhere.join() instanceof MemberChangeOutcome.Refused(var reason)
              && reason.contains("does not lead");
        });
    stop(others(awaitLeader()).getFirst());
    mustRefuse(
        "can be reached",
        m -> {
          NodeId leader = awaitLeader();
          return m.without(
              up.keySet().stream().filter(n -> !n.equals(leader)).findFirst().orElseThrow());
        });
  }
}
