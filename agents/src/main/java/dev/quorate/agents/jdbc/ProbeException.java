package dev.quorate.agents.jdbc;

/// The local PostgreSQL did not answer, or not with what was asked.
public final class ProbeException extends RuntimeException {
  private final boolean late;

  ProbeException(String message, boolean late) {
    super(message);
    this.late = late;
  }

  /// Whether the deadline passed: it may be hung, rather than gone.
  public boolean late() {
    return late;
  }
}
