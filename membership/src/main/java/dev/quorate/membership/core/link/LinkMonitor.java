package dev.quorate.membership.core.link;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.core.link.LinkReport.Hearing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Watches the links to all peers and says which of them a packet takes.
///
/// Picture several roads to each neighbour. Letters that matter travel on every road, in copies,
/// for one that seemed blocked may just have been opened; parcels take the best one, and a parcel
/// that got lost is sent again on all of them. Now and then each side writes on each road how many
/// carts it has sent there and how well it hears the other on every road: so both know of a road
/// that is blocked in one direction.
///
/// Invariants:
/// - what matters takes every link, whatever is believed of them
/// - a link that lost a part of what it was to carry is not the one for parcels while there is a
///   better one; among equals the first counts
public final class LinkMonitor {
  private static final Duration STAY = Duration.ofSeconds(5);
  private static final int SINGLE_EVERY = 2;

  private final Duration interval;
  private final Duration horizon;
  private final TreeMap<NodeId, PeerLinks> peers = new TreeMap<>();
  private long ticks;

  /// A link whose state changed.
  ///
  /// @param alone whether no other link to the peer carries anything
  public record Change(LinkStatus status, boolean alone) {}

  /// The links to one peer.
  private static final class PeerLinks {
    final List<LinkHealth> links = new ArrayList<>();
    int best;
    Instant preferSince = Instant.MAX;
  }

  /// A monitor as it suits a token timeout.
  public static LinkMonitor of(Duration tokenTimeout) {
    return new LinkMonitor(tokenTimeout.dividedBy(2), tokenTimeout.multipliedBy(3));
  }

  /// Begins with no peers.
  ///
  /// @param interval how often reports are sent where a peer has several links
  /// @param horizon a link that is silent for this long is down
  private LinkMonitor(Duration interval, Duration horizon) {
    this.interval = interval;
    this.horizon = horizon;
  }

  /// How often [#tick] and [#report] are due.
  public Duration interval() {
    return interval;
  }

  /// The peers and how many links each has. What is known of a link that stays is kept.
  public void reach(Instant now, SortedMap<NodeId, Integer> counts) {
    peers.keySet().retainAll(counts.keySet());
    counts.forEach((peer, count) -> {
      var known = peers.computeIfAbsent(peer, _ -> new PeerLinks());
      while (known.links.size() > count) {
        known.links.removeLast();
      }
      while (known.links.size() < count) {
        known.links.add(new LinkHealth(now));
      }
      choose(now, known);
    });
  }

  /// The links that a packet to a peer takes, one bit each; 0 for a stranger.
  ///
  /// @param spare whether one link is enough
  public int route(NodeId peer, boolean spare) {
    var known = peers.get(peer);
    return known == null ? 0 : spare ? 1 << known.best : (1 << known.links.size()) - 1;
  }

  /// Whether reports to this peer are due at this tick: less often where there is no choice.
  public boolean isDue(NodeId peer) {
    var known = peers.get(peer);
    return known != null && (known.links.size() > 1 || ticks % SINGLE_EVERY == 0);
  }

  /// A datagram was sent.
  public void sent(NodeId peer, int link) {
    var health = health(peer, link);
    if (health != null) {
      health.sent();
    }
  }

  /// An authentic datagram came in, for the first time.
  public void heard(Instant now, NodeId peer, int link) {
    var health = health(peer, link);
    if (health != null) {
      health.heard(now);
    }
  }

  /// A copy of a datagram came in that another link had brought before.
  public void copied(NodeId peer, int link) {
    var health = health(peer, link);
    if (health != null) {
      health.copied();
    }
  }

  /// A report came in.
  public void reported(Instant now, NodeId peer, int link, LinkReport report) {
    var known = peers.get(peer);
    var health = health(peer, link);
    if (known == null || health == null) {
      return;
    }
    health.measured(now, report);
    var count = Math.min(known.links.size(), report.hearings().size());
    for (int i = 0; i < count; i++) {
      known.links.get(i).told(now, report.hearings().get(i));
    }
  }

