package dev.quorate.consensus;

/// The log cannot be opened or used at all; the message names what and where.
public sealed class ConsensusException extends RuntimeException
    permits LogDamagedException, LogLostException {
  private static final long serialVersionUID = 1L;

  /// Says what failed.
  public ConsensusException(String message) {
    super(message);
  }

  /// Says what failed, and why.
  public ConsensusException(String message, Throwable cause) {
    super(message, cause);
  }
}
