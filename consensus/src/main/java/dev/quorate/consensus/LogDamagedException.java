package dev.quorate.consensus;

/// The log that this node keeps cannot be opened as it is.
///
/// What it holds is not known for certain, so nothing is served from it, and the node does not
/// vote.
public final class LogDamagedException extends ConsensusException {
  private static final long serialVersionUID = 1L;

  /// Makes the exception.
  ///
  /// @param message names the directory and what is wrong
  public LogDamagedException(String message, Throwable cause) {
    super(message, cause);
  }
}