  /// The kernel refused a datagram on a link. Whether all links to the peer are refused now.
  public boolean refused(Instant now, NodeId peer, int link) {
    var known = peers.get(peer);
    var health = health(peer, link);
    if (known == null || health == null) {
      return false;
    }
    health.fault(now.plus(interval.multipliedBy(2)));
    choose(now, known);
    return known.links.stream().allMatch(l -> l.badness(now, hush(known)) >= 3);
  }

  /// The next report for a peer on a link, which counts as sent.
  public LinkReport report(Instant now, NodeId peer, int link) {
    var known = peers.get(peer);
    if (known == null || link >= known.links.size()) {
      throw new IllegalArgumentException("no link " + link + " to " + peer);
    }
    var hearings = new ArrayList<Hearing>(known.links.size());
    known.links.forEach(l -> hearings.add(l.hearing(now)));
    return known.links.get(link).report(now, hearings);
  }

  /// Looks at all links; gives those whose state changed.
  public List<Change> tick(Instant now) {
    ticks++;
    var changes = new ArrayList<Change>();
    for (var entry : peers.entrySet()) {
      var known = entry.getValue();
      var changed = new ArrayList<Integer>();
      for (int i = 0; i < known.links.size(); i++) {
        if (known.links.get(i).review(now, horizonOf(known))) {
          changed.add(i);
        }
      }
      choose(now, known);
      if (!changed.isEmpty()) {
        var alone = known.links.stream().allMatch(l -> l.state() == LinkState.DOWN);
        changed.forEach(i -> changes.add(new Change(status(entry.getKey(), known, i), alone)));
      }
    }
    return changes;
  }

  /// How all links do.
  public List<LinkStatus> status() {
    var all = new ArrayList<LinkStatus>();
    for (Map.Entry<NodeId, PeerLinks> entry : peers.entrySet()) {
      for (int i = 0; i < entry.getValue().links.size(); i++) {
        all.add(status(entry.getKey(), entry.getValue(), i));
      }
    }
    return all;
  }

  private static LinkStatus status(NodeId peer, PeerLinks known, int link) {
    var health = known.links.get(link);
    return new LinkStatus(
        peer,
        link,
        health.state(),
        health.roundTrip(),
        health.lossIn(),
        health.lossOut(),
        known.best == link);
  }

  private @Nullable LinkHealth health(NodeId peer, int link) {
    var known = peers.get(peer);
    return known == null || link >= known.links.size() ? null : known.links.get(link);
  }

  /// A peer with one link says little: it takes longer to be called silent.
  private Duration horizonOf(PeerLinks known) {
    return known.links.size() > 1 ? horizon : horizon.multipliedBy(SINGLE_EVERY);
  }

  private Duration hush(PeerLinks known) {
    return interval.multipliedBy(known.links.size() > 1 ? 3 : 3 * SINGLE_EVERY);
  }

  /// Leaves the present link at once for a better one; returns to an earlier one of equal worth
  /// only after it has been so for a while.
  private void choose(Instant now, PeerLinks known) {
    var hush = hush(known);
    var least = 0;
    for (int i = 0; i < known.links.size(); i++) {
      var link = known.links.get(i);
      if (link.badness(now, hush) < known.links.get(least).badness(now, hush)) {
        least = i;
      }
    }
    var current = Math.min(known.best, known.links.size() - 1);
    if (known.links.get(least).badness(now, hush) < known.links.get(current).badness(now, hush)) {
      current = least;
      known.preferSince = Instant.MAX;
    } else if (least >= current) {
      known.preferSince = Instant.MAX;
    } else if (known.preferSince.equals(Instant.MAX)) {
      known.preferSince = now;
    } else if (!now.isBefore(known.preferSince.plus(STAY))) {
      current = least;
      known.preferSince = Instant.MAX;
    }
    known.best = current;
  }
}
