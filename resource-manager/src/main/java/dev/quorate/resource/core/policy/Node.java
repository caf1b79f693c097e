package dev.quorate.resource.core.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A node of the working model.
final class Node {
  final int index;
  final String id;
  final String name;
  final boolean remote;
  final int baseScore;
  SortedMap<String, String> attributes = new TreeMap<>();
  final Map<String, Integer> capacity = new LinkedHashMap<>();

  boolean seen;
  boolean online;
  boolean unclean;
  boolean standby;
  boolean maintenance;
  boolean shutdown;
  boolean pending;
  boolean dc;

  /// Why it must be fenced; null if nothing asked for it.
  @Nullable String fenceReason;

  boolean fenceMayWait;
  int priority;
  int assigned;

  Node(int index, String id, String name, boolean remote, int baseScore) {
    this.index = index;
    this.id = id;
    this.name = name;
    this.remote = remote;
    this.baseScore = baseScore;
  }

  /// Whether it can take on resources.
  boolean available() {
    return online && !shutdown && !unclean && !standby && !maintenance;
  }

  /// Asks for fencing; whether it happens is decided later.
  void fence(String reason, boolean mayWait) {
    if (fenceReason == null) {
      fenceReason = reason;
      fenceMayWait = mayWait;
    }
    unclean = true;
  }

  @Nullable String attribute(String attribute) {
    return switch (attribute) {
      case "#uname" -> name;
      case "#id" -> id;
      default -> attributes.get(attribute);
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
