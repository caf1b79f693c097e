package dev.quorate.fencing.core;

import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FenceDevice;
import dev.quorate.fencing.FencingOutcome;
import java.time.Duration;

/// What a [FencingAttempt] wants next.
sealed interface AttemptStep {
  /// Come back after this time.
  record Pause(Duration time) implements AttemptStep {}

  /// Ask a device, as soon as it is free.
  record Ask(FenceDevice device, FenceAction action, Duration timeout) implements AttemptStep {}

  /// The outcome is known; no further question belongs to it.
  record Decided(FencingOutcome outcome) implements AttemptStep {}
}
