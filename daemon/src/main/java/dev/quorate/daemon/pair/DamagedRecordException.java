package dev.quorate.daemon.pair;

/// The survivor's record cannot be trusted, and without it the node must not take part.
public final class DamagedRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Names the file and the remedy.
  DamagedRecordException(String message) {
    super(message);
  }
}
