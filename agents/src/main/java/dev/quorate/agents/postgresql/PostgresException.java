package dev.quorate.agents.postgresql;

/// A deed on the local PostgreSQL did not succeed; the message says why, in one line.
final class PostgresException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PostgresException(String message) {
    super(message);
  }

  PostgresException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
