package dev.quorate.daemon;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;

/// A line of the log, on the standard output and in a file alike: the time with its offset (as ISO
/// 8601 writes it), the level, who says it, what, and its keys. Named by `logback.xml`.
public final class LogLine extends PatternLayoutEncoder {
  /// Made by Logback.
  public LogLine() {
    setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg %kvp{DOUBLE}%n%ex{8}");
  }
}
