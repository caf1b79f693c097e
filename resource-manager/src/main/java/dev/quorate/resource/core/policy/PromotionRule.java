package dev.quorate.resource.core.policy;

import java.util.List;
import java.util.Optional;

/// Says who is promoted of a clone, in place of the scores: for what has data to lose.
///
/// Called by the thread that decides; must depend on its arguments and on what is decided with them
/// only.
@FunctionalInterface
public interface PromotionRule {
  /// Leaves it to the scores.
  PromotionRule NONE = (clone, hosts, forbidden) -> Optional.empty();

  /// The nodes whose instances are promoted; nothing leaves it to the scores.
  ///
  /// @param clone the clone's id
  /// @param hosts the nodes where it shall be active
  /// @param forbidden those of them where it must not be promoted
  Optional<List<String>> promoted(String clone, List<String> hosts, List<String> forbidden);
}
