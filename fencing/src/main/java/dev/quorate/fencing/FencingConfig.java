package dev.quorate.fencing;

import java.time.Duration;

/// The settings of fencing that hold for all devices.
///
/// @param timeout the longest one action on one device may take, retries included, unless the
///   device says otherwise (`fencing-timeout`)
/// @param maxAttempts after this many failed requests in a row for one target, further ones start
///   at the slow pace (`fencing-max-attempts`); they never stop, or a repaired device would need a
///   manual step
/// @param retryPause least time between a failed request and the start of the next for that target
/// @param slowRetryPause the same once `maxAttempts` is reached; an outage lasts that much longer
///   than the device's own
/// @param verifyReads how often the state is read after an `off` before the device is disbelieved
/// @param verifyPause time between those reads
/// @param historyLimit how many history entries are kept
/// @param requestLimit how many targets may be fenced at the same time
public record FencingConfig(
    Duration timeout,
    int maxAttempts,
    Duration retryPause,
    Duration slowRetryPause,
    int verifyReads,
    Duration verifyPause,
    int historyLimit,
    int requestLimit) {
  /// What holds when nothing is configured.
  public static final FencingConfig DEFAULT =
      new FencingConfig(
          Duration.ofSeconds(60),
          10,
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          3,
          Duration.ofMillis(300),
          100,
          32);

  /// Checks the values.
  public FencingConfig {
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("fencing-timeout must be at least 1 s: " + timeout);
    }
    if (maxAttempts < 1 || verifyReads < 1 || historyLimit < 1 || requestLimit < 1) {
      throw new IllegalArgumentException(
          "fencing-max-attempts, reads and limits must be positive: "
              + maxAttempts
              + ", "
              + verifyReads
              + ", "
              + historyLimit
              + ", "
              + requestLimit);
    }
    if (retryPause.isNegative() || slowRetryPause.isNegative() || verifyPause.isNegative()) {
      throw new IllegalArgumentException("pauses must not be negative");
    }
  }

  /// The same with another time-out.
  public FencingConfig withTimeout(Duration newTimeout) {
    return new FencingConfig(
        newTimeout,
        maxAttempts,
        retryPause,
        slowRetryPause,
        verifyReads,
        verifyPause,
        historyLimit,
        requestLimit);
  }

  /// The same with another number of attempts at full pace.
  public FencingConfig withMaxAttempts(int newMaxAttempts) {
    return new FencingConfig(
        timeout,
        newMaxAttempts,
        retryPause,
        slowRetryPause,
        verifyReads,
        verifyPause,
        historyLimit,
        requestLimit);
  }
}
