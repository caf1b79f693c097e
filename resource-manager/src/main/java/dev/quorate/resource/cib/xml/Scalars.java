package dev.quorate.resource.cib.xml;

import dev.quorate.resource.Role;
import dev.quorate.resource.core.rules.Durations;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// The values that attributes may have. Empty results are values that are none.
final class Scalars {
  /// More than every number.
  static final int INFINITY = 1_000_000;

  private static final long MAX_INTERVAL = 0xFFFF_FFFFL;

  private Scalars() {}

  /// Clamped to plus or minus infinity.
  static Optional<Integer> score(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    return switch (word) {
      case "infinity", "+infinity" -> Optional.of(INFINITY);
      case "-infinity", "red" -> Optional.of(-INFINITY);
      case "yellow", "green" -> Optional.of(0);
      default -> integer(word, -INFINITY, INFINITY).map(Long::intValue);
    };
  }

  /// A whole number, clamped to the bounds.
  static Optional<Long> integer(String text, long min, long max) {
    String digits = text.strip();
    if (!isInteger(digits)) {
      return Optional.empty();
    }
    if (digits.length() > 18) {
      BigInteger exact = new BigInteger(digits);
      BigInteger bounded = exact.max(BigInteger.valueOf(min)).min(BigInteger.valueOf(max));
      return Optional.of(bounded.longValueExact());
    }
    return Optional.of(Math.clamp(Long.parseLong(digits), min, max));
  }

  private static boolean isInteger(String text) {
    int first = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
    for (int i = first; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() > first;
  }

  /// Milliseconds, of which not more than 32 bits can hold; a number alone is seconds.
  static Optional<Long> interval(String text) {
    OptionalLong millis = Durations.millis(text);
    return millis.isEmpty() || millis.getAsLong() < 0
        ? Optional.empty()
        : Optional.of(Math.min(millis.getAsLong(), MAX_INTERVAL));
  }

  /// The names of today and the old ones.
  static Optional<Role> role(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "stopped" -> Optional.of(Role.STOPPED);
      case "started" -> Optional.of(Role.STARTED);
      case "unpromoted", "slave" -> Optional.of(Role.UNPROMOTED);
      case "promoted", "master" -> Optional.of(Role.PROMOTED);
      default -> Optional.empty();
    };
  }

  /// How a role is written.
  static String name(Role role) {
    return switch (role) {
      case STOPPED -> "Stopped";
      case STARTED -> "Started";
      case UNPROMOTED -> "Unpromoted";
      case PROMOTED -> "Promoted";
    };
  }
}
