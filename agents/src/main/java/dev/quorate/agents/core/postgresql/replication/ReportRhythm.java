package dev.quorate.agents.core.postgresql.replication;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When an instance says something of itself: at once if it is another instance than before in
/// anything but positions, about once a second while only positions move, and never while nothing
/// does. Confined to one thread.
public final class ReportRhythm {
  private static final Duration EVERY = Duration.ofMillis(900);

  private String said = "";
  private @Nullable InstanceReport last;
  private Instant at = Instant.MIN;

  /// Nothing was said yet.
  public ReportRhythm() {}

  /// What to say now.
  ///
  /// @param now the time
  /// @param report what the instance is like; empty if it does not answer
  /// @return empty for nothing; an empty text takes back what was said
  public Optional<String> next(Instant now, Optional<InstanceReport> report) {
    String text = report.map(ReportText::format).orElse("");
    if (text.equals(said)) {
      return Optional.empty();
    }
    boolean moved = last != null && report.isPresent() && shape(last).equals(shape(report.get()));
    if (moved && now.isBefore(at.plus(EVERY))) {
      return Optional.empty();
    }
    said = text;
    last = report.orElse(null);
    at = now;
    return Optional.of(text);
  }

  /// Everything but the positions.
  private static List<Object> shape(InstanceReport report) {
    return List.of(
        report.primary(),
        report.figures().timeline(),
        report.upstream(),
        report.streaming(),
        report.figures().links().stream()
            .map(l -> List.of(l.application(), l.client(), l.state(), l.sync(), l.priority()))
            .toList(),
        report.figures().slots().stream()
            .map(s -> List.of(s.name(), s.active(), s.lost()))
            .toList());
  }
}
