package dev.quorate.resource;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What came of an operation.
///
/// @param observed what the instance is now, as far as the agent can tell; meaningless if unknown
/// @param code OCF's exit code (0 ok, 7 not running, 8 running promoted, 9 failed promoted, …)
/// @param reason one line for a human; empty on plain success
/// @param details machine-readable extras, small
public record OperationResult(
    Status status, int code, Role observed, String reason, SortedMap<String, String> details) {
  /// The three outcomes; unknown is treated as neither of the others.
  public enum Status {
    /// Done, and verified by the agent.
    SUCCEEDED,
    /// Not done, and the agent knows it.
    FAILED,
    /// Nobody can tell: look again.
    UNKNOWN
  }

  /// Copies the map, bounds the reason.
  public OperationResult {
    details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
    if (reason.length() > 1000) {
      reason = reason.substring(0, 1000);
    }
  }

  /// Success without more to say.
  public static OperationResult succeeded(Role observed) {
    int code =
        switch (observed) {
          case STOPPED -> 7;
          case STARTED, UNPROMOTED -> 0;
          case PROMOTED -> 8;
        };
    return new OperationResult(Status.SUCCEEDED, code, observed, "", new TreeMap<>());
  }

  /// Failure.
  public static OperationResult failed(int code, Role observed, String reason) {
    return new OperationResult(Status.FAILED, code, observed, reason, new TreeMap<>());
  }

  /// Nobody knows.
  public static OperationResult unknown(String reason) {
    return new OperationResult(Status.UNKNOWN, 1, Role.STOPPED, reason, new TreeMap<>());
  }
}
