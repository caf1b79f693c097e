package dev.quorate.agents.core.postgresql;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.LastWrite;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.SyncPromise;
import dev.quorate.resource.Vote;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Which instance becomes the primary, and whether any may.
///
/// The line of WAL comes first, as a history and never as a number; then the position; then what
/// the operator and the scores prefer; then the name. An instance that went its own way is never a
/// candidate, whatever its number.
///
/// Invariants:
/// - the winner has every write that the recorded promise covers, or there is no winner;
/// - the previous primary's own vote, or the position of its clean stop, proves as much as any
///   number of standbys;
/// - the same ballot gives the same verdict on every node.
public final class PromotionPolicy {
  private static final Comparator<WalVote> FURTHEST =
      Comparator.<WalVote>comparingInt(v -> v.history().switches().size())
          .thenComparing(WalVote::end);

  private PromotionPolicy() {}

  /// Everything that is known when the votes are counted.
  ///
  /// @param holder the last primary
  /// @param promise what was recorded before it was in force
  /// @param loss what may be lost
  /// @param heard how far the last primary had written, if anybody heard
  /// @param votes what the instances hold
  /// @param silent who should have voted and has not
  /// @param patient whether the silent ones may still be waited for
  /// @param preferred the node that a planned switchover names, or empty text
  /// @param scores the nodes that may be promoted, with what speaks for each
  public record Ballot(
      Holder holder,
      SyncPromise promise,
      LossRule loss,
      Optional<LastWrite> heard,
      List<Vote> votes,
      SortedSet<NodeId> silent,
      boolean patient,
      String preferred,
      SortedMap<NodeId, Integer> scores) {
    /// Copies the collections.
    public Ballot {
      votes = List.copyOf(votes);
      silent = Collections.unmodifiableSortedSet(new TreeSet<>(silent));
      scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
    }

    /// The ballot of an open round.
    ///
    /// @param primacy of the resource
    /// @param round its open round
    /// @param loss what may be lost
    /// @param patient whether the silent ones may still be waited for
    /// @param scores the nodes that may be promoted, with what speaks for each
    public static Ballot of(
        Primacy primacy,
        Election.Open round,
        LossRule loss,
        boolean patient,
        SortedMap<NodeId, Integer> scores) {
      SortedSet<NodeId> silent = new TreeSet<>(round.expected());
      silent.removeAll(round.votes().keySet());
      return new Ballot(
          primacy.holder(),
          primacy.promise(),
          loss,
          round.lastWrite(),
          List.copyOf(round.votes().values()),
          silent,
          patient,
          round.preferred(),
          scores);
    }

    /// The same, but whatever is lost is lost.
    private Ballot atAnyCost() {
      return new Ballot(
          holder, promise, LossRule.ANYTHING, heard, votes, silent, patient, preferred, scores);
    }

    private Optional<NodeId> formerHolder() {
      return switch (holder) {
        case Holder.Nobody() -> Optional.empty();
        case Holder.Held(var node, _) -> Optional.of(node);
        case Holder.Released(var node, _, _, _, _) -> Optional.of(node);
      };
    }

    private boolean trusts(NodeId voter) {
      return promise.members().contains(voter) || formerHolder().filter(voter::equals).isPresent();
    }
  }

  /// What follows from a ballot.
  public sealed interface Verdict {
    /// One instance may be promoted.
    ///
    /// @param vote what it holds
    /// @param reason why it, in plain words
    record Winner(WalVote vote, String reason) implements Verdict {}

    /// Votes are missing and there is still time.
    ///
    /// @param missing who has not voted
    record Undecided(List<NodeId> missing) implements Verdict {}

    /// Nothing may be promoted.
    ///
    /// @param reason why, in plain words
    /// @param unblockers the nodes of which each return could change that
    record Blocked(String reason, List<NodeId> unblockers) implements Verdict {}
  }

  /// Counts the votes.
  ///
  /// @param ballot what is known
  /// @return the winner, or why there is none
  public static Verdict decide(Ballot ballot) {
    Verdict verdict = count(ballot);
    if (verdict instanceof Verdict.Blocked(var reason, _)
        && ballot.loss().bestEffort()
        && count(ballot.atAnyCost()) instanceof Verdict.Winner(var vote, var why)) {
      return new Verdict.Winner(vote, "best effort: %s, although %s".formatted(why, reason));
    }
    return verdict;
  }

