package dev.quorate.resource.core.state;

import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import java.util.List;

/// What came of a command.
///
/// @param changes what is different, in the order in which it follows; empty if refused
/// @param answer for the proposer
public record Applied(ClusterState state, List<ClusterChange> changes, CommandAnswer answer) {
  /// Copies the list.
  public Applied {
    changes = List.copyOf(changes);
  }

  /// Whether the command was accepted.
  public boolean accepted() {
    return answer instanceof CommandAnswer.Accepted;
  }
}
