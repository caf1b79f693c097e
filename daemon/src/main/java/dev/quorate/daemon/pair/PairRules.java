package dev.quorate.daemon.pair;

import java.time.Duration;
import java.util.Optional;

/// What the last applied state says about the arbitration.
///
/// @param wanted whether a survivor may go on alone
/// @param delay how long this side waits before it fences
/// @param hold why the peer is not fenced now, whatever else holds
public record PairRules(boolean wanted, Duration delay, Optional<String> hold) {}