  private static Verdict count(Ballot ballot) {
    List<WalVote> all =
        ballot.votes().stream().filter(v -> v.timeline() > 0).map(WalVote::of).toList();
    List<WalVote> trusted = all.stream().filter(v -> ballot.trusts(v.voter())).toList();
    List<WalVote> witnesses = trusted.isEmpty() ? all : trusted;
    Optional<WalVote> top = reference(ballot, witnesses);
    if (top.isEmpty()) {
      return waiting(ballot, "no instance with data has voted");
    }
    for (WalVote other : witnesses) {
      if (!other.identity().equals(top.get().identity())) {
        return blocked(ballot, "%s and %s are copies of different databases", top.get(), other);
      }
      if (!top.get().covers(other) && !leftTheLine(ballot, other)) {
        return blocked(ballot, "%s and %s have gone different ways", top.get(), other);
      }
    }
    List<WalVote> usable =
        all.stream()
            .filter(v -> v.identity().equals(top.get().identity()))
            .filter(v -> v.covers(top.get()) || top.get().covers(v))
            .toList();
    Optional<String> two = twoPrimaries(ballot, usable);
    return two.isPresent() ? waiting(ballot, two.get()) : judge(ballot, usable, top.get());
  }

  /// Before the first promotion nobody has recorded which instance counts. One that was shut down
  /// as a primary says so itself; if two do, and one has what the other has not, then one of them
  /// is an old copy, and only an operator knows which.
  private static Optional<String> twoPrimaries(Ballot ballot, List<WalVote> usable) {
    List<WalVote> primaries =
        usable.stream().filter(v -> original(ballot, v).wasPrimary()).sorted(FURTHEST).toList();
    if (ballot.formerHolder().isPresent() || primaries.size() < 2) {
      return Optional.empty();
    }
    WalVote least = primaries.getFirst();
    WalVote most = primaries.getLast();
    return least.covers(most)
        ? Optional.empty()
        : Optional.of(
            "%s and %s were both shut down as primaries, with WAL up to %s and %s: move the data"
                    .formatted(least.voter(), most.voter(), least.end(), most.end())
                + " directory of the wrong one away, and it is copied from the other");
  }

  /// The vote that says which line is right: the furthest that did not leave it.
  private static Optional<WalVote> reference(Ballot ballot, List<WalVote> witnesses) {
    return witnesses.stream().filter(v -> !leftTheLine(ballot, v)).max(FURTHEST);
  }

  /// Whether an instance is known to have left the line of the last primary: that one ended cleanly
  /// on a line that this instance does not have.
  private static boolean leftTheLine(Ballot ballot, WalVote vote) {
    if (ballot.holder() instanceof Holder.Released(_, _, _, var timeline, var position)
        && timeline > 0) {
      Timeline line = new Timeline(Math.toIntExact(timeline));
      if (vote.history().timeline().equals(line)) {
        return false;
      }
      Optional<Lsn> left = vote.history().endOf(line);
      return left.isPresent() && !left.get().reaches(new Lsn(position));
    }
    return false;
  }

  private static Verdict judge(Ballot ballot, List<WalVote> usable, WalVote top) {
    List<WalVote> members =
        usable.stream().filter(v -> ballot.promise().members().contains(v.voter())).toList();
    boolean covered = ballot.promise().coveredBy(members.stream().map(WalVote::voter).toList());
    Optional<WalVote> holder =
        usable.stream()
            .filter(v -> ballot.formerHolder().filter(v.voter()::equals).isPresent())
            .findFirst();
    boolean first = ballot.formerHolder().isEmpty();
    boolean wished = ballot.silent().stream().anyMatch(n -> n.name().equals(ballot.preferred()));
    boolean all = (first || ballot.loss().allowed()) && !ballot.silent().isEmpty();
    if (ballot.patient() && (all || wished)) {
      return new Verdict.Undecided(List.copyOf(ballot.silent()));
    }
    Optional<WalVote> best =
        usable.stream()
            .filter(v -> promotable(ballot, v))
            .filter(v ->
                ballot.loss().permits(lost(ballot, holder, v))
                    || (covered && members.stream().allMatch(v::covers))
                    || holder.filter(v::covers).isPresent()
                    || hasCleanStop(ballot, v)
                    || (first && v.covers(top)))
            .max(order(ballot));
    if (best.isPresent()) {
      String cost =
          ballot.loss().allowed() && !first
              ? "; lost with the last primary: " + lost(ballot, holder, best.get()).text()
              : "";
      return new Verdict.Winner(best.get(), reason(ballot, usable, best.get()) + cost);
    }
    if (ballot.loss().allowed() && ballot.loss().bounded()) {
      return waiting(ballot, beyondBounds(ballot, usable, holder));
    }
    boolean proven = first || covered || holder.isPresent();
    return waiting(
        ballot,
        proven
            ? "%s has WAL up to %s that no promotable instance has"
                .formatted(top.voter(), top.end())
            : unproven(ballot, members.size()));
  }

