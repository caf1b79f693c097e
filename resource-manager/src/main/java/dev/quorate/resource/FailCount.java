package dev.quorate.resource;

/// How often a resource failed on a node since the last cleanup.
///
/// @param count at least 1, at most [Score#INFINITY], which means "never again here"
/// @param lastFailureMillis wall-clock time of the last failure, for expiry and display
/// @param operation the last failed operation
/// @param reason the last failure, for a human
public record FailCount(
    int count, long lastFailureMillis, OperationKind operation, String reason) {}
