package dev.quorate.daemon.pair;

import java.time.Duration;

/// What the last applied state says about the arbitration.
///
/// @param wanted whether a survivor may go on alone
/// @param delay how long this side waits before it fences
public record PairRules(boolean wanted, Duration delay) {}
