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
    private Runnable afterwards = () -> {};

    Operation(Consumer<OperationResult> done) {
      this.done = done;
    }

    /// What to do when it ends, however it does.
    void whenEnded(Runnable action) {
      afterwards = action;
    }

    boolean ended() {
      return ended;
    }

    void end(OperationResult result) {
      if (!ended) {
        ended = true;
        afterwards.run();
        done.accept(result);
      }
    }
  }
}
