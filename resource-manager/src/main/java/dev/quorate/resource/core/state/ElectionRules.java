package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Draft.accepted;
import static dev.quorate.resource.core.state.Draft.refused;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterCommand.CastVote;
import dev.quorate.resource.ClusterCommand.CloseElection;
import dev.quorate.resource.ClusterCommand.OpenElection;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.Durability;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.NoCandidatePolicy;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Rounds of finding the next holder. Whoever counts the votes proposes a winner; here is checked
/// that the winner has every write that was promised.
///
/// Invariants:
/// - rounds are numbered without gaps, one is open at most, and a vote counts in its own round;
/// - a winner voted, can be promoted, and lives in the boot in which it voted;
/// - a vote is gone once the instance that it speaks for is recorded as anything but a standby that
///   works;
/// - nobody that was asked in the very first round is gone without a vote;
/// - unless writes may be lost, the winner's log contains that of enough members of the promise
///   that no acknowledged write is missing, or that of the previous holder.
final class ElectionRules {
  private ElectionRules() {}

  static CommandAnswer open(Draft draft, OpenElection command) {
    Optional<Primacy> found = draft.primacy(command.resource());
    if (found.isEmpty()) {
      return PrimacyRules.noPrimacy(command.resource());
    }
    Primacy primacy = found.get();
    if (command.round() != primacy.election().round() + 1) {
      return refused(
          "HA-ELECT-011",
          "round %d of %s does not follow round %d"
              .formatted(command.round(), command.resource(), primacy.election().round()),
          "");
    }
    if (draft.intents().stream().anyMatch(i -> ActionRules.promotes(i, command.resource()))) {
      return refused(
          "HA-ELECT-012", "a promotion of %s is in flight".formatted(command.resource()), "");
    }
    if (holderWorks(draft, primacy)) {
      return refused(
          "HA-ELECT-013",
          "%s has a promoted instance that works".formatted(command.resource()),
          "");
    }
    if (command.expected().isEmpty()
        || command.expected().stream().anyMatch(n -> !draft.online(n))) {
      return refused("HA-ELECT-014", "a round needs voters, and all of them online", "");
    }
    String preferred = primacy.switchoverTo().equals(Primacy.BEST) ? "" : primacy.switchoverTo();
    Election.Open round =
        new Election.Open(
            command.round(),
            command.reason(),
            preferred,
            draft.position,
            command.expected().stream().sorted().distinct().toList(),
            new TreeMap<>(),
            command.lastWrite().filter(w -> wasHolder(primacy, w.node())));
    draft.setPrimacy(Primacies.withElection(primacy, round));
    draft.note(new ClusterChange.ElectionOpened(command.resource(), round));
    return accepted();
  }

  private static boolean wasHolder(Primacy primacy, NodeId node) {
    return switch (primacy.holder()) {
      case Holder.Nobody() -> false;
      case Holder.Held(var holder, _) -> holder.equals(node);
      case Holder.Released(var holder, _, _, _, _) -> holder.equals(node);
    };
  }

  private static boolean holderWorks(Draft draft, Primacy primacy) {
    return primacy.holder() instanceof Holder.Held(var node, var bootId)
        && draft.onlineInBoot(node, bootId)
        && draft
            .instance(primacy.resource(), node)
            .filter(i -> i.role() == Role.PROMOTED && i.certainty() == Certainty.KNOWN)
            .isPresent();
  }

  static CommandAnswer vote(Draft draft, CastVote command) {
    Vote vote = command.vote();
    Optional<Primacy> found = draft.primacy(command.resource());
    if (found.isEmpty()) {
      return PrimacyRules.noPrimacy(command.resource());
    }
    if (!(found.get().election() instanceof Election.Open open)
        || open.round() != command.round()) {
      return notOpen(command.round(), found.get());
    }
    if (!draft.onlineInBoot(vote.node(), vote.bootId())) {
      return NodeRules.notInThatLife(vote.node(), "vote");
    }
    SortedMap<NodeId, Vote> votes = new TreeMap<>(open.votes());
    if (vote.equals(votes.put(vote.node(), vote))) {
      return accepted("voted already");
    }
    draft.setPrimacy(Primacies.withElection(found.get(), open.with(votes)));
    draft.note(new ClusterChange.VoteCast(command.resource(), command.round(), vote));
    return accepted();
  }

  /// A vote binds the boot in which it was cast: in the next one the node votes anew.
  static void forgetVotes(Draft draft, NodeId node) {
    draft.primacies().forEach(primacy -> forgetVote(draft, primacy, node));
  }

  /// It also binds the run of the instance: one that does not run as a standby any more may have
  /// received something, or lost it, before it does so again.
  static void forgetVote(Draft draft, ResourceId resource, NodeId node) {
    draft.primacy(resource).ifPresent(primacy -> forgetVote(draft, primacy, node));
  }

  private static void forgetVote(Draft draft, Primacy primacy, NodeId node) {
    if (primacy.election() instanceof Election.Open open && open.votes().containsKey(node)) {
      SortedMap<NodeId, Vote> votes = new TreeMap<>(open.votes());
      votes.remove(node);
      draft.setPrimacy(Primacies.withElection(primacy, open.with(votes)));
    }
  }

