package dev.quorate.lab;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A line of `hactl history`.
///
/// @param at when it was, by the clock of the node that tells it
public record Told(Instant at, String text) {
  /// Reads what a node tells; headings are left out.
  public static List<Told> read(String history) {
    List<Told> told = new ArrayList<>();
    for (String line : history.lines().toList()) {
      String[] parts = line.strip().split(" ", 2);
      Optional<Instant> at = instant(parts[0]);
      if (parts.length == 2 && at.isPresent()) {
        told.add(new Told(at.get(), parts[1]));
      }
    }
    return told;
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty(); // a heading
    }
  }
}
