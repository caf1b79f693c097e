package dev.quorate.resource;

import java.util.Locale;
import java.util.Optional;

/// Yes or no in any of Pacemaker's spellings.
public final class FlagText {
  private FlagText() {}

  /// What a text says, or nothing if it says neither.
  public static Optional<Boolean> parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "y", "1" -> Optional.of(true);
      case "false", "no", "off", "n", "0" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
