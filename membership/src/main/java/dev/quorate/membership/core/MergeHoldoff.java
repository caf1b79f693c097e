package dev.quorate.membership.core;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// When to follow the call of a foreign ring.
///
/// A node that some of us hear and others do not would otherwise break the ring at each of its
/// calls: after a merge that did not bring it in, its next call counts only after a while, twice as
/// long each time.
final class MergeHoldoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(16);
  private static final Duration FORGET = Duration.ofSeconds(60);

  private final TreeMap<NodeId, Wait> waits = new TreeMap<>();
  private Optional<NodeId> invited = Optional.empty();

  private record Wait(Duration length, Instant until) {}

  /// Whether to follow a call; if so, its outcome is awaited.
  boolean follow(Instant now, NodeId caller) {
    var wait = waits.get(caller);
    if (wait != null && now.isBefore(wait.until())) {
      return false;
    }
    if (wait != null && now.isAfter(wait.until().plus(FORGET))) {
      waits.remove(caller);
    }
    invited = Optional.of(caller);
    return true;
  }

  /// Learns how a merge ended: whoever it did not bring in, or cost us, waits.
  void installed(Instant now, Optional<View> previous, View view) {
    if (invited.isEmpty()) {
      return;
    }
    var missed = new TreeSet<NodeId>();
    missed.add(invited.get());
    previous.ifPresent(v -> missed.addAll(v.nodes()));
    missed.removeAll(view.nodes());
    missed.forEach(node -> waits.put(node, next(now, waits.get(node))));
    invited = Optional.empty();
  }

  private static Wait next(Instant now, @Nullable Wait last) {
    var length = last == null ? FIRST : last.length().multipliedBy(2);
    var bounded = length.compareTo(LONGEST) > 0 ? LONGEST : length;
    return new Wait(bounded, now.plus(bounded));
  }
}
