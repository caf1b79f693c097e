package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Role;
import java.util.Optional;

/// What placement may assume of one resource on one node, operations in flight included.
///
/// @param role what it is, or becomes when the operation in flight succeeds
/// @param footing how far that can be relied on
/// @param flight the operation in flight, if any
/// @param reason why it is not settled, for a human; may be empty
public record Instance(
    NodeId node, Role role, Footing footing, Optional<OperationKind> flight, String reason) {
  /// How far the role can be relied on.
  public enum Footing {
    /// It is known.
    SETTLED,
    /// An operation will settle it.
    PENDING,
    /// Nobody knows: it must be probed before anything else.
    UNKNOWN,
    /// It failed and must be stopped before it is used again.
    FAILED,
    /// It must not be touched.
    BLOCKED
  }

  /// Whether something may run there, as far as anyone knows.
  public boolean mayRun() {
    return role.active() || footing == Footing.UNKNOWN || footing == Footing.BLOCKED;
  }

  /// Whether it is known to work in that role, or in any for [Role#STARTED].
  public boolean works(Role wanted) {
    return footing == Footing.SETTLED && (wanted == Role.STARTED ? role.active() : role == wanted);
  }

  @Override
  public String toString() {
    return node
        + " "
        + role
        + (footing == Footing.SETTLED ? "" : " " + footing)
        + flight.map(kind -> " (" + kind + " in flight)").orElse("");
  }
}
