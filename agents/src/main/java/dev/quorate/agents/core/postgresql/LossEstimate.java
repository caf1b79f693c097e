package dev.quorate.agents.core.postgresql;

import dev.quorate.resource.Holder;
import dev.quorate.resource.LastWrite;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// What the last primary has written and a candidate has not, as far as anybody knows: the primary
/// may have written more after it was last heard.
///
/// @param bytes of its log; empty if nobody knows
/// @param time how long before its end the first of it was written; empty if nobody knows
public record LossEstimate(OptionalLong bytes, Optional<Duration> time) {
  /// Nothing.
  static final LossEstimate NOTHING =
      new LossEstimate(OptionalLong.of(0), Optional.of(Duration.ZERO));

  private static final LossEstimate UNKNOWN =
      new LossEstimate(OptionalLong.empty(), Optional.empty());

  /// What a candidate lacks.
  ///
  /// @param holder the last primary
  /// @param own its own vote, which proves more than what was heard
  /// @param heard how far it had written, as the others heard
  static LossEstimate of(
      Holder holder, Optional<WalVote> own, Optional<LastWrite> heard, WalVote candidate) {
    if (holder instanceof Holder.Nobody || own.filter(candidate::covers).isPresent()) {
      return NOTHING;
    }
    if (own.isPresent()) {
      return lacking(own.get().end(), heard, candidate);
    }
    if (holder instanceof Holder.Released(_, _, _, var timeline, var position) && timeline > 0) {
      return has(candidate, timeline, position)
          ? NOTHING
          : lacking(new Lsn(position), heard, candidate);
    }
    return heard
        .map(w ->
            has(candidate, w.timeline(), w.position())
                ? NOTHING
                : lacking(new Lsn(w.position()), heard, candidate))
        .orElse(UNKNOWN);
  }

  private static boolean has(WalVote candidate, long timeline, long position) {
    Timeline line = new Timeline(Math.toIntExact(timeline));
    Lsn end = new Lsn(position);
    return candidate.history().timeline().equals(line)
        ? candidate.end().reaches(end)
        : candidate.history().endOf(line).filter(e -> e.reaches(end)).isPresent();
  }

  private static LossEstimate lacking(Lsn end, Optional<LastWrite> heard, WalVote candidate) {
    Optional<Duration> time =
        heard.flatMap(w ->
            w.marks().stream()
                .filter(m -> !candidate.end().reaches(new Lsn(m.position())))
                .findFirst()
                .map(m -> Duration.ofMillis(m.millis())));
    return new LossEstimate(OptionalLong.of(end.beyond(candidate.end())), time);
  }

  /// In plain words.
  public String text() {
    if (bytes.isEmpty()) {
      return "nobody knows how much";
    }
    return bytes.getAsLong()
        + " bytes"
        + time.map(t -> String.format(Locale.ROOT, " (%.1f s)", t.toMillis() / 1e3)).orElse("");
  }
}
