package dev.quorate.consensus;

/// The log that this node once kept is not where it was.
///
/// A node without its log must not vote under its old name: together with a node that is behind it
/// could form a majority that lacks entries which were acknowledged.
public final class LogLostException extends ConsensusException {
  private static final long serialVersionUID = 1L;

  /// Makes the exception.
  ///
  /// @param message names the directory, what is wrong, and the remedy
  public LogLostException(String message) {
    super(message);
  }
}
