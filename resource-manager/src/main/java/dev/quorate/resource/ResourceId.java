package dev.quorate.resource;

import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a resource, unique among resources, clones and fence devices.
///
/// @param name 1 to 64 characters of `A-Z a-z 0-9 . _ -`, starting with a letter or `_`
public record ResourceId(String name) implements Comparable<ResourceId> {
  private static final Pattern LEGAL = Pattern.compile("[A-Za-z_][A-Za-z0-9._-]{0,63}");

  /// Checks the name.
  ///
  /// @throws IllegalArgumentException if the name is not legal
  public ResourceId {
    if (!LEGAL.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "resource name '"
              + name
              + "' is not legal: use 1 to 64 letters, digits, '.', '_' or '-', a letter or '_' first");
    }
  }

  /// The resource of that name; what is not legal names none.
  public static Optional<ResourceId> legal(String name) {
    return LEGAL.matcher(name).matches() ? Optional.of(new ResourceId(name)) : Optional.empty();
  }

  @Override
  public int compareTo(ResourceId other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
