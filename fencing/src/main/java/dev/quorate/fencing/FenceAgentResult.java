package dev.quorate.fencing;

/// What became of a call to a fence agent.
public sealed interface FenceAgentResult {
  /// The agent ended by itself.
  ///
  /// @param exitCode 0 success or *on*; 2 *off* for `status`; others are failures
  /// @param message the end of what it said on the error stream, secrets masked
  record Exited(int exitCode, String message) implements FenceAgentResult {}

  /// The agent was killed at its deadline or because it was no longer wanted; what it had done by
  /// then is not known.
  record Killed(String message) implements FenceAgentResult {}

  /// The agent was never started, so nothing happened.
  record NotStarted(String reason) implements FenceAgentResult {}
}
