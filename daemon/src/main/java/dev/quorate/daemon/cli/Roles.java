package dev.quorate.daemon.cli;

import dev.quorate.resource.Role;
import java.util.Locale;
import java.util.Optional;

/// Roles as people type and read them.
final class Roles {
  private Roles() {}

  /// The role that the word names, in any case and by old names too.
  static Optional<Role> parse(String word) {
    return switch (OldWords.role(word)) {
      case "promoted" -> Optional.of(Role.PROMOTED);
      case "unpromoted" -> Optional.of(Role.UNPROMOTED);
      case "started" -> Optional.of(Role.STARTED);
      case "stopped" -> Optional.of(Role.STOPPED);
      default -> Optional.empty();
    };
  }

  /// The role that the word must name.
  static Role named(String word) {
    return parse(word)
        .orElseThrow(() ->
            HactlError.usage(
                "'" + word + "' is not a role", "use Started, Stopped, Promoted or Unpromoted"));
  }

  /// A typed role as it is stored and printed: `Promoted`.
  static String title(String word) {
    return title(named(word));
  }

  static String title(Role role) {
    String name = role.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }
}
