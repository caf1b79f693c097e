package dev.quorate.agents;

import dev.quorate.resource.ClusterState;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import java.time.Duration;
import java.util.List;

/// One resource on this node.
///
/// [#run] and [#emergencyStop] block and are called on virtual threads, [#run] by one thread at a
/// time; [#stateChanged] must return at once.
public interface ResourceInstance extends AutoCloseable {
  /// Executes an operation; idempotent. Never throws for an expected failure; gives up by itself
  /// when the deadline passes, and then says [OperationResult.Status#UNKNOWN].
  OperationResult run(OperationKind operation, Duration deadline);

  /// The cluster agreed on a new state. Called for each, in order, from one thread.
  void stateChanged(ClusterState state);

  /// Quorum is lost: stop now and without asking anyone, cut clients first. Interrupts a running
  /// operation. Success means that nothing of the instance is left.
  OperationResult emergencyStop(Duration deadline);

  /// Looks for what an administrator should change about the resource on this node: settings,
  /// permissions, other programs that interfere. Changes nothing, may take some seconds, and may be
  /// called beside [#run]. An agent that has nothing to look for finds nothing.
  default List<Finding> examine() {
    return List.of();
  }

  /// Puts right what [#examine] finds wrong with settings, in a file that is the agent's own;
  /// others are left as they are. May take some seconds, and may be called beside [#run].
  ///
  /// @param write whether it shall, or only say what it would do
  /// @return what is left to be done; an agent that writes no settings has nothing
  default Setup setUp(boolean write) {
    return Setup.nothing("");
  }

  /// The last lines that the resource itself wrote of what it does, the oldest first. Changes
  /// nothing, and may be called beside [#run]. An agent whose resource writes nothing has none.
  ///
  /// @param lines how many at most
  default List<String> lastWords(int lines) {
    return List.of();
  }

  /// Forgets the resource on this node without stopping it.
  @Override
  void close();
}
