package dev.quorate.agents.process;

import java.time.Duration;

/// What came of running a program.
public sealed interface ProcessOutcome {
  /// It ended by itself.
  ///
  /// @param code its exit code; 128 + N if signal N ended it
  /// @param output what it wrote to standard output, cut at the limit
  /// @param errors what it wrote to standard error, cut at the limit
  record Exited(int code, String output, String errors) implements ProcessOutcome {}

  /// The deadline passed; it and all that it started were killed.
  ///
  /// @param after how long it was given
  /// @param output what it wrote until then
  /// @param errors what it wrote until then
  record TimedOut(Duration after, String output, String errors) implements ProcessOutcome {}

  /// It could not be started.
  ///
  /// @param reason the system's words
  record NotStarted(String reason) implements ProcessOutcome {}

  /// Whether it ended with code 0.
  default boolean ok() {
    return this instanceof Exited(var code, _, _) && code == 0;
  }

  /// Standard output, or empty text if it never ran.
  default String text() {
    return switch (this) {
      case Exited(_, var output, _) -> output;
      case TimedOut(_, var output, _) -> output;
      case NotStarted(_) -> "";
    };
  }

  /// One line that says what went wrong, for a human.
  default String problem() {
    return switch (this) {
      case Exited(var code, var output, var errors) ->
          "exit code " + code + lastLine(errors.isBlank() ? output : errors);
      case TimedOut(var after, var output, var errors) ->
          "no end within "
              + after.toMillis()
              + " ms"
              + lastLine(errors.isBlank() ? output : errors);
      case NotStarted(var reason) -> reason;
    };
  }

  private static String lastLine(String text) {
    return text.lines().filter(l -> !l.isBlank()).reduce((_, b) -> b).map(l -> ": " + l).orElse("");
  }
}
