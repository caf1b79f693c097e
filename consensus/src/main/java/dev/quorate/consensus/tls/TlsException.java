package dev.quorate.consensus.tls;

/// Keys or certificates are missing, unreadable or do not fit together.
public final class TlsException extends RuntimeException {
  /// Says what is wrong and where.
  public TlsException(String message) {
    super(message);
  }

  /// Says what is wrong and where.
  public TlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
