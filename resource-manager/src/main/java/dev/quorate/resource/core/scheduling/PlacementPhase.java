package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Constraint.Colocation;
import dev.quorate.resource.Constraint.Ordering;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Instance.Footing;
import dev.quorate.resource.core.scheduling.Placement.Assignment;
import dev.quorate.resource.core.scheduling.Placement.Promotion;
import dev.quorate.resource.core.scheduling.ScoreTable.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Makes phase 3 from phase 2. Resources choose in the order of their priority, each after those
/// that it depends on.
///
/// What must be left alone (not managed, blocked, on a node that cannot be reached or is in
/// maintenance) stays where it is, and the others arrange themselves around it.
final class PlacementPhase {
  private final ScoreTable scores;
  private final Eligibility eligibility;
  private final ColocationRule colocations;
  private final SortedMap<ResourceId, Assignment> placed = new TreeMap<>();
  private final TreeSet<ResourceId> visiting = new TreeSet<>();
  private final SortedMap<NodeId, Integer> load = new TreeMap<>();

  private PlacementPhase(ScoreTable scores) {
    this.scores = scores;
    this.eligibility = scores.eligibility();
    this.colocations = new ColocationRule(scores);
  }

  static Placement of(ScoreTable scores) {
    PlacementPhase phase = new PlacementPhase(scores);
    for (ResourceId id : phase.eligibility.order()) {
      phase.place(id);
    }
    return new Placement(scores, phase.placed);
  }

  private void place(ResourceId id) {
    Candidate candidate = eligibility.resources().get(id);
    if (candidate == null || placed.containsKey(id) || !visiting.add(id)) {
      return;
    }
    for (Colocation colocation : colocations.of(candidate)) {
      eligibility.find(colocation.with()).ifPresent(primary -> place(primary.id()));
    }
    SortedMap<NodeId, Line> lines = hosting(candidate);
    Assignment assignment =
        switch (candidate.definition().form()) {
          case Form.Primitive() -> primitive(candidate, lines);
          case Form.Promotable promotable -> promotable(candidate, promotable, lines);
        };
    assignment.roles().keySet().forEach(n -> load.merge(n, 1, Integer::sum));
    placed.put(id, assignment);
  }

  private SortedMap<NodeId, Line> hosting(Candidate candidate) {
    SortedMap<NodeId, Line> lines = scores.hosting(candidate.id());
    for (Colocation colocation : colocations.of(candidate)) {
      Assignment primary = primary(colocation);
      if (primary != null && !ColocationRule.aboutPromotion(colocation)) {
        lines = colocations.follow(lines, colocation, primary);
      }
    }
    return colocations.respect(lines, candidate, false, placed);
  }

  private @org.jspecify.annotations.Nullable Assignment primary(Colocation colocation) {
    return eligibility.find(colocation.with()).map(c -> placed.get(c.id())).orElse(null);
  }

  /// Where it is and must stay.
  private SortedMap<NodeId, Role> pinned(Candidate candidate) {
    SortedMap<NodeId, Role> pinned = new TreeMap<>();
    for (Instance instance : candidate.instances().values()) {
      Standing standing = eligibility.standing(instance.node());
      boolean stays =
          !candidate.managed() || standing.pins() || instance.footing() == Footing.BLOCKED;
      boolean counts =
          standing.kind() != Standing.Kind.CONDEMNED && standing.kind() != Standing.Kind.UNCLEAN;
      if (stays && counts && instance.mayRun()) {
        Role role = instance.role().active() ? instance.role() : candidate.base();
        pinned.put(instance.node(), role);
      }
    }
    return pinned;
  }

