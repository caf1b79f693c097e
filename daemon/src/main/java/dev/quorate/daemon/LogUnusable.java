package dev.quorate.daemon;

/// The node's log is damaged or gone: the daemon stays, the node takes no part until the log is
/// rebuilt.
final class LogUnusable extends StartFailure {
  private static final long serialVersionUID = 1L;

  LogUnusable(String message) {
    super(UNAVAILABLE, message);
  }
}
