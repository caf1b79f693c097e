package dev.quorate.agents.core.postgresql;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Durability;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which standbys the promise should count, so that a short absence changes nothing.
///
/// A standby counts as soon as it streams, and until it has been away for the patience, or is known
/// to be gone. Confined to one thread.
public final class StandbyPresence {
  private final Duration patience;
  private final SortedMap<NodeId, Instant> lastSeen = new TreeMap<>();

  /// Nobody has been seen yet.
  ///
  /// @param patience how long an absent standby still counts
  public StandbyPresence(Duration patience) {
    this.patience = patience;
  }

  /// Starts anew, as for a new primary: those whom the promise names have the patience to appear.
  ///
  /// @param now the time
  /// @param promised whom the promise names
  public void reset(Instant now, Iterable<NodeId> promised) {
    lastSeen.clear();
    promised.forEach(n -> lastSeen.put(n, now));
  }

  /// What the promise should become.
  ///
  /// @param now the time
  /// @param streaming who streams now
  /// @param gone who is known to be gone
  /// @param durability what the resource is configured for
  public SyncNames wanted(
      Instant now, SortedSet<NodeId> streaming, SortedSet<NodeId> gone, Durability durability) {
    streaming.forEach(n -> lastSeen.put(n, now));
    SortedSet<NodeId> members = new TreeSet<>();
    for (Map.Entry<NodeId, Instant> entry : lastSeen.entrySet()) {
      boolean away = Duration.between(entry.getValue(), now).compareTo(patience) > 0;
      if (streaming.contains(entry.getKey()) || (!away && !gone.contains(entry.getKey()))) {
        members.add(entry.getKey());
      }
    }
    return switch (durability) {
      case ASYNC -> SyncNames.of(new TreeSet<>(), 0);
      case SYNC -> SyncNames.of(members, Math.min(1, members.size()));
      case SYNC_STRICT -> SyncNames.of(members, 1);
    };
  }
}
