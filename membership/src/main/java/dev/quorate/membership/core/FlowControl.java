package dev.quorate.membership.core;

/// How many messages may be sent at one visit of the token.
///
/// The slowest member holds the ring's `aru` back; nobody sends further ahead of it than the
/// window. What all send while the token goes round once stays within the window too, and is shared
/// in proportion to what waits where, so that those who come late in the round get their part.
record FlowControl(int window, int messagesPerVisit) {
  /// The most bytes that a node sends at one visit, give or take a message: the others' sockets
  /// must be able to hold what all send at once.
  static final int BYTES_PER_VISIT = 128 << 10;

  /// What a node may send now.
  ///
  /// @param others what the other members have sent since the token was here
  /// @param mine how much waits here
  /// @param all how much waits on all members
  int quota(Token token, int others, int mine, int all) {
    if (mine == 0) {
      return 0;
    }
    var ahead = token.sequence() - token.aru();
    var share = Math.max(1, (long) window * mine / Math.max(mine, all));
    var room = Math.min(window - ahead, window - others);
    return (int) Math.max(0, Math.min(Math.min(messagesPerVisit, share), room));
  }

  /// Whether a message is so far ahead of what was received that no correct sender sent it.
  boolean isImplausible(long sequence, long aru) {
    return sequence > aru + 2L * window + messagesPerVisit;
  }
}
