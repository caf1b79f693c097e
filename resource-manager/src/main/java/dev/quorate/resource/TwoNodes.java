package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Two voters without a third: with the property `two-node` the one that has shown the other to be
/// off goes on alone, and its vote is all that counts until the other votes again.
///
/// That it is alone is a transient attribute of the survivor, written by itself as the first entry
/// of the log that is its own.
public final class TwoNodes {
  /// The name of the property.
  public static final String PROPERTY = "two-node";

  /// How much longer the side without the primary waits before it fences.
  public static final String DELAY = "priority-fencing-delay";

  /// The longer wait, if nothing else is said.
  public static final Duration DEFAULT_DELAY = Duration.ofSeconds(5);

  /// The transient attribute of a node that goes on alone; its value says how it came to that.
  public static final String ALONE = "pair-alone";

  /// The transient attribute of a node whose daemon began as one of two and can arbitrate; its
  /// value is the run of that daemon, and says nothing of the next one.
  public static final String ARBITER = "pair-arbiter";

  private TwoNodes() {}

  /// Whether a survivor may go on alone.
  public static boolean wanted(ClusterConfiguration configuration) {
    return "true".equals(configuration.properties().get(PROPERTY));
  }

  /// Whether the daemon that a node runs now can arbitrate. One that began as one of more nodes
  /// cannot: it opens another kind of log.
  ///
  /// @param attributes the transient attributes of the nodes
  public static boolean arbitrates(
      SortedMap<NodeId, SortedMap<String, String>> attributes, NodeId node, NodeStatus status) {
    String run =
        attributes.getOrDefault(node, Collections.emptySortedMap()).getOrDefault(ARBITER, "");
    return status.online() && run.equals(Long.toString(status.incarnation().run()));
  }

  /// How long the side without the primary waits before it fences.
  public static Duration delay(ClusterConfiguration configuration) {
    return TimeText.parse(configuration.properties().getOrDefault(DELAY, "")).orElse(DEFAULT_DELAY);
  }

  /// Whether a node's own side fences first: it holds a primacy, or nobody does and its name is the
  /// first.
  public static boolean favoured(ClusterState state, NodeId node, String bootId) {
    boolean holds = state.primacies().values().stream().anyMatch(p -> p.heldBy(node, bootId));
    boolean held =
        state.primacies().values().stream().anyMatch(p -> p.holder() instanceof Holder.Held);
    return holds
        || (!held && state.configuration().voters().stream().findFirst().equals(Optional.of(node)));
  }

  /// Those whose votes and reports count.
  ///
  /// @param attributes the transient attributes of the nodes
  public static List<NodeId> voters(
      ClusterConfiguration configuration, SortedMap<NodeId, SortedMap<String, String>> attributes) {
    List<NodeId> all = configuration.voters();
    if (!wanted(configuration)) {
      return all;
    }
    List<NodeId> alone = all.stream().filter(v -> how(attributes, v).isPresent()).toList();
    return alone.size() == 1 ? alone : all;
  }

  /// How a node came to be alone, if it is.
  public static Optional<String> how(
      SortedMap<NodeId, SortedMap<String, String>> attributes, NodeId node) {
    return Optional.ofNullable(
        attributes.getOrDefault(node, Collections.emptySortedMap()).get(ALONE));
  }
}
