package dev.quorate.membership.netty;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// What the ring has counted since it started. Read from any thread.
public final class RingCounters {
  /// One count each.
  public enum Count {
    /// Datagrams handed to the network.
    DATAGRAMS_SENT,
    /// Datagrams taken from the network.
    DATAGRAMS_RECEIVED,
    /// Datagrams that the network refused, such as those to a closed port.
    SEND_ERRORS,
    /// Times that the kernel of a peer said that nobody listens there.
    PORTS_CLOSED,
    /// Packets that had to wait for a session and were let go.
    UNSENT,
    /// Dropped: sealed with another key or for another cluster, or damaged.
    DROPPED_UNSEALABLE,
    /// Copies of datagrams that came by another link before.
    REDUNDANT,
    /// Dropped: seen before.
    DROPPED_REPLAYED,
    /// Dropped: of another cluster on the same network.
    DROPPED_FOREIGN,
    /// Dropped unopened: more greetings than a peer can have reason for.
    DROPPED_RATE,
    /// Dropped: greetings of another boot of a node that is not silent.
    DROPPED_TWIN,
    /// Dropped: no peer of this node.
    DROPPED_STRANGER,
    /// Dropped: the seal was right, the content was not.
    DROPPED_MALFORMED,
    /// Sessions begun with peers.
    SESSIONS,
    /// Views installed.
    VIEWS,
    /// Times that the token was lost.
    TOKENS_LOST,
    /// Times that a token was sent again, because the ring gave no sign of it.
    TOKENS_RESENT,
    /// Messages that were sent again, because somebody lacked them.
    MESSAGES_RESENT,
    /// Messages delivered.
    MESSAGES_DELIVERED,
    /// Messages refused.
    MESSAGES_REFUSED,
    /// Times that this node did not run.
    PAUSES
  }

  private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);
  private final LongAccumulator longestRotation = new LongAccumulator(Math::max, 0);
  private final LongAdder rotations = new LongAdder();
  private final LongAdder rotating = new LongAdder();

  /// When the token of the present view came last; written by the ring's thread only.
  private Optional<Instant> lastToken = Optional.empty();

  /// Everything at zero.
  public RingCounters() {
    for (var count : Count.values()) {
      counts.put(count, new LongAdder());
    }
  }

  /// The value at present.
  public long get(Count count) {
    return adder(count).sum();
  }

  /// The longest that this node ever waited for a token that came: what is left of the token
  /// timeout is the margin. Held tokens of an idle ring are waited for as well.
  public Duration longestRotation() {
    return Duration.ofNanos(longestRotation.get());
  }

  /// How often the token came round, of those times that are in [#rotating()].
  public long rotations() {
    return rotations.sum();
  }

  /// How long all rotations took together.
  public Duration rotating() {
    return Duration.ofNanos(rotating.sum());
  }

  void tokenArrived(Instant now) {
    lastToken.ifPresent(last -> {
      var nanos = Duration.between(last, now).toNanos();
      longestRotation.accumulate(nanos);
      rotations.increment();
      rotating.add(nanos);
    });
    lastToken = Optional.of(now);
  }

  /// No token goes round any more.
  void tokenGone() {
    lastToken = Optional.empty();
  }

  void add(Count count) {
    adder(count).increment();
  }

  private LongAdder adder(Count count) {
    return java.util.Objects.requireNonNull(counts.get(count));
  }
}
