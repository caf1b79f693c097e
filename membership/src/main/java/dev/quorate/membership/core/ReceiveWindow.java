package dev.quorate.membership.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The messages of one ring that this node holds.
///
/// Picture a bookshelf with numbered places. Books arrive in any order; we read them in order and
/// stop at the first empty place; books that everyone has read are given away.
///
/// Invariants:
/// - `discarded <= delivered <= aru <= high`
/// - every message in `(discarded, aru]` is held
final class ReceiveWindow {
  private final TreeMap<Long, MulticastMessage> held = new TreeMap<>();
  private long discarded;
  private long delivered;
  private long aru;
  private long high;

  /// Keeps a message; false if it was known already.
  boolean add(MulticastMessage message) {
    var sequence = message.sequence();
    if (sequence <= aru || held.putIfAbsent(sequence, message) != null) {
      return false;
    }
    high = Math.max(high, sequence);
    while (held.containsKey(aru + 1)) {
      aru++;
    }
    return true;
  }

  /// Learns that messages up to this one were sent.
  void sentUpTo(long sequence) {
    high = Math.max(high, sequence);
  }

  /// Every message up to this one has been received.
  long aru() {
    return aru;
  }

  /// The highest message that is known to exist.
  long high() {
    return high;
  }

  Optional<MulticastMessage> get(long sequence) {
    return Optional.ofNullable(held.get(sequence));
  }

  /// The messages that can be delivered now: those without a gap before them.
  List<MulticastMessage> takeDeliverable() {
    if (delivered == aru) {
      return List.of();
    }
    var messages = new ArrayList<MulticastMessage>();
    while (delivered < aru) {
      delivered++;
      messages.add(held.get(delivered));
    }
    return messages;
  }

  /// Everything not delivered, gaps or not: for the end of a ring.
  List<MulticastMessage> takeRemaining() {
    var messages = List.copyOf(held.tailMap(delivered, false).values());
    delivered = aru = high = Math.max(high, delivered);
    return messages;
  }

  /// The messages held beyond this number.
  List<MulticastMessage> beyond(long sequence) {
    return List.copyOf(held.tailMap(sequence, false).values());
  }

  /// The first missing messages up to this number, at most so many.
  List<Long> missingUpTo(long sequence, int limit) {
    var missing = new ArrayList<Long>();
    for (long s = aru + 1; s <= sequence && missing.size() < limit; s++) {
      if (!held.containsKey(s)) {
        missing.add(s);
      }
    }
    return missing;
  }

  /// Forgets messages that every member has. None is forgotten before it is delivered.
  void discardUpTo(long sequence) {
    var limit = Math.min(sequence, delivered);
    if (limit > discarded) {
      held.headMap(limit, true).clear();
      discarded = limit;
    }
  }

  /// How many messages are held.
  int size() {
    return held.size();
  }
}
