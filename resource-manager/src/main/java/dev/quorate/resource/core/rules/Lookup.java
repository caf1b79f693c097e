package dev.quorate.resource.core.rules;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Values by name.
@FunctionalInterface
public interface Lookup {
  /// Knows no name.
  Lookup NONE = name -> null;

  /// The value of a name, null if it has none.
  @Nullable String value(String name);

  /// The values of a map, as it is when asked.
  static Lookup in(Map<String, String> values) {
    return values::get;
  }
}
