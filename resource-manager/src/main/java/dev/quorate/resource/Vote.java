package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.List;

/// What an instance has to offer as the next promoted one, stated after it stopped receiving.
///
/// @param bootId the life of the node that voted
/// @param eligible whether it can be promoted at all; otherwise `detail` says why not
/// @param identity the identity of the history, as PostgreSQL's system identifier
/// @param timeline the timeline that the instance is on
/// @param position the end of its valid local log, in bytes
/// @param lineage the switches that led to the timeline, oldest first
/// @param wasPrimary whether it was stopped cleanly as a primary (the first-start rule)
/// @param priority a wish: higher is preferred among equals
public record Vote(
    NodeId node,
    String bootId,
    boolean eligible,
    String identity,
    long timeline,
    long position,
    List<TimelineSwitch> lineage,
    boolean wasPrimary,
    int priority,
    String detail) {
  /// A point where a timeline was left.
  ///
  /// @param timeline the one that was left
  /// @param position where it was left, in bytes
  public record TimelineSwitch(long timeline, long position) {}

  /// Copies the list.
  public Vote {
    lineage = List.copyOf(lineage);
  }
}