  private static LossEstimate lost(Ballot ballot, Optional<WalVote> holder, WalVote vote) {
    return LossEstimate.of(ballot.holder(), holder, ballot.heard(), vote);
  }

  private static String beyondBounds(
      Ballot ballot, List<WalVote> usable, Optional<WalVote> holder) {
    String each =
        usable.stream()
            .filter(v -> promotable(ballot, v))
            .sorted(Comparator.comparing(WalVote::voter))
            .map(v -> v.voter() + ": " + lost(ballot, holder, v).text())
            .collect(Collectors.joining(", "));
    return each.isEmpty()
        ? "no instance that has voted can be promoted"
        : "every candidate lacks more of what %s wrote than %s allows (%s)"
            .formatted(
                ballot.formerHolder().map(NodeId::name).orElse("the last primary"),
                ballot.loss().text(),
                each);
  }

  private static boolean promotable(Ballot ballot, WalVote vote) {
    return ballot.scores().containsKey(vote.voter())
        && ballot.votes().stream().anyMatch(v -> v.node().equals(vote.voter()) && v.eligible());
  }

  private static boolean hasCleanStop(Ballot ballot, WalVote vote) {
    if (!(ballot.holder() instanceof Holder.Released(_, _, _, var timeline, var position))
        || timeline == 0) {
      return false;
    }
    Timeline line = new Timeline(Math.toIntExact(timeline));
    Lsn end = new Lsn(position);
    return vote.history().timeline().equals(line)
        ? vote.end().reaches(end)
        : vote.history().endOf(line).filter(e -> e.reaches(end)).isPresent();
  }

  private static Comparator<WalVote> order(Ballot ballot) {
    Comparator<WalVote> wish =
        Comparator.comparing(v -> v.voter().name().equals(ballot.preferred()));
    return FURTHEST
        .thenComparing(wish)
        .thenComparingInt(v -> ballot.scores().getOrDefault(v.voter(), 0))
        .thenComparing(v -> original(ballot, v).wasPrimary())
        .thenComparingInt(v -> original(ballot, v).priority())
        .thenComparing(Comparator.comparing(WalVote::voter).reversed());
  }

  private static Vote original(Ballot ballot, WalVote vote) {
    return ballot.votes().stream()
        .filter(v -> v.node().equals(vote.voter()))
        .findFirst()
        .orElseThrow();
  }

  private static String reason(Ballot ballot, List<WalVote> usable, WalVote best) {
    return "timeline %s, WAL up to %s, score %s; usable votes of %s"
        .formatted(
            best.history().timeline(),
            best.end(),
            ballot.scores().get(best.voter()),
            usable.stream().map(WalVote::voter).sorted().toList());
  }

  private static String unproven(Ballot ballot, int reached) {
    SyncPromise promise = ballot.promise();
    String holder = ballot.formerHolder().map(NodeId::name).orElse("the last primary");
    return promise.required() == 0
        ? "writes were acknowledged by %s alone".formatted(holder)
        : "writes were acknowledged by %d of %s: %d voted, %d must"
            .formatted(
                promise.required(),
                promise.members(),
                reached,
                promise.members().size() - promise.required() + 1);
  }

  private static Verdict blocked(Ballot ballot, String sentence, WalVote one, WalVote other) {
    return waiting(
        ballot,
        sentence.formatted(one.voter(), other.voter()) + ": an operator must say which is right");
  }

  private static Verdict waiting(Ballot ballot, String reason) {
    if (ballot.patient() && !ballot.silent().isEmpty()) {
      return new Verdict.Undecided(List.copyOf(ballot.silent()));
    }
    TreeSet<NodeId> unblockers = new TreeSet<>();
    ballot.formerHolder().ifPresent(unblockers::add);
    if (ballot.promise().required() > 0) {
      unblockers.addAll(ballot.promise().members());
    }
    ballot.votes().stream().filter(v -> v.timeline() > 0).forEach(v -> unblockers.remove(v.node()));
    String hint =
        unblockers.isEmpty() ? "" : "; the return of one of " + unblockers + " may unblock it";
    return new Verdict.Blocked(reason + hint, List.copyOf(unblockers));
  }
}
