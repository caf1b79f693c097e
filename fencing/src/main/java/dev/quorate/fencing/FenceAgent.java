package dev.quorate.fencing;

/// Carries a call to a device and waits for the answer.
public interface FenceAgent {
  /// Runs the call; blocks until the agent has ended or was killed.
  ///
  /// @throws InterruptedException if the caller no longer wants the answer; the agent was killed
  FenceAgentResult run(FenceAgentCall call) throws InterruptedException;
}
