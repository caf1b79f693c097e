package dev.quorate.agents.core.postgresql;

import dev.quorate.resource.Durability;
import dev.quorate.resource.NoCandidatePolicy;
import dev.quorate.resource.TimeText;
import java.time.Duration;
import java.util.SortedMap;

/// What may be lost with the last primary when another instance is promoted.
///
/// @param allowed whether acknowledged writes may be lost at all: the mode `async`
/// @param bytes how much of its log, if they may; 0 for any amount
/// @param time the writes of how long a time, if they may; zero for any
/// @param bestEffort whether the best candidate is promoted nevertheless if none keeps to that
public record LossRule(boolean allowed, long bytes, Duration time, boolean bestEffort) {
  /// The parameter with the most bytes.
  public static final String BYTES = "maxlag";

  /// The parameter with the longest time.
  public static final String TIME = "maxlag-time";

  /// Nothing may be lost.
  public static final LossRule NOTHING = new LossRule(false, 0, Duration.ZERO, false);

  /// Whatever the best candidate lacks.
  public static final LossRule ANYTHING = new LossRule(true, 0, Duration.ZERO, false);

  /// What a resource is configured for. The bounds count in the mode `async` only: in the others
  /// nothing may be lost.
  ///
  /// @param parameters of the resource, without problems
  public static LossRule of(
      Durability durability, NoCandidatePolicy otherwise, SortedMap<String, String> parameters) {
    return new LossRule(
        durability == Durability.ASYNC,
        ByteSize.parse(parameters.getOrDefault(BYTES, "0")).orElse(0),
        TimeText.parse(parameters.getOrDefault(TIME, "0")).orElse(Duration.ZERO),
        otherwise == NoCandidatePolicy.BEST_EFFORT);
  }

  /// Whether there is a bound.
  boolean bounded() {
    return bytes > 0 || !time.isZero();
  }

  /// Whether an instance that lacks this may be promoted. What nobody knows is within no bound.
  boolean permits(LossEstimate loss) {
    if (!allowed) {
      return false;
    }
    boolean few = bytes == 0 || loss.bytes().stream().anyMatch(lost -> lost <= bytes);
    boolean brief = time.isZero() || loss.time().filter(t -> t.compareTo(time) <= 0).isPresent();
    return few && brief;
  }

  /// The bounds in plain words.
  String text() {
    return bytes > 0 && !time.isZero()
        ? "%s=%d and %s=%ss".formatted(BYTES, bytes, TIME, time.toSeconds())
        : bytes > 0 ? "%s=%d".formatted(BYTES, bytes) : "%s=%ss".formatted(TIME, time.toSeconds());
  }
}
