package dev.quorate.daemon.core.survivor;

import java.time.Duration;

/// When this node was last known to run while it was alone: what tells a node that comes back
/// whether somebody may have sworn that it is off, and the other may have gone on since.
///
/// @param boot in which it ran
/// @param wallMillis the time of day, since nothing else goes on while a machine is off
public record LastSeen(String boot, long wallMillis) {
  /// Nobody swears that a machine is off, and has the other go on and end again, in less: most
  /// machines boot in less, too.
  public static final Duration SHORT = Duration.ofMinutes(10);

  /// Whether the other may have been sworn to since. In the same boot it was not: as long as the
  /// kernel of this machine answers, no oath is taken. A clock that went back says nothing.
  ///
  /// @param now this boot, and the time of day
  public boolean mayBeOutdone(LastSeen now) {
    long away = now.wallMillis - wallMillis;
    return !boot.equals(now.boot) && (away < 0 || away >= SHORT.toMillis());
  }
}
