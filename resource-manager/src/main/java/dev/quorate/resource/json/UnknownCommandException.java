package dev.quorate.resource.json;

/// A text that this version does not understand completely. A node that meets one in its log or in
/// a snapshot must stop: skipping it would make it disagree with the others.
public final class UnknownCommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Says what was not understood.
  public UnknownCommandException(String message) {
    super(message);
  }

  /// Says what was not understood, and why.
  public UnknownCommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
