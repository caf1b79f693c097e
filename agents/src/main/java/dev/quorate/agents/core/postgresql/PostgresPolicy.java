package dev.quorate.agents.core.postgresql;

import dev.quorate.agents.core.postgresql.PostgresDecision.ApplyNames;
import dev.quorate.agents.core.postgresql.PostgresDecision.CastEmptyVote;
import dev.quorate.agents.core.postgresql.PostgresDecision.CastVote;
import dev.quorate.agents.core.postgresql.PostgresDecision.CheckLineage;
import dev.quorate.agents.core.postgresql.PostgresDecision.ComeBack;
import dev.quorate.agents.core.postgresql.PostgresDecision.CommitPromise;
import dev.quorate.agents.core.postgresql.PostgresDecision.DropSlot;
import dev.quorate.agents.core.postgresql.PostgresDecision.Follow;
import dev.quorate.agents.core.postgresql.PostgresDecision.GiveUpGrant;
import dev.quorate.agents.core.postgresql.PostgresDecision.LeaveCascade;
import dev.quorate.agents.core.postgresql.PostgresDecision.LookAgain;
import dev.quorate.agents.core.postgresql.PostgresDecision.MakeSlot;
import dev.quorate.agents.core.postgresql.PostgresDecision.StartAlone;
import dev.quorate.agents.core.postgresql.PostgresDecision.StopReceiving;
import dev.quorate.agents.core.postgresql.PostgresDecision.StopRogue;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an instance does between the operations that the cluster orders: it follows the primary,
/// votes, and as a primary keeps the slots and the promise.
///
/// Level-triggered: the same view of the world gives the same decisions, and repeating them does no
/// harm. Starting, stopping, promoting and demoting are the cluster's to order.
///
/// Invariants:
/// - a vote is cast only after the walreceiver is gone, the server is proven to start no other, and
///   the end of the WAL is known;
/// - while votes are being collected or counted, nothing is received, but from the grant's new
///   holder;
/// - a primary that another node's grant excludes is stopped at once, unless the resource is left
///   alone everywhere, where nobody is given the grant;
/// - what is left alone is else neither started nor stopped, and follows nobody else;
/// - the promise changes in the order of [SyncQuorumPlanner], and never during an election.
public final class PostgresPolicy {
  /// What the slot of a member that is gone may keep; from 13 on the server sees to it as well.
  private static final long MOST_KEPT = 4L << 30;

  private static final Duration DETACHED_TOO_LONG = Duration.ofSeconds(2);

  private PostgresPolicy() {}

  /// Says what to do now, in this order.
  ///
  /// @param seen what the agent sees
  /// @param agreed what the cluster has agreed on
  public static List<PostgresDecision> decide(
      PostgresObservation seen, PostgresSurroundings agreed) {
    if (!agreed.started()) {
      return List.of();
    }
    if (agreed.leftAlone()) {
      return leftAlone(seen, agreed);
    }
    return switch (seen.condition()) {
      case UNUSABLE -> unusable(seen, agreed, "there is no database yet");
      case STOPPED -> stopped(agreed);
      case RETURNING -> emptyVote(seen, agreed, "it is being brought back");
      case SILENT -> List.of(new LookAgain());
      case RUNNING -> {
        PostgresFacts facts = seen.facts().orElseThrow();
        yield facts.inRecovery() ? standby(seen, facts, agreed) : primary(seen, facts, agreed);
      }
    };
  }

  /// What is left alone is not touched. A vote would begin with the end of its walreceiver, so it
  /// says that there will be none. A primary by the grant keeps the promise as ever: its commits
  /// would wait for a standby that somebody has stopped, or for nobody when it is back. One beside
  /// the grant of another node ends all the same: its clients would write what is thrown away.
  private static List<PostgresDecision> leftAlone(
      PostgresObservation seen, PostgresSurroundings agreed) {
    boolean primary = seen.facts().filter(f -> !f.inRecovery()).isPresent();
    if (!primary) {
      return emptyVote(seen, agreed, "it is left alone (maintenance)");
    }
    List<PostgresDecision> decisions = new ArrayList<>();
    if (agreed.granted()) {
      keepPromise(seen, seen.facts().orElseThrow(), agreed, decisions);
    } else if (agreed.alone() != PostgresSurroundings.Alone.EVERYWHERE) {
      agreed
          .otherHolder()
          .ifPresent(holder -> decisions.add(new StopRogue(holder + " holds the grant")));
    }
    return decisions;
  }

