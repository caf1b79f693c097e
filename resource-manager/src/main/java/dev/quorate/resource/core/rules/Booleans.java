package dev.quorate.resource.core.rules;

import java.util.Locale;
import java.util.Optional;

/// Reads yes and no as configurations write them.
public final class Booleans {
  private Booleans() {}

  /// `true`, `yes`, `on`, `y` and `1`, or `false`, `no`, `off`, `n` and `0`, whatever their case;
  /// empty for anything else.
  public static Optional<Boolean> parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "y", "1" -> Optional.of(true);
      case "false", "no", "off", "n", "0" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
