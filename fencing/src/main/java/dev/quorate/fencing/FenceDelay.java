package dev.quorate.fencing;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// How long a device waits before it cuts a node off, so that of two nodes that fence each other
/// one wins.
///
/// @param base the fixed part (`pcmk_delay_base`)
/// @param perNode the fixed part for single nodes, in place of `base`
/// @param max a random part is added up to this sum (`pcmk_delay_max`); zero means none
public record FenceDelay(Duration base, SortedMap<NodeId, Duration> perNode, Duration max) {
  /// No delay.
  public static final FenceDelay NONE =
      new FenceDelay(Duration.ZERO, new TreeMap<>(), Duration.ZERO);

  /// Copies the map.
  public FenceDelay {
    perNode = Collections.unmodifiableSortedMap(new TreeMap<>(perNode));
  }

  /// The delay to keep this time: the fixed part, and a random part so that the sum stays below the
  /// maximum.
  public Duration draw(NodeId target, RandomGenerator random) {
    Duration fixed = perNode.getOrDefault(target, base);
    long spreadMillis = max.minus(fixed).toMillis();
    return spreadMillis <= 0 ? fixed : fixed.plusMillis(random.nextLong(spreadMillis));
  }

  /// The longest delay that [#draw] can return for the target.
  public Duration longest(NodeId target) {
    Duration fixed = perNode.getOrDefault(target, base);
    return max.compareTo(fixed) > 0 ? max : fixed;
  }
}