  private Assignment primitive(Candidate candidate, SortedMap<NodeId, Line> lines) {
    SortedMap<NodeId, Role> pinned = pinned(candidate);
    boolean undetermined = undetermined(candidate, Role.STARTED);
    if (!candidate.managed()) {
      return assignment(candidate, pinned, lines, undetermined, candidate.reason());
    }
    if (!pinned.isEmpty()) {
      return assignment(candidate, pinned, lines, undetermined, "it is left alone where it is");
    }
    if (candidate.limit() == Role.STOPPED) {
      return assignment(candidate, pinned, lines, false, candidate.reason());
    }
    List<NodeId> active = active(candidate);
    boolean waits = waitsForProbes(candidate);
    if (!eligibility.mayStart() || waits) {
      SortedMap<NodeId, Role> stays = new TreeMap<>();
      active.stream().limit(1).forEach(n -> stays.put(n, Role.STARTED));
      String reason = waits ? "what it depends on is being probed" : "there is no quorum";
      return assignment(
          candidate, stays, lines, undetermined || (waits && stays.isEmpty()), reason);
    }
    List<NodeId> unsure =
        active.stream()
            .filter(n -> candidate.instance(n).footing() == Footing.UNKNOWN)
            .filter(n -> lines.getOrDefault(n, Line.EMPTY).total().allows())
            .toList();
    SortedMap<NodeId, Role> roles = new TreeMap<>();
    if (undetermined && !unsure.isEmpty()) {
      roles.put(unsure.getFirst(), Role.STARTED);
    } else {
      choose(lines, active).forEach(n -> roles.put(n, Role.STARTED));
    }
    String reason = roles.isEmpty() ? "no node may host it" : "";
    return assignment(candidate, roles, lines, undetermined, reason);
  }

  private static Assignment assignment(
      Candidate candidate,
      SortedMap<NodeId, Role> roles,
      SortedMap<NodeId, Line> lines,
      boolean undetermined,
      String reason) {
    return new Assignment(
        candidate.id(), roles, lines, new TreeMap<>(), Promotion.NONE, undetermined, reason);
  }

  private List<NodeId> active(Candidate candidate) {
    return candidate.instances().values().stream()
        .filter(i -> i.role().active() && eligibility.standing(i.node()).acts())
        .sorted(Comparator.comparingInt(i -> i.footing() == Footing.SETTLED ? 0 : 1))
        .map(Instance::node)
        .toList();
  }

