package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.agents.core.postgresql.PostgresDecision.ApplyNames;
import dev.quorate.agents.core.postgresql.PostgresDecision.CastEmptyVote;
import dev.quorate.agents.core.postgresql.PostgresDecision.CastVote;
import dev.quorate.agents.core.postgresql.PostgresDecision.CheckLineage;
import dev.quorate.agents.core.postgresql.PostgresDecision.ComeBack;
import dev.quorate.agents.core.postgresql.PostgresDecision.CommitPromise;
import dev.quorate.agents.core.postgresql.PostgresDecision.Follow;
import dev.quorate.agents.core.postgresql.PostgresDecision.GiveUpGrant;
import dev.quorate.agents.core.postgresql.PostgresDecision.LookAgain;
import dev.quorate.agents.core.postgresql.PostgresDecision.StartAlone;
import dev.quorate.agents.core.postgresql.PostgresDecision.StopReceiving;
import dev.quorate.agents.core.postgresql.PostgresDecision.StopRogue;
import dev.quorate.agents.core.postgresql.PostgresObservation.Condition;
import dev.quorate.agents.core.postgresql.PostgresSurroundings.Alone;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Durability;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.SyncPromise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PostgresPolicyTest {
  private static final NodeId ME = new NodeId("a");
  private static final NodeId B = new NodeId("b");
  private static final NodeId C = new NodeId("c");
  private static final Election IDLE = new Election.Idle(1);
  private static final Election OPEN =
      new Election.Open(2, "", "", LogPosition.NONE, List.of(ME, C), new TreeMap<>());
  private static final Holder HELD_BY_ME = new Holder.Held(ME, "boot");
  private static final Holder HELD_BY_B = new Holder.Held(B, "boot");

  @Test
  void followsTheHolderOnceNoVotesAreCounted() {
    assertEquals(List.of(new Follow(B)), decide(standby("", false), HELD_BY_B, IDLE));
    assertEquals(List.of(), decide(standby("to b", true), HELD_BY_B, IDLE));
    Election won = new Election.Won(2, C, "boot", 1, 1, "");
    assertEquals(List.of(new StopReceiving()), decide(standby("to b", true), HELD_BY_B, won));
    assertEquals(
        List.of(new Follow(C)), decide(standby("", false), new Holder.Held(C, "boot"), won));
  }

  @Test
  void aDeclaredUpstreamComesBeforeThePrimaryUnlessItCannotBeReached() {
    PostgresSurroundings agreed = cascaded(Optional.of(C), false, HELD_BY_B, IDLE);
    assertEquals(List.of(new Follow(C)), PostgresPolicy.decide(standby("to b", true), agreed));
    assertEquals(Optional.of(B), PostgresPolicy.source(agreed));
    assertEquals(List.of(), PostgresPolicy.decide(standby("to c", true), agreed));
    PostgresObservation alone = standby("to c", false);
    PostgresObservation detached =
        new PostgresObservation(
            alone.condition(),
            alone.facts(),
            alone.told(),
            alone.deaf(),
            0,
            Duration.ofSeconds(3),
            alone.applied(),
            alone.boundary(),
            alone.wanted());
    assertEquals(
        List.of(new PostgresDecision.LeaveCascade()), PostgresPolicy.decide(detached, agreed));
    PostgresSurroundings flat = cascaded(Optional.empty(), false, HELD_BY_B, IDLE);
    assertEquals(List.of(new Follow(B)), PostgresPolicy.decide(alone, flat));
  }

  @Test
  void nobodyWaitsForWhoReplaysWithADelay() {
    PostgresSurroundings agreed = cascaded(Optional.empty(), true, HELD_BY_B, OPEN);
    assertEquals(
        List.of(new StopReceiving(), new CastEmptyVote(2, "it replays with a delay")),
        PostgresPolicy.decide(standby("to b", true), agreed));
  }

  private static PostgresSurroundings cascaded(
      Optional<NodeId> upstream, boolean delayed, Holder holder, Election election) {
    PostgresSurroundings flat =
        agreed(new Primacy(new ResourceId("pg"), 1, holder, promise(), election, ""), false);
    return new PostgresSurroundings(
        flat.self(),
        flat.bootId(),
        flat.primacy(),
        flat.conninfos(),
        flat.started(),
        flat.promoting(),
        upstream,
        delayed,
        Alone.NOTHING);
  }

  @Test
  void votesOnlyWhenNothingMoreCanArrive() {
    assertEquals(
        List.of(new StopReceiving(), new LookAgain()),
        decide(standby("to b", true), HELD_BY_B, OPEN));
    assertEquals(
        List.of(new StopReceiving(), new LookAgain()), decide(standby("", true), HELD_BY_B, OPEN));
    assertEquals(List.of(new CastVote(2)), decide(standby("", false), HELD_BY_B, OPEN));
    PostgresObservation voted = seen(Condition.RUNNING, Optional.of(facts(true, "", false)), 2);
    assertEquals(List.of(), decide(voted, HELD_BY_B, OPEN));
    PostgresObservation empty = seen(Condition.UNUSABLE, Optional.empty(), 0);
    assertEquals(
        List.of(new CastEmptyVote(2, "there is no database yet")),
        decide(empty, new Holder.Nobody(), OPEN));
  }

  /// What a session shows may be older than what was written, and newer than what the process goes
  /// by that sees to receiving.
  @Test
  void votesOnlyWhenReceivingNothingIsInForce() {
    Optional<PostgresFacts> shows = Optional.of(facts(true, "", false));
    assertEquals(
        List.of(new StopReceiving(), new LookAgain()),
        decide(seen(Condition.RUNNING, shows, Optional.of("to b"), true, 0), HELD_BY_B, OPEN));
    assertEquals(
        List.of(new StopReceiving(), new LookAgain()),
        decide(seen(Condition.RUNNING, shows, Optional.empty(), true, 0), HELD_BY_B, OPEN));
    assertEquals(
        List.of(new LookAgain()),
        decide(seen(Condition.RUNNING, shows, Optional.of(""), false, 0), HELD_BY_B, OPEN));
    assertEquals(
        List.of(new CastVote(2)),
        decide(seen(Condition.RUNNING, shows, Optional.of(""), true, 0), HELD_BY_B, OPEN));
  }

  @Test
  void comesBackUnderThePrimaryButNotDuringAnElection() {
    PostgresObservation stopped = seen(Condition.STOPPED, Optional.empty(), 0);
    assertEquals(List.of(new ComeBack(B)), decide(stopped, HELD_BY_B, IDLE));
    assertEquals(List.of(new StartAlone()), decide(stopped, HELD_BY_B, OPEN));
    PostgresObservation detached =
        new PostgresObservation(
            Condition.RUNNING,
            Optional.of(facts(true, "to b", false)),
            Optional.of("to b"),
            false,
            0,
            Duration.ofSeconds(3),
            SyncNames.of(List.of(), 0),
            Optional.empty(),
            SyncNames.of(List.of(), 0));
    assertEquals(List.of(new CheckLineage(B)), decide(detached, HELD_BY_B, IDLE));
  }

  @Test
  void nobodyIsStreamedFromWhileVotesAreCounted() {
    assertEquals(Optional.of(B), upstream(HELD_BY_B, IDLE));
    assertEquals(Optional.empty(), upstream(HELD_BY_B, OPEN));
    Election won = new Election.Won(2, C, "boot", 1, 1, "");
    assertEquals(Optional.empty(), upstream(HELD_BY_B, won));
    assertEquals(Optional.of(C), upstream(new Holder.Held(C, "boot"), won));
  }

  private static Optional<NodeId> upstream(Holder holder, Election election) {
    return PostgresPolicy.upstream(
        agreed(new Primacy(new ResourceId("pg"), 1, holder, promise(), election, ""), false));
  }

  @Test
  void aPrimaryThatAnotherGrantExcludesIsStopped() {
    assertEquals(List.of(new StopRogue("b holds the grant")), decide(primary(), HELD_BY_B, IDLE));
    assertEquals(List.of(), decide(primary(), new Holder.Nobody(), IDLE));
  }

  @Test
  void whatIsLeftAloneIsNotTouched() {
    assertEquals(List.of(), leftAlone(primary(), HELD_BY_B, IDLE), "no rogue is stopped");
    assertEquals(List.of(), leftAlone(standby("to c", true), HELD_BY_B, IDLE), "nor repointed");
    PostgresObservation stopped = seen(Condition.STOPPED, Optional.empty(), 0);
    assertEquals(List.of(), leftAlone(stopped, HELD_BY_B, IDLE), "nor rewound");
    assertEquals(List.of(), leftAlone(stopped, HELD_BY_ME, IDLE), "nor started");
    assertEquals(
        List.of(new CastEmptyVote(2, "it is left alone (maintenance)")),
        leftAlone(standby("to b", true), HELD_BY_B, OPEN),
        "a vote would end its walreceiver");
    assertEquals(
        List.of(new CommitPromise(new SyncPromise(2, List.of(B), 0))),
        leftAlone(primary(), HELD_BY_ME, IDLE),
        "commits must not wait for whom somebody has stopped");
  }

  /// The rest of the cluster goes on, and has promoted another.
  @Test
  void maintenanceOfItsNodeSparesNoSecondPrimary() {
    assertEquals(
        List.of(new StopRogue("b holds the grant")),
        leftAlone(Alone.THIS_NODE, primary(), HELD_BY_B, IDLE));
    assertEquals(List.of(), leftAlone(Alone.THIS_NODE, primary(), new Holder.Nobody(), IDLE));
    assertEquals(List.of(), leftAlone(Alone.THIS_NODE, standby("to c", true), HELD_BY_B, IDLE));
    assertEquals(
        List.of(new CommitPromise(new SyncPromise(2, List.of(B), 0))),
        leftAlone(Alone.THIS_NODE, primary(), HELD_BY_ME, IDLE));
  }

  private static List<PostgresDecision> leftAlone(
      PostgresObservation seen, Holder holder, Election election) {
    return leftAlone(Alone.EVERYWHERE, seen, holder, election);
  }

  private static List<PostgresDecision> leftAlone(
      Alone alone, PostgresObservation seen, Holder holder, Election election) {
    PostgresSurroundings near =
        agreed(new Primacy(new ResourceId("pg"), 1, holder, promise(), election, ""), false);
    return PostgresPolicy.decide(
        seen,
        new PostgresSurroundings(
            near.self(),
            near.bootId(),
            near.primacy(),
            near.conninfos(),
            true,
            false,
            Optional.empty(),
            false,
            alone));
  }

  @Test
  void aPrimaryKeepsThePromiseExceptDuringAnElection() {
    assertEquals(
        List.of(new CommitPromise(new SyncPromise(2, List.of(B), 0))),
        decide(primary(), HELD_BY_ME, IDLE));
    assertEquals(List.of(), decide(primary(), HELD_BY_ME, OPEN));
  }

  @Test
  void aStandbyThatHoldsTheGrantGivesItUpForASwitchover() {
    Primacy primacy =
        new Primacy(new ResourceId("pg"), 1, HELD_BY_ME, promise(), IDLE, Primacy.BEST);
    assertEquals(
        List.of(new GiveUpGrant()),
        PostgresPolicy.decide(standby("", false), agreed(primacy, false)));
    assertEquals(List.of(), PostgresPolicy.decide(standby("", false), agreed(primacy, true)));
  }

  @Test
  void aStandbyKeepsTheNamesThatItWillNeed() {
    Primacy primacy =
        new Primacy(
            new ResourceId("pg"), 1, HELD_BY_B, new SyncPromise(1, List.of(ME, C), 1), IDLE, "");
    assertEquals(
        List.of(new ApplyNames(SyncNames.of(List.of(C), 1))),
        PostgresPolicy.decide(standby("to b", true), agreed(primacy, false)));
    SyncNames names = SyncNames.of(List.of(B, C), 1);
    assertEquals(names, SyncNames.parse(names.setting()));
    assertEquals(SyncNames.of(List.of(), 1), SyncNames.parse(SyncNames.of(List.of(), 1).setting()));
    assertEquals(SyncNames.of(List.of(), 0), SyncNames.parse("FIRST 1 (x)"));
  }

  @Test
  void aShortAbsenceChangesNothing() {
    StandbyPresence presence = new StandbyPresence(Duration.ofSeconds(5));
    Instant now = Instant.EPOCH;
    TreeSet<NodeId> nobody = new TreeSet<>();
    presence.reset(now, List.of(C));
    assertEquals(
        SyncNames.of(List.of(B, C), 1),
        presence.wanted(now, new TreeSet<>(List.of(B)), nobody, Durability.SYNC));
    assertEquals(
        SyncNames.of(List.of(B), 1),
        presence.wanted(now.plusSeconds(4), nobody, new TreeSet<>(List.of(C)), Durability.SYNC));
    Instant later = now.plusSeconds(6);
    assertEquals(
        SyncNames.of(List.of(), 0), presence.wanted(later, nobody, nobody, Durability.SYNC));
    assertEquals(
        SyncNames.of(List.of(), 1), presence.wanted(later, nobody, nobody, Durability.SYNC_STRICT));
  }

  private static SyncPromise promise() {
    return new SyncPromise(1, List.of(), 0);
  }

  private static List<PostgresDecision> decide(
      PostgresObservation seen, Holder holder, Election election) {
    Primacy primacy = new Primacy(new ResourceId("pg"), 1, holder, promise(), election, "");
    return PostgresPolicy.decide(seen, agreed(primacy, false));
  }

  private static PostgresSurroundings agreed(Primacy primacy, boolean promoting) {
    SortedMap<NodeId, String> conninfos = new TreeMap<>();
    conninfos.put(B, "to b");
    conninfos.put(C, "to c");
    return new PostgresSurroundings(ME, "boot", primacy, conninfos, true, promoting);
  }

  private static PostgresObservation standby(String conninfo, boolean receiving) {
    return seen(Condition.RUNNING, Optional.of(facts(true, conninfo, receiving)), 0);
  }

  private static PostgresObservation primary() {
    return seen(Condition.RUNNING, Optional.of(facts(false, "", false)), 0);
  }

  private static PostgresObservation seen(
      Condition condition, Optional<PostgresFacts> facts, long castRound) {
    boolean deaf = facts.filter(f -> f.conninfo().isEmpty() && !f.receiving()).isPresent();
    return seen(condition, facts, facts.map(PostgresFacts::conninfo), deaf, castRound);
  }

  private static PostgresObservation seen(
      Condition condition,
      Optional<PostgresFacts> facts,
      Optional<String> told,
      boolean deaf,
      long castRound) {
    SyncNames none = SyncNames.of(List.of(), 0);
    return new PostgresObservation(
        condition,
        facts,
        told,
        deaf,
        castRound,
        Duration.ZERO,
        none,
        Optional.of(new Lsn(100)),
        SyncNames.of(List.of(B), 1));
  }

  private static PostgresFacts facts(boolean inRecovery, String conninfo, boolean receiving) {
    return new PostgresFacts(
        inRecovery,
        new Lsn(100),
        new Lsn(100),
        new Lsn(100),
        receiving,
        receiving,
        true,
        conninfo,
        "",
        List.of(),
        List.of(
            new PostgresFacts.Slot("quorate_b", false, false, false),
            new PostgresFacts.Slot("quorate_c", false, false, false)),
        PostgresFigures.NONE);
  }
}