  private static List<PostgresDecision> unusable(
      PostgresObservation seen, PostgresSurroundings agreed, String reason) {
    List<PostgresDecision> vote = emptyVote(seen, agreed, reason);
    return vote.isEmpty() && agreed.otherHolder().isPresent()
        ? List.of(new ComeBack(agreed.otherHolder().get()))
        : vote;
  }

  private static List<PostgresDecision> stopped(PostgresSurroundings agreed) {
    return agreed.otherHolder().isPresent() && !isCounting(agreed)
        ? List.of(new ComeBack(agreed.otherHolder().get()))
        : List.of(new StartAlone());
  }

  private static List<PostgresDecision> emptyVote(
      PostgresObservation seen, PostgresSurroundings agreed, String reason) {
    Optional<Long> round = openRound(seen, agreed);
    return round.isPresent() ? List.of(new CastEmptyVote(round.get(), reason)) : List.of();
  }

  private static List<PostgresDecision> standby(
      PostgresObservation seen, PostgresFacts facts, PostgresSurroundings agreed) {
    List<PostgresDecision> decisions = new ArrayList<>();
    String target = agreed.primacy().switchoverTo();
    if (agreed.granted()
        && !agreed.promoting()
        && !target.isEmpty()
        && !target.equals(agreed.self().name())) {
      decisions.add(new GiveUpGrant());
    }
    Optional<NodeId> upstream = upstream(agreed);
    if (upstream.isEmpty()) {
      boolean must = agreed.granted() || isCounting(agreed);
      boolean toldSo = seen.told().filter(String::isEmpty).isPresent();
      if (must && (!toldSo || !facts.conninfo().isEmpty() || facts.receiving())) {
        decisions.add(new StopReceiving());
      }
      Optional<Long> round = openRound(seen, agreed);
      if (round.isPresent()) {
        boolean ready = toldSo && facts.conninfo().isEmpty() && seen.deaf() && facts.endIsKnown();
        decisions.add(
            agreed.delayed()
                ? new CastEmptyVote(round.get(), "it replays with a delay")
                : ready ? new CastVote(round.get()) : new LookAgain());
      }
    } else if (!facts.conninfo().equals(agreed.conninfos().get(upstream.get()))) {
      decisions.add(new Follow(upstream.get()));
    } else if (!facts.streaming() && seen.detached().compareTo(DETACHED_TOO_LONG) > 0) {
      NodeId primary = source(agreed).orElseThrow();
      decisions.add(
          upstream.get().equals(primary) ? new CheckLineage(primary) : new LeaveCascade());
    }
    SyncNames names = SyncQuorumPlanner.onPromotion(agreed.self(), agreed.primacy().promise());
    if (!facts.syncNames().equals(names.setting())) {
      decisions.add(new ApplyNames(names));
    }
    if (decisions.isEmpty() && !agreed.granted()) {
      slots(facts, agreed, decisions);
    }
    return decisions;
  }

  private static List<PostgresDecision> primary(
      PostgresObservation seen, PostgresFacts facts, PostgresSurroundings agreed) {
    List<PostgresDecision> decisions = new ArrayList<>();
    if (!agreed.granted()) {
      if (agreed.primacy().holder() instanceof Holder.Held(var holder, _)) {
        decisions.add(new StopRogue(holder + " holds the grant"));
      }
      return decisions;
    }
    slots(facts, agreed, decisions);
    keepPromise(seen, facts, agreed, decisions);
    return decisions;
  }

  private static void keepPromise(
      PostgresObservation seen,
      PostgresFacts facts,
      PostgresSurroundings agreed,
      List<PostgresDecision> decisions) {
    if (seen.boundary().isEmpty()) {
      decisions.add(new LookAgain());
    } else if (agreed.primacy().election() instanceof Election.Idle
        || agreed.primacy().election() instanceof Election.Blocked) {
      promise(seen, facts, agreed, decisions);
    }
  }

