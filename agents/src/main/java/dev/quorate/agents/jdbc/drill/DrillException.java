package dev.quorate.agents.jdbc.drill;

/// The drill cannot begin, or not be read back.
public final class DrillException extends RuntimeException {
  private final boolean occupied;

  /// Another drill's schema is in the way.
  DrillException(String message) {
    super(message);
    occupied = true;
  }

  /// The database cannot be reached, or refuses.
  DrillException(String message, Throwable cause) {
    super(message, cause);
    occupied = false;
  }

  /// Whether another drill's schema is in the way.
  public boolean occupied() {
    return occupied;
  }
}
