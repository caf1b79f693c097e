package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Instance.Footing;
import dev.quorate.resource.core.scheduling.Placement.Promotion;
import java.util.List;
import java.util.Optional;

/// Says who is promoted of a resource that has data to lose. Scores have little say in it.
///
/// Only two can be promoted: the node that holds the grant, as long as it may host the promoted
/// instance; and the winner of an election, once the last holder has given up the grant or is sure
/// to be fenced before. Otherwise nobody is, and the reason says what is waited for.
final class PrimacyRule {
  private final Eligibility eligibility;
  private final Candidate candidate;
  private final List<NodeId> hosts;
  private final List<NodeId> forbidden;
  private final Primacy primacy;

  /// @param hosts where instances shall be active, sorted
  /// @param forbidden where scores forbid the promotion
  PrimacyRule(
      Eligibility eligibility,
      Candidate candidate,
      List<NodeId> hosts,
      List<NodeId> forbidden,
      Primacy primacy) {
    this.eligibility = eligibility;
    this.candidate = candidate;
    this.hosts = hosts;
    this.forbidden = forbidden;
    this.primacy = primacy;
  }

  Promotion choose() {
    if (candidate.limit() != Role.PROMOTED) {
      return nobody(candidate.reason(), false);
    }
    return switch (primacy.holder()) {
      case Holder.Held(var node, var bootId) -> held(node, bootId);
      case Holder.Nobody() -> elected("nobody was ever promoted");
      case Holder.Released(var node, _, var proof, _, _) ->
          elected("the last holder, " + node + ", is done (" + proof + ")");
    };
  }

  private Promotion held(NodeId holder, String bootId) {
    Standing standing = eligibility.standing(holder);
    Instance instance = candidate.instance(holder);
    return switch (standing.kind()) {
      case FROZEN, MAINTENANCE ->
          instance.role() == Role.PROMOTED
              ? one(holder, holder + " holds the grant and " + standing.reason())
              : nobody("the holder, " + holder + ", " + standing.reason(), false);
      case CONDEMNED -> elected("fencing of the holder, " + holder + ", comes first");
      case UNCLEAN ->
          nobody(
              "the holder, " + holder + ", " + standing.reason() + "; no proof, no promotion",
              false);
      case ABSENT ->
          nobody(
              "waiting for the grant of " + holder + " to be given up: it " + standing.reason(),
              false);
      case USABLE, STANDBY -> {
        if (!boots(holder, bootId)) {
          yield nobody("waiting for the grant of " + holder + "'s last boot to be given up", false);
        }
        yield online(holder, standing);
      }
    };
  }

  private Promotion online(NodeId holder, Standing standing) {
    if (instanceBlocked(holder)) {
      return nobody(
          "the holder's instance on "
              + holder
              + " is blocked: "
              + candidate.instance(holder).reason(),
          false);
    }
    if (!hosts.contains(holder) || forbidden(holder)) {
      return stepsDown(holder, standing);
    }
    String target = primacy.switchoverTo();
    if (target.isEmpty() || target.equals(holder.name())) {
      return one(holder, holder + " holds the grant (epoch " + primacy.epoch() + ")");
    }
    Optional<NodeId> successor =
        electorate().stream()
            .filter(n -> !n.equals(holder) && candidate.instance(n).works(Role.UNPROMOTED))
            .filter(n -> target.equals(n.name()) || target.equals(Primacy.BEST))
            .findFirst();
    return successor.isPresent()
        ? nobody("switchover: waiting for the holder, " + holder + ", to step down", false)
        : one(
            holder,
            holder
                + " holds the grant; the switchover to "
                + target
                + " waits for a working standby there");
  }

  /// The holder must not go on. Once it is stopped, it can acknowledge nothing, released or not.
  private Promotion stepsDown(NodeId holder, Standing standing) {
    String why =
        hosts.contains(holder)
            ? "must not be promoted: " + bans(holder, true)
            : standing.kind() == Standing.Kind.STANDBY
                ? standing.reason()
                : "must not host it: " + bans(holder, false);
    Instance instance = candidate.instance(holder);
    boolean done =
        instance.footing() == Footing.SETTLED
            && !instance.role().active()
            && instance.flight().isEmpty();
    return done
        ? elected("the holder is stopped: " + holder + " " + why)
        : nobody("waiting for the holder to step down: " + holder + " " + why, false);
  }

  private Promotion elected(String background) {
    Optional<NodeId> winner = winner();
    if (winner.isPresent()) {
      return one(
          winner.get(),
          winner.get() + " won election " + primacy.election().round() + "; " + background);
    }
    return nobody(background + "; " + waiting(), wanted());
  }

  private Optional<NodeId> winner() {
    return primacy.election() instanceof Election.Won(_, var node, var bootId, _, _, _)
            && boots(node, bootId)
            && electorate().contains(node)
        ? Optional.of(node)
        : Optional.empty();
  }

  private boolean wanted() {
    return !(primacy.election() instanceof Election.Open) && winner().isEmpty();
  }

  private String waiting() {
    return switch (primacy.election()) {
      case Election.Idle _ -> "waiting for an election";
      case Election.Open open -> {
        List<NodeId> missing =
            open.expected().stream().filter(n -> !open.votes().containsKey(n)).toList();
        yield "waiting for election " + open.round() + ", votes missing: " + missing;
      }
      case Election.Won won ->
          "the winner of election "
              + won.round()
              + ", "
              + won.winner()
              + ", cannot be promoted now";
      case Election.Blocked blocked -> "blocked: " + blocked.detail();
    };
  }

  private List<NodeId> electorate() {
    return hosts.stream()
        .filter(n -> eligibility.standing(n).kind() == Standing.Kind.USABLE)
        .filter(n -> !forbidden(n) && !instanceBlocked(n))
        .toList();
  }

  private boolean instanceBlocked(NodeId node) {
    return candidate.instance(node).footing() == Footing.BLOCKED;
  }

  private boolean forbidden(NodeId node) {
    return forbidden.contains(node);
  }

  private boolean boots(NodeId node, String bootId) {
    return eligibility
        .state()
        .node(node)
        .map(s -> s.incarnation().bootId().equals(bootId))
        .orElse(false);
  }

  private String bans(NodeId node, boolean promotion) {
    for (Constraint constraint : eligibility.state().configuration().constraints()) {
      if (constraint instanceof Constraint.Location location
          && candidate.definition().answersTo(location.resource())
          && location.node().equals(node)
          && location.score().equals(Score.NEVER)
          && (location.role() == Role.PROMOTED) == promotion) {
        return "location " + location.id();
      }
    }
    return FailureFact.of(eligibility, candidate, node)
        .filter(f -> f.score().equals(Score.NEVER))
        .map(ScoreTable.Fact::source)
        .orElse("its scores forbid it");
  }

  private Promotion one(NodeId node, String reason) {
    return new Promotion(List.of(node), reason, false, electorate());
  }

  private Promotion nobody(String reason, boolean electionWanted) {
    return new Promotion(List.of(), reason, electionWanted, electorate());
  }
}
