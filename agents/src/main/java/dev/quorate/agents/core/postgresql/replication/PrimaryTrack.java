package dev.quorate.agents.core.postgresql.replication;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.LastWrite;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How far a primary had written when: footprints, so that a position can be given an age. It stays
/// when the primary is gone, which is when it matters.
///
/// The younger half of the footprints is as dense as they came; the older half is thinned out
/// whenever there are too many, so that few of them reach back far. Times are those of hearing, by
/// the hearer's monotonic clock. Confined to one thread.
///
/// Invariants:
/// - at most [#MOST] footprints, positions and times rising;
/// - the newest position that was heard is among them.
public final class PrimaryTrack {
  /// The most footprints.
  static final int MOST = 64;

  /// A position, and when it was first heard.
  ///
  /// @param end the end of the primary's WAL
  public record Footprint(Instant at, Lsn end) {}

  private final List<Footprint> footprints = new ArrayList<>();
  private @Nullable NodeId primary;
  private int timeline;
  private @Nullable Instant silentSince;

  /// Nothing was heard yet.
  public PrimaryTrack() {}

  /// An instance has said something of itself. Only a primary leaves footprints, and one on an
  /// older line than the one that is tracked does not, unless that one is silent.
  public void heard(Instant now, NodeId node, InstanceReport report) {
    int line = report.figures().timeline();
    boolean known = node.equals(primary) && line == timeline;
    if (!report.primary()) {
      if (node.equals(primary)) {
        silent(now, node);
      }
      return;
    }
    if (!known && primary != null && line <= timeline && silentSince == null) {
      return;
    }
    boolean back = !footprints.isEmpty() && !report.end().reaches(footprints.getLast().end());
    if (!known || back) {
      footprints.clear();
      primary = node;
      timeline = line;
    }
    silentSince = null;
    if (footprints.isEmpty() || !footprints.getLast().end().equals(report.end())) {
      footprints.add(new Footprint(now, report.end()));
      thin();
    }
  }

  private void thin() {
    if (footprints.size() > MOST) {
      for (int i = MOST / 2 - 1; i > 0; i -= 2) {
        footprints.remove(i);
      }
    }
  }

  /// A node says nothing any more.
  public void silent(Instant now, NodeId node) {
    if (node.equals(primary) && silentSince == null) {
      silentSince = now;
    }
  }

  /// The track for the record of an election: the newest footprints, and some of the others.
  ///
  /// @return nothing if no footprint is known
  public Optional<LastWrite> lastWrite(Instant now) {
    if (primary == null || footprints.isEmpty()) {
      return Optional.empty();
    }
    int dense = LastWrite.MOST / 2;
    int all = footprints.size();
    List<LastWrite.Mark> marks = new ArrayList<>();
    for (int i = 0; i < all; i++) {
      boolean recent = i >= all - dense;
      int step = Math.max(1, Math.ceilDiv(all - dense, dense));
      if (recent || i % step == 0) {
        Footprint f = footprints.get(i);
        long millis = Duration.between(f.at(), until(now)).toMillis();
        marks.add(new LastWrite.Mark(f.end().value(), Math.max(0, millis)));
      }
    }
    return Optional.of(new LastWrite(primary, timeline, footprints.getLast().end().value(), marks));
  }

  /// Who is tracked.
  public Optional<NodeId> primary() {
    return Optional.ofNullable(primary);
  }

  /// Until when it was heard, as seen now.
  Instant until(Instant now) {
    return silentSince == null ? now : silentSince;
  }

  /// The positions that were heard, oldest first.
  List<Footprint> footprints() {
    return List.copyOf(footprints);
  }

  /// The end of the primary's WAL, as last heard.
  public Optional<Lsn> end() {
    return footprints.isEmpty() ? Optional.empty() : Optional.of(footprints.getLast().end());
  }

  /// For how long the primary has had more than this, or had when it was last heard. Writes that
  /// were made and never heard of are not counted.
  public Duration behind(Instant now, Lsn position) {
    return footprints.stream()
        .filter(f -> !position.reaches(f.end()))
        .findFirst()
        .map(f -> Duration.between(f.at(), until(now)))
        .filter(d -> !d.isNegative())
        .orElse(Duration.ZERO);
  }
}