  static CommandAnswer close(Draft draft, CloseElection command) {
    Optional<Primacy> found = draft.primacy(command.resource());
    if (found.isEmpty()) {
      return PrimacyRules.noPrimacy(command.resource());
    }
    Primacy primacy = found.get();
    if (!(primacy.election() instanceof Election.Open open) || open.round() != command.round()) {
      return notOpen(command.round(), primacy);
    }
    if (command.winner().isEmpty()) {
      // What changed while the votes were taken may have come too late for them.
      end(draft, primacy, new Election.Blocked(open.round(), command.detail(), open.opened()));
      return accepted();
    }
    Optional<Vote> ballot =
        open.votes().values().stream()
            .filter(v -> v.node().name().equals(command.winner()))
            .filter(Vote::eligible)
            .findFirst();
    if (ballot.isEmpty() || !draft.onlineInBoot(ballot.get().node(), ballot.get().bootId())) {
      return refused(
          "HA-ELECT-016",
          "%s cannot win: no vote of its present boot says that it can be promoted"
              .formatted(command.winner()),
          "");
    }
    Vote winner = ballot.get();
    if (holderWorks(draft, primacy)) {
      return refused(
          "HA-ELECT-013",
          "%s has a promoted instance that works".formatted(command.resource()),
          "");
    }
    List<NodeId> gone = goneBeforeFirst(draft, primacy, open);
    if (!gone.isEmpty()) {
      return refused(
          "HA-ELECT-018",
          "nobody was ever promoted, and %s went away without showing what it has".formatted(gone),
          "bring it back, or say that its data is not needed with 'hactl node standby NODE'");
    }
    if (!keepsPromise(draft, primacy, open, winner)) {
      return refused(
          "HA-ELECT-017",
          "%s may lack acknowledged writes: %d of %s must have voted"
              .formatted(
                  winner.node(),
                  primacy.promise().members().size() - primacy.promise().required() + 1,
                  primacy.promise().members()),
          "bring one of these nodes back");
    }
    end(
        draft,
        PrimacyRules.releaseStopped(draft, primacy),
        new Election.Won(
            open.round(),
            winner.node(),
            winner.bootId(),
            winner.timeline(),
            winner.position(),
            command.detail()));
    return accepted();
  }

  /// Who was asked in a first round and is gone without a vote. No promise says yet whose data
  /// counts, so that nobody may be missing.
  private static List<NodeId> goneBeforeFirst(Draft draft, Primacy primacy, Election.Open open) {
    if (primacy.epoch() > 0) {
      return List.of();
    }
    ResourceDefinition resource = draft.primitive(primacy.resource()).orElseThrow();
    return open.expected().stream()
        .filter(n -> !open.votes().containsKey(n) && !draft.online(n))
        .filter(n -> !ElectionSupervisor.excluded(draft.configuration(), resource, n))
        .toList();
  }

  /// Ends a round, or clears what came of it.
  static void end(Draft draft, Primacy primacy, Election result) {
    draft.setPrimacy(Primacies.withElection(primacy, result));
    draft.note(new ClusterChange.ElectionClosed(primacy.resource(), result));
  }

  private static CommandAnswer notOpen(long round, Primacy primacy) {
    return refused(
        "HA-ELECT-015", "round %d of %s is not open".formatted(round, primacy.resource()), "");
  }

  private static boolean keepsPromise(
      Draft draft, Primacy primacy, Election.Open open, Vote winner) {
    ResourceDefinition resource = draft.primitive(primacy.resource()).orElseThrow();
    if (primacy.epoch() == 0 || mayLose(draft.configuration(), resource)) {
      return true;
    }
    List<NodeId> covered = new ArrayList<>();
    for (Vote vote : open.votes().values()) {
      if (contains(winner, vote.identity(), vote.timeline(), vote.position())) {
        covered.add(vote.node());
      }
    }
    return switch (primacy.holder()) {
      case Holder.Nobody() -> true;
      case Holder.Held(var node, _) -> covered.contains(node) || promised(primacy, covered);
      case Holder.Released(var node, _, _, var timeline, var position) ->
          (timeline > 0 && position > 0 && contains(winner, winner.identity(), timeline, position))
              || covered.contains(node)
              || promised(primacy, covered);
    };
  }

  /// Whether a winner may lack acknowledged writes.
  static boolean mayLose(ClusterConfiguration configuration, ResourceDefinition resource) {
    return Durability.of(configuration, resource) == Durability.ASYNC
        || NoCandidatePolicy.of(configuration, resource) == NoCandidatePolicy.BEST_EFFORT;
  }

  static boolean promised(Primacy primacy, List<NodeId> covered) {
    return primacy.promise().required() > 0 && primacy.promise().coveredBy(covered);
  }

  /// Whether the winner's log contains everything of another log that ends there.
  private static boolean contains(Vote winner, String identity, long timeline, long position) {
    if (!winner.identity().equals(identity) || timeline <= 0) {
      return false;
    }
    if (winner.timeline() == timeline) {
      return winner.position() >= position;
    }
    return winner.lineage().stream()
        .anyMatch(s -> s.timeline() == timeline && s.position() >= position);
  }
}
