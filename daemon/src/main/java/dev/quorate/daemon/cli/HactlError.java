package dev.quorate.daemon.cli;

/// A command ends here: what is wrong, where, and what to do about it.
public final class HactlError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exit;
  private final String code;
  private final String hint;

  /// An error with a stable code.
  public HactlError(ExitCode exit, String code, String message, String hint) {
    super(message);
    this.exit = exit;
    this.code = code;
    this.hint = hint;
  }

  /// The command line is wrong.
  public static HactlError usage(String message, String hint) {
    return new HactlError(ExitCode.USAGE, "HA-CLI-001", message, hint);
  }

  /// It was tried and did not work.
  public static HactlError failed(String message, String hint) {
    return new HactlError(ExitCode.FAILED, "HA-CLI-002", message, hint);
  }

  /// It did not happen in time.
  public static HactlError timeout(String message, String hint) {
    return new HactlError(ExitCode.TIMEOUT, "HA-CLI-003", message, hint);
  }

  /// What the process exits with.
  public ExitCode exit() {
    return exit;
  }

  /// The stable code.
  public String code() {
    return code;
  }

  /// What is wrong.
  public String message() {
    return String.valueOf(getMessage());
  }

  /// What to do; may be empty.
  public String hint() {
    return hint;
  }
}
