package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.List;

/// How far a promoted instance had written before it fell silent, as the others had heard: evidence
/// that is recorded when a round is opened, so that what the winner lacks can be bounded. It may be
/// behind what was written last.
///
/// @param timeline the line that it was on
/// @param position the end of its log, in bytes
/// @param marks earlier and later positions up to that one, the oldest first
public record LastWrite(NodeId node, long timeline, long position, List<Mark> marks) {
  /// The most marks that are recorded.
  public static final int MOST = 16;

  /// A position, and for how long the instance had reached it when it fell silent.
  ///
  /// @param position in bytes
  /// @param millis before the silence
  public record Mark(long position, long millis) {}

  /// Copies the list.
  public LastWrite {
    marks = List.copyOf(marks);
    if (marks.size() > MOST) {
      throw new IllegalArgumentException(
          "at most " + MOST + " marks are recorded, not " + marks.size());
    }
  }
}
