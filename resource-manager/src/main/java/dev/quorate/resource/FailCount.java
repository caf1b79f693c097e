package dev.quorate.resource;

/// How often a resource failed on a node since the last cleanup.
///
/// @param count at least 1, at most [Score#INFINITY], which means "never again here"
/// @param lastFailureMillis wall-clock time of the last failure, for expiry and display
/// @param operation the last failed operation
/// @param reason the last failure, for a human
/// @param stopsInDoubt how many stops in a row ended without anybody knowing how
public record FailCount(
    int count, long lastFailureMillis, OperationKind operation, String reason, int stopsInDoubt) {
  /// A failure that is not a stop in doubt.
  public FailCount(int count, long lastFailureMillis, OperationKind operation, String reason) {
    this(count, lastFailureMillis, operation, reason, 0);
  }
}
