package dev.quorate.consensus.core;

/// Bytes of a log entry or snapshot are in a format that this version does not know, or damaged. A
/// node that meets one in its log must stop: to skip it would be to diverge.
public final class UnknownFormatException extends RuntimeException {
  /// Says what was met.
  public UnknownFormatException(String message) {
    super(message);
  }
}
