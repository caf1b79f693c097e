package dev.quorate.resource.core.preview;

import dev.quorate.resource.cib.Cib;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// The time that a document is held against.
public final class Moment {
  private Moment() {}

  /// The time that was asked for; else the document's own; else the present.
  public static Instant of(Cib cib, Optional<Instant> asked, Instant present) {
    return asked.or(() -> cib.attribute("execution-date").flatMap(Moment::epoch)).orElse(present);
  }

  /// A time in seconds since the epoch; empty if it is none.
  public static Optional<Instant> epoch(String text) {
    try {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
    } catch (NumberFormatException | DateTimeException _) {
      return Optional.empty();
    }
  }
}