  /// The best node: the highest score, then the fewest resources, then where it is, then the name.
  /// It stays where it is if that is as good as the best, and the best is more than nothing.
  private List<NodeId> choose(SortedMap<NodeId, Line> lines, List<NodeId> active) {
    List<NodeId> allowed =
        lines.entrySet().stream()
            .filter(e -> e.getValue().total().allows())
            .map(java.util.Map.Entry::getKey)
            .sorted(
                Comparator.<NodeId>comparingInt(n -> -total(lines, n))
                    .thenComparingInt(n -> load.getOrDefault(n, 0))
                    .thenComparingInt(n -> active.contains(n) ? 0 : 1)
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    if (allowed.isEmpty()) {
      return List.of();
    }
    NodeId best = allowed.getFirst();
    int most = total(lines, best);
    return allowed.stream()
        .filter(n -> most > 0 && active.contains(n) && total(lines, n) == most)
        .findFirst()
        .or(() -> java.util.Optional.of(best))
        .map(List::of)
        .orElse(List.of());
  }

  private static int total(SortedMap<NodeId, Line> lines, NodeId node) {
    return lines.getOrDefault(node, Line.EMPTY).total().value();
  }

  /// Whether nobody can say yet where it is in that role.
  private boolean undetermined(Candidate candidate, Role role) {
    return eligibility.unprobed(candidate)
        && !(role == Role.PROMOTED && eligibility.hasData(candidate.id()))
        && candidate.instances().values().stream()
            .noneMatch(i -> i.works(role) || (i.footing() == Footing.PENDING && i.role() == role));
  }

  /// Whether it depends on something that must be probed first: then nothing is moved for it.
  private boolean waitsForProbes(Candidate candidate) {
    for (Constraint constraint : eligibility.state().configuration().constraints()) {
      ResourceId with =
          switch (constraint) {
            case Colocation c when candidate.definition().answersTo(c.resource()) -> c.with();
            case Ordering o
                when candidate.definition().answersTo(o.then())
                    && o.kind() == Ordering.Kind.MANDATORY ->
                o.first();
            case Colocation _, Ordering _, Constraint.Location _ -> candidate.id();
          };
      boolean unclear =
          eligibility
              .find(with)
              .filter(c -> !c.id().equals(candidate.id()))
              .map(c -> placed.get(c.id()))
              .map(Assignment::undetermined)
              .orElse(false);
      if (unclear) {
        return true;
      }
    }
    return false;
  }

  private Assignment promotable(
      Candidate candidate, Form.Promotable form, SortedMap<NodeId, Line> lines) {
    SortedMap<NodeId, Role> roles = pinned(candidate);
    if (candidate.managed() && candidate.limit() != Role.STOPPED) {
      List<NodeId> willing =
          lines.entrySet().stream()
              .filter(e -> e.getValue().total().allows() && !roles.containsKey(e.getKey()))
              .map(java.util.Map.Entry::getKey)
              .filter(n -> eligibility.mayStart() || candidate.instance(n).role().active())
              .sorted(
                  Comparator.<NodeId>comparingInt(
                          n -> candidate.instance(n).role().active() ? 0 : 1)
                      .thenComparingInt(n -> -total(lines, n))
                      .thenComparing(Comparator.naturalOrder()))
              .toList();
      long room = form.cloneMax() == 0 ? willing.size() : form.cloneMax() - roles.size();
      willing.stream().limit(Math.max(0, room)).forEach(n -> roles.put(n, Role.UNPROMOTED));
    }
    SortedMap<NodeId, Line> wishes = promotion(candidate);
    Promotion promoted = promoted(candidate, form, roles, lines, wishes);
    promoted.nodes().forEach(n -> roles.put(n, Role.PROMOTED));
    String reason =
        !candidate.managed() || candidate.limit() == Role.STOPPED
            ? candidate.reason()
            : roles.isEmpty() ? "no node may host it" : "";
    boolean undetermined = undetermined(candidate, Role.PROMOTED);
    return new Assignment(candidate.id(), roles, lines, wishes, promoted, undetermined, reason);
  }

  private SortedMap<NodeId, Line> promotion(Candidate candidate) {
    SortedMap<NodeId, Line> lines = scores.promotion(candidate.id());
    for (Colocation colocation : colocations.of(candidate)) {
      Assignment primary = primary(colocation);
      if (primary != null && ColocationRule.aboutPromotion(colocation)) {
        lines = colocations.follow(lines, colocation, primary);
      }
    }
    return eligibility.hasData(candidate.id())
        ? lines
        : colocations.respect(lines, candidate, true, placed);
  }

  private Promotion promoted(
      Candidate candidate,
      Form.Promotable form,
      SortedMap<NodeId, Role> roles,
      SortedMap<NodeId, Line> hosting,
      SortedMap<NodeId, Line> promotion) {
    List<NodeId> fixed =
        roles.entrySet().stream()
            .filter(e -> e.getValue() == Role.PROMOTED)
            .map(java.util.Map.Entry::getKey)
            .toList();
    if (!candidate.managed()) {
      return new Promotion(fixed, candidate.reason(), false, List.of());
    }
    Primacy primacy = eligibility.state().primacies().get(candidate.id());
    if (primacy != null) {
      return new PrimacyRule(eligibility, candidate, roles, hosting, promotion, primacy).choose();
    }
    if (candidate.limit() != Role.PROMOTED) {
      return new Promotion(fixed, candidate.reason(), false, List.of());
    }
    List<NodeId> chosen = new ArrayList<>(fixed);
    roles.keySet().stream()
        .filter(n -> !fixed.contains(n) && total(promotion, n) >= 0)
        .filter(n -> eligibility.standing(n).kind() == Standing.Kind.USABLE)
        .filter(n -> candidate.instance(n).footing() != Footing.BLOCKED)
        .filter(n -> eligibility.mayStart() || candidate.instance(n).role() == Role.PROMOTED)
        .sorted(
            Comparator.<NodeId>comparingInt(n -> -total(promotion, n))
                .thenComparingInt(n -> candidate.instance(n).role() == Role.PROMOTED ? 0 : 1)
                .thenComparing(Comparator.naturalOrder()))
        .limit(Math.max(0, form.promotedMax() - fixed.size()))
        .forEach(chosen::add);
    String reason =
        chosen.isEmpty()
            ? "no instance has a promotion score of 0 or more"
            : "highest promotion score";
    return new Promotion(chosen, reason, false, List.of());
  }
}
