package dev.quorate.daemon.secrets;

/// A key or certificate cannot be used; the message names the file and the remedy.
public final class SecretsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// With the remedy in the message.
  public SecretsException(String message) {
    super(message);
  }

  /// With the remedy in the message.
  public SecretsException(String message, Throwable cause) {
    super(message, cause);
  }
}
