package dev.quorate.membership.core.link;

import dev.quorate.membership.RingPeer;
import java.util.List;

/// What a node tells a peer about their links, on one of them.
///
/// Times are microseconds of the sender's own clock, of which only differences count.
///
/// @param stamp when this report was sent
/// @param echo the stamp of the last report that the sender has of the receiver on this link, 0 if
///   there is none
/// @param held how long ago that was
/// @param sent how many datagrams the sender has sent to the receiver on this link, this one
///   included
/// @param hearings for each link, how the sender hears the receiver
public record LinkReport(long stamp, long echo, long held, long sent, List<Hearing> hearings) {
  /// The most loss: everything.
  public static final int ALL_LOST = 1000;

  /// Checks the numbers and copies.
  public LinkReport {
    hearings = List.copyOf(hearings);
    if (stamp < 0 || echo < 0 || held < 0 || sent < 0) {
      throw new IllegalArgumentException("negative number in a link report");
    }
    if (hearings.isEmpty() || hearings.size() > RingPeer.MAX_LINKS) {
      throw new IllegalArgumentException("a link report about " + hearings.size() + " links");
    }
  }

  /// How one link is heard.
  ///
  /// @param loss of a thousand datagrams, how many do not arrive
  /// @param silentMillis how long nothing has arrived
  public record Hearing(int loss, int silentMillis) {
    /// Checks the numbers.
    public Hearing {
      if (loss < 0 || loss > ALL_LOST || silentMillis < 0) {
        throw new IllegalArgumentException("a hearing of " + loss + " and " + silentMillis);
      }
    }
  }
}
