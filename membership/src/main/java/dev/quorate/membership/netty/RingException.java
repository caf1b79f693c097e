package dev.quorate.membership.netty;

/// The ring cannot be started: an address in use, an unreadable sequence file.
public final class RingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RingException(String message, Throwable cause) {
    super(message, cause);
  }
}
