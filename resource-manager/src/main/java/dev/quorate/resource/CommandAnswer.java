package dev.quorate.resource;

/// What the state machine says to the proposer of a command.
public sealed interface CommandAnswer {
  /// Applied.
  ///
  /// @param note a remark for the operator, or empty text
  record Accepted(String note) implements CommandAnswer {}

  /// Changed nothing.
  ///
  /// @param code stable, as `HA-CONF-003`
  /// @param message what is wrong, and where
  /// @param hint what to do; may be empty
  record Refused(String code, String message, String hint) implements CommandAnswer {}
}
