package dev.quorate.resource.core.exchange;

import dev.quorate.resource.Role;
import java.util.Locale;

/// Words of documents, of today and of older versions.
final class Words {
  /// How the node attributes begin that say how much an instance wants to be promoted.
  static final String PROMOTION_SCORE = "master-";

  private Words() {}

  /// How a role is written.
  static String role(Role role) {
    return title(role.name());
  }

  /// `Started` of `STARTED`.
  static String title(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    return lower.isEmpty() ? lower : Character.toUpperCase(lower.charAt(0)) + lower.substring(1);
  }

  /// The present name of a meta-attribute.
  static String meta(String name) {
    return switch (name) {
      case "master-max" -> "promoted-max";
      case "master-node-max" -> "promoted-node-max";
      default -> name;
    };
  }

  /// The present value of a meta-attribute.
  static String metaValue(String name, String value) {
    if (!name.equals("target-role")) {
      return value;
    }
    String title = title(value.strip());
    return switch (title) {
      case "Master" -> "Promoted";
      case "Slave" -> "Unpromoted";
      default -> title;
    };
  }
}
