package dev.quorate.consensus;

/// What became of a proposed command.
public sealed interface ProposalOutcome {
  /// The command is in the log for good and was applied.
  ///
  /// @param answer what the state machine answered when it applied the command
  record Committed(LogPosition position, String answer) implements ProposalOutcome {}

  /// The command is not in the log and never will be.
  record Rejected(String reason) implements ProposalOutcome {}

  /// Nobody can tell. Proposing the same [CommandId] again is safe.
  record Unknown(String reason) implements ProposalOutcome {}
}
