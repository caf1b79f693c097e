package dev.quorate.daemon.cli;

/// What `hactl` exits with. Stable.
public enum ExitCode {
  /// Done.
  OK(0, "done"),
  /// Not done.
  FAILED(1, "failed"),
  /// The command line is wrong; nothing was done.
  USAGE(2, "the command line is wrong, nothing was done"),
  /// A safety rule forbids it; nothing was done.
  REFUSED(3, "refused by a safety rule, nothing was done"),
  /// There is no quorum, so nothing can be decided.
  NO_QUORUM(4, "no quorum"),
  /// It was begun and did not end in time.
  TIMEOUT(5, "begun, not finished in time"),
  /// The user may not do this.
  PERMISSION(6, "no permission"),
  /// Some of it was done; the message says what was not.
  PARTLY(7, "partly done");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /// The number.
  public int code() {
    return code;
  }

  /// The meaning, for the reference.
  public String meaning() {
    return meaning;
  }
}
