package dev.quorate.membership.core;

/// How many messages may be sent at one visit of the token.
///
/// The slowest member holds the ring's `aru` back; nobody sends further ahead of it than the
/// window.
record FlowControl(int window, int messagesPerVisit) {
  int quota(Token token) {
    var ahead = token.sequence() - token.aru();
    return (int) Math.max(0, Math.min(messagesPerVisit, window - ahead));
  }

  /// Whether a message is so far ahead of what was received that no correct sender sent it.
  boolean isImplausible(long sequence, long aru) {
    return sequence > aru + 2L * window + messagesPerVisit;
  }
}
