package dev.quorate.agents.core.postgresql;

import dev.quorate.resource.ResourceId;

/// What an operator said about bringing an instance back: the value of a transient attribute of its
/// node. Each order counts once.
///
/// @param kind of order
/// @param number distinguishes it from the ones before
public record RebuildOrder(Kind kind, String number) {
  /// What is ordered.
  public enum Kind {
    /// Nothing.
    NONE,
    /// Whatever is needed, whatever the resource's policy says.
    REBUILD,
    /// A new copy, whether it is needed or not.
    COPY
  }

  /// No order.
  public static final RebuildOrder NONE = new RebuildOrder(Kind.NONE, "");

  /// The attribute that holds a resource's order.
  public static String attribute(ResourceId resource) {
    return "rebuild-" + resource;
  }

  /// Reads a value; anything that is no order is none.
  public static RebuildOrder parse(String value) {
    int colon = value.indexOf(':');
    String number = colon < 0 ? "" : value.substring(colon + 1);
    return switch (colon < 0 ? "" : value.substring(0, colon)) {
      case "rebuild" -> new RebuildOrder(Kind.REBUILD, number);
      case "copy" -> new RebuildOrder(Kind.COPY, number);
      default -> NONE;
    };
  }

  /// The value.
  public String format() {
    return switch (kind) {
      case NONE -> "";
      case REBUILD -> "rebuild:" + number;
      case COPY -> "copy:" + number;
    };
  }

  /// Whether there is one.
  public boolean given() {
    return kind != Kind.NONE;
  }

  /// Whether a new copy is wanted in any case.
  public boolean copies() {
    return kind == Kind.COPY;
  }
}
