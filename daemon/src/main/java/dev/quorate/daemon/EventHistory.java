package dev.quorate.daemon;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// The last things that happened on this node, for `hactl history`.
final class EventHistory {
  private static final int MOST = 500;

  private final Deque<String> lines = new ArrayDeque<>();

  synchronized void add(String text) {
    if (lines.size() >= MOST) {
      lines.removeFirst();
    }
    lines.addLast(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + text);
  }

  void add(String text, Map<String, String> keys) {
    StringBuilder line = new StringBuilder(text);
    keys.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
    add(line.toString());
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }
}
