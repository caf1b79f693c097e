package dev.quorate.daemon;

/// The daemon cannot do its work: one line with the remedy, and what the process exits with.
class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// The command line is wrong.
  static final int USAGE = 64;

  /// A port, file or directory is not to be had.
  static final int UNAVAILABLE = 69;

  /// The node must not go on.
  static final int FAIL_STOP = 70;

  /// The configuration is wrong.
  static final int CONFIG = 78;

  private final int exit;

  StartFailure(int exit, String message) {
    super(message);
    this.exit = exit;
  }

  int exit() {
    return exit;
  }
}
