package dev.quorate.agents;

import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;

/// The transient attributes of this node that an instance keeps up to date.
///
/// @param context of the instance
public record NodeAttributes(InstanceContext context) {
  /// Proposes a value, unless the cluster knows it already.
  ///
  /// @param state what the cluster knows
  /// @param value empty removes the attribute
  /// @return whether it was news
  public boolean say(ClusterState state, String name, String value) {
    if (state.attribute(context.self(), name).equals(value)) {
      return false;
    }
    context.propose(
        new ClusterCommand.SetAttribute(context.self(), context.incarnation(), name, value));
    return true;
  }
}
