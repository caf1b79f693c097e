package dev.quorate.consensus;

/// Receives the log's events. Called on the log's own threads, one call at a time; must return at
/// once.
public interface LogListener {
  /// Something other than an entry happened.
  void logEvent(LogEvent event);
}
