package dev.quorate.membership.core;

import dev.quorate.membership.core.MulticastMessage.Content;
import java.util.Optional;

/// Where a holder of the token takes from what it sends.
interface Source {
  /// The next thing to send.
  Optional<Content> next();

  /// About how many messages wait.
  int backlog();
}
