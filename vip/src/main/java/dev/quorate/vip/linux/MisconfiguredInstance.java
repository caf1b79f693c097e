package dev.quorate.vip.linux;

import dev.quorate.agents.ResourceInstance;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.List;

/// An address whose parameters make no sense: it cannot be started, and nobody can tell whether an
/// address of earlier parameters is still there.
final class MisconfiguredInstance implements ResourceInstance {
  private static final int NOT_CONFIGURED = 6;

  private final String reason;

  MisconfiguredInstance(List<String> problems) {
    reason = String.join("; ", problems);
  }

  @Override
  public OperationResult run(OperationKind operation, Duration deadline) {
    return switch (operation) {
      case STOP, MONITOR -> OperationResult.unknown(reason);
      case START, PROMOTE, DEMOTE, RELOAD ->
          OperationResult.failed(NOT_CONFIGURED, Role.STOPPED, reason);
    };
  }

  @Override
  public void stateChanged(ClusterState state) {}

  @Override
  public OperationResult emergencyStop(Duration deadline) {
    return OperationResult.failed(NOT_CONFIGURED, Role.STOPPED, reason);
  }

  @Override
  public void close() {}
}
