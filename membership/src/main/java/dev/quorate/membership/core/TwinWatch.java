package dev.quorate.membership.core;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Tells a machine that has booted again from one that was copied: name, keys and all.
///
/// Think of a colleague who telephones while he is sitting next to you. Someone who calls under his
/// name after he has fallen silent may well be he, back at his desk.
///
/// Invariants:
/// - a life of another boot takes a node's place only once the present one is silent
/// - nobody is called a twin unless the one whose place it wanted was heard afterwards
public final class TwinWatch {
  /// What was under way when a machine went down arrives within this time.
  private static final Duration STRAGGLERS = Duration.ofMillis(500);

  private static final Duration MEMORY = Duration.ofMinutes(1);

  private final Duration silence;
  private final TreeMap<NodeId, Instant> heard = new TreeMap<>();
  private final TreeMap<NodeId, Claim> claims = new TreeMap<>();
  private final TreeMap<NodeId, Claim> proven = new TreeMap<>();

  /// Two machines that have one name.
  ///
  /// @param from where the one speaks that was refused
  public record Twin(NodeId node, String from) {}

  /// A word of another boot while the present one was not silent.
  private record Claim(Instant since, Instant last, String from) {}

  /// A live node is heard of more often than every `silence`.
  public TwinWatch(Duration silence) {
    this.silence = silence;
  }

  /// A node's present life was heard; gives its twin, if there is one and it is news.
  public Optional<Twin> heard(Instant now, NodeId node) {
    heard.put(node, now);
    var claim = claims.get(node);
    if (claim == null || now.isBefore(claim.since().plus(STRAGGLERS))) {
      return Optional.empty();
    }
    claims.remove(node);
    var before = proven.put(node, claim);
    return before == null || claim.since().isAfter(before.last().plus(MEMORY))
        ? Optional.of(new Twin(node, claim.from()))
        : Optional.empty();
  }

  /// Whether another boot may take the node's place.
  public boolean isSilent(Instant now, NodeId node) {
    var last = heard.get(node);
    return last == null || !now.isBefore(last.plus(silence));
  }

  /// Another boot wanted the node's place and did not get it.
  public void refused(Instant now, NodeId node, String from) {
    var before = claims.get(node);
    var since = before == null || now.isAfter(before.last().plus(silence)) ? now : before.since();
    claims.put(node, new Claim(since, now, from));
  }

  /// Those who were heard of in the last minute.
  public List<Twin> twins(Instant now) {
    proven.values().removeIf(claim -> now.isAfter(claim.last().plus(MEMORY)));
    return proven.entrySet().stream()
        .map(entry -> new Twin(entry.getKey(), entry.getValue().from()))
        .toList();
  }
}
