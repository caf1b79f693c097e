package dev.quorate.resource;

import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Whether a cluster that has just come up may begin anything: with the property `wait-for-all`,
/// not before every voter has taken part at once, or an operator has said that it shall.
///
/// That a boot of a node has seen the cluster established is a transient attribute of the node,
/// which ends with the boot. A node that meets one with the attribute belongs to an established
/// cluster too; so only a cluster in which nobody is left from before waits.
public final class WaitForAll {
  /// The name of the property.
  public static final String PROPERTY = "wait-for-all";

  /// The transient attribute of a node that has seen the cluster established; its value says how.
  public static final String ESTABLISHED = "quorum-established";

  private WaitForAll() {}

  /// Whether the cluster is told to wait.
  public static boolean wanted(ClusterConfiguration configuration) {
    return "true".equals(configuration.properties().get(PROPERTY));
  }

  /// How the cluster became established, as somebody in the view remembers it.
  public static Optional<String> established(ClusterState state, View view) {
    return view.members().stream()
        .filter(m -> inThatBoot(state, m))
        .flatMap(m -> how(state, m.node()).stream())
        .findFirst();
  }

  /// How a node's boot saw the cluster established, if it did.
  public static Optional<String> how(ClusterState state, NodeId node) {
    return Optional.ofNullable(
        state.attributes().getOrDefault(node, Collections.emptySortedMap()).get(ESTABLISHED));
  }

  /// The voters that do not take part.
  public static List<NodeId> missing(ClusterState state, View view) {
    return TwoNodes.voters(state.configuration(), state.attributes()).stream()
        .filter(v -> view.member(v).filter(m -> inThatBoot(state, m)).isEmpty())
        .toList();
  }

  /// Whether nothing may begin yet.
  public static boolean waits(ClusterState state, View view) {
    return wanted(state.configuration())
        && established(state, view).isEmpty()
        && !missing(state, view).isEmpty();
  }

  /// What the log says of the member is of the life that is there now.
  private static boolean inThatBoot(ClusterState state, Member member) {
    return state.online(member.node())
        && state
            .node(member.node())
            .filter(s -> s.incarnation().sameBoot(member.incarnation()))
            .isPresent();
  }
}
