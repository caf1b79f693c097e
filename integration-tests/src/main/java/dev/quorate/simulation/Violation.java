package dev.quorate.simulation;

/// A property of the cluster did not hold.
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final String property;

  /// @param property its short name, as `P1`
  Violation(String property, String message) {
    super(property + ": " + message);
    this.property = property;
  }

  String property() {
    return property;
  }
}
