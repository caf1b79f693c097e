package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.policy.PromotionRule;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Placement.Promotion;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Lets grants and elections say who is promoted of what has data to lose, and remembers why.
final class LivePromotion implements PromotionRule {
  private final Eligibility eligibility;
  private final SortedMap<ResourceId, Promotion> promotions = new TreeMap<>();

  LivePromotion(Eligibility eligibility) {
    this.eligibility = eligibility;
  }

  @Override
  public Optional<List<String>> promoted(String clone, List<String> hosts, List<String> forbidden) {
    Optional<Candidate> found = eligibility.find(new ResourceId(clone));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Candidate candidate = found.get();
    if (!candidate.managed()) {
      Promotion stays = new Promotion(promotedNow(candidate), candidate.reason(), false, List.of());
      promotions.put(candidate.id(), stays);
      return Optional.of(names(stays.nodes()));
    }
    Primacy primacy = eligibility.state().primacies().get(candidate.id());
    if (primacy == null) {
      return Optional.empty();
    }
    Promotion promotion =
        new PrimacyRule(eligibility, candidate, nodes(hosts), nodes(forbidden), primacy).choose();
    promotions.put(candidate.id(), promotion);
    return Optional.of(names(promotion.nodes()));
  }

  private static List<NodeId> promotedNow(Candidate candidate) {
    return candidate.instances().values().stream()
        .filter(i -> i.role() == Role.PROMOTED)
        .map(Instance::node)
        .toList();
  }

  private static List<NodeId> nodes(List<String> names) {
    return names.stream().map(NodeId::new).sorted().toList();
  }

  private static List<String> names(List<NodeId> nodes) {
    return nodes.stream().map(NodeId::name).toList();
  }

  /// What was said of a resource, if it was asked about.
  Optional<Promotion> of(ResourceId resource) {
    return Optional.ofNullable(promotions.get(resource));
  }
}
