package dev.quorate.agents.postgresql;

import java.util.Locale;

/// What may happen to a member that cannot follow the primary as it is (parameter `rejoin`).
enum RejoinPolicy {
  /// It is rewound or copied without asking.
  AUTO,
  /// The same, but only if nothing is lost with what it has of its own.
  AUTO_IF_NO_DIVERGENCE,
  /// It waits for an operator.
  MANUAL;

  /// How it is written.
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
