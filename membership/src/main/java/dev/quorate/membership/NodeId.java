package dev.quorate.membership;

import java.util.regex.Pattern;

/// The name of a node: what the administrator calls it, unique in the cluster, never reused for
/// another machine while the first is a member.
///
/// @param name 1 to 63 characters of `A-Z a-z 0-9 . _ -`, starting with a letter or digit
public record NodeId(String name) implements Comparable<NodeId> {
  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /// Checks the name.
  ///
  /// @throws IllegalArgumentException if the name is not legal; the message names it
  public NodeId {
    if (!LEGAL.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "node name '"
              + name
              + "' is not legal: use 1 to 63 letters, digits, '.', '_' or '-', a letter or digit first");
    }
  }

  @Override
  public int compareTo(NodeId other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
