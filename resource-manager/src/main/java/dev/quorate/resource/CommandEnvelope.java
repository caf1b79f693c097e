package dev.quorate.resource;

/// A command as it stands in the log.
///
/// @param format the version of the form; a node that does not know it stops
/// @param wallMillis the proposer's wall clock, for display and calendar rules only
public record CommandEnvelope(int format, long wallMillis, ClusterCommand command) {
  /// The form that this version writes.
  public static final int FORMAT = 1;

  /// Wraps a command in the present form.
  public static CommandEnvelope of(long wallMillis, ClusterCommand command) {
    return new CommandEnvelope(FORMAT, wallMillis, command);
  }
}
