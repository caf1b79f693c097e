package dev.quorate.simulation;

import dev.quorate.resource.ClusterState;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import java.util.function.Consumer;

/// One resource on one node, as long as a daemon runs.
interface SimulatedAgent {
  /// Executes an operation and says what came of it, later.
  void run(OperationKind kind, Operation operation);

  /// The cluster agreed on a new state.
  void stateChanged(ClusterState state);

  /// Stops everything at once; a running operation has been interrupted.
  void emergencyStop(Consumer<OperationResult> done);

  /// Something that somebody waits for, unless it was interrupted or the time is up.
  final class Operation {
    private final Consumer<OperationResult> done;
    private boolean ended;

    Operation(Consumer<OperationResult> done) {
      this.done = done;
    }

    boolean ended() {
      return ended;
    }

    void end(OperationResult result) {
      if (!ended) {
        ended = true;
        done.accept(result);
      }
    }
  }
}
