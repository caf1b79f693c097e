package dev.quorate.resource;

import java.time.Duration;

/// How one kind of operation is to be executed.
///
/// @param interval zero for operations that are not recurring
/// @param timeout at least 1 ms
/// @param role the role in which a recurring monitor runs; [Role#STARTED] where it does not matter
public record OperationDefinition(
    OperationKind kind, Duration interval, Duration timeout, Role role, OnFail onFail) {
  /// Checks the durations.
  public OperationDefinition {
    if (interval.isNegative() || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          kind + ": interval must not be negative and timeout must be positive");
    }
  }
}
