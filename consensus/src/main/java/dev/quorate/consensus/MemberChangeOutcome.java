package dev.quorate.consensus;

/// What became of a change of the log's members.
public sealed interface MemberChangeOutcome {
  /// It is committed.
  record Done() implements MemberChangeOutcome {}

  /// It was not begun, or given up; nothing changed.
  record Refused(String reason) implements MemberChangeOutcome {}

  /// It may have happened, or happen yet: [ReplicatedLog#members()] tells in time.
  record Unknown(String reason) implements MemberChangeOutcome {}
}
