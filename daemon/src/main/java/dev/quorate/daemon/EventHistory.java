package dev.quorate.daemon;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// The last things that happened, as this node knows them, for `hactl history`.
final class EventHistory {
  private static final int MOST = 500;

  private final Deque<Event> events = new ArrayDeque<>();

  private record Event(Instant at, String text) {
    @Override
    public String toString() {
      return at.truncatedTo(ChronoUnit.MILLIS) + " " + text;
    }
  }

  /// It happens now.
  void add(String text) {
    add(Instant.now(), text);
  }

  /// It happened then.
  synchronized void add(Instant at, String text) {
    if (events.size() >= MOST) {
      events.removeFirst();
    }
    events.addLast(new Event(at, text));
  }

  void add(String text, Map<String, String> keys) {
    StringBuilder line = new StringBuilder(text);
    keys.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
    add(line.toString());
  }

  /// By time; what is read later than it happened comes to its place.
  synchronized List<String> lines() {
    return events.stream().sorted(Comparator.comparing(Event::at)).map(Event::toString).toList();
  }
}