  private static void promise(
      PostgresObservation seen,
      PostgresFacts facts,
      PostgresSurroundings agreed,
      List<PostgresDecision> decisions) {
    TreeMap<NodeId, Lsn> flushed = new TreeMap<>();
    for (NodeId node : streaming(facts, agreed)) {
      facts.standbys().stream()
          .filter(s -> s.name().equals(node.name()))
          .forEach(s -> flushed.put(node, s.flushed()));
    }
    SyncQuorumPlanner.Situation now =
        new SyncQuorumPlanner.Situation(
            agreed.self(),
            agreed.primacy().promise(),
            seen.applied(),
            seen.boundary().orElseThrow(),
            flushed,
            seen.wanted());
    switch (SyncQuorumPlanner.next(now)) {
      case SyncQuorumPlanner.Step.Apply(var names) -> decisions.add(new ApplyNames(names));
      case SyncQuorumPlanner.Step.Commit(var promise) -> decisions.add(new CommitPromise(promise));
      case SyncQuorumPlanner.Step.AwaitFlush(_) -> decisions.add(new LookAgain());
      case SyncQuorumPlanner.Step.Settled() -> {}
    }
  }

  /// The members that stream. A name that two connections use counts for neither: nobody can tell
  /// which of them has what.
  ///
  /// @param facts what the primary says
  /// @param agreed who the members are
  public static SortedSet<NodeId> streaming(PostgresFacts facts, PostgresSurroundings agreed) {
    SortedSet<NodeId> streaming = new TreeSet<>();
    for (NodeId node : agreed.conninfos().keySet()) {
      List<PostgresFacts.Standby> links =
          facts.standbys().stream().filter(s -> s.name().equals(node.name())).toList();
      if (links.size() == 1 && links.getFirst().streaming()) {
        streaming.add(node);
      }
    }
    return streaming;
  }

  /// Every member has its slot everywhere; on a standby none of them holds WAL.
  private static void slots(
      PostgresFacts facts, PostgresSurroundings agreed, List<PostgresDecision> decisions) {
    for (NodeId node : agreed.conninfos().keySet()) {
      String name = ServerSettings.slotOf(node);
      Optional<PostgresFacts.Slot> slot = facts.slot(name);
      if (slot.isEmpty()) {
        decisions.add(new MakeSlot(name));
      } else if (!slot.get().active()
          && (slot.get().lost()
              || (facts.inRecovery() && slot.get().holdsWal())
              || kept(facts, name) > MOST_KEPT)) {
        decisions.add(new DropSlot(name));
      }
    }
  }

  private static long kept(PostgresFacts facts, String slot) {
    return facts.figures().slots().stream()
        .filter(s -> s.name().equals(slot) && s.from().isValid())
        .mapToLong(s -> facts.end().beyond(s.from()))
        .max()
        .orElse(0);
  }

  /// Whom to stream from now; whoever starts an instance asks this too.
  ///
  /// @param agreed what the cluster has agreed on
  /// @return nobody while votes are being collected or counted, and then the holder of the grant
  public static Optional<NodeId> upstream(PostgresSurroundings agreed) {
    return source(agreed)
        .map(holder ->
            agreed.cascade().filter(u -> agreed.conninfos().containsKey(u)).orElse(holder));
  }

  /// Who has what this instance needs to be able to stream: the primary, whoever it streams from.
  ///
  /// @param agreed what the cluster has agreed on
  public static Optional<NodeId> source(PostgresSurroundings agreed) {
    return isCounting(agreed)
        ? Optional.empty()
        : agreed.otherHolder().filter(n -> agreed.conninfos().containsKey(n));
  }

  /// Whether votes are being collected, or were counted and the winner has no grant yet.
  private static boolean isCounting(PostgresSurroundings agreed) {
    return switch (agreed.primacy().election()) {
      case Election.Open _ -> true;
      case Election.Won(_, var winner, _, _, _, _) ->
          !(agreed.primacy().holder() instanceof Holder.Held(var holder, _)
              && holder.equals(winner));
      case Election.Idle _, Election.Blocked _ -> false;
    };
  }

  private static Optional<Long> openRound(PostgresObservation seen, PostgresSurroundings agreed) {
    return agreed.primacy().election() instanceof Election.Open open
            && open.round() > seen.castRound()
            && !open.votes().containsKey(agreed.self())
        ? Optional.of(open.round())
        : Optional.empty();
  }
}
