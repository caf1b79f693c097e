package dev.quorate.agents.core.postgresql;

import java.util.Map;
import java.util.TreeMap;

/// What PostgreSQL's control file says about an instance, as `pg_controldata` prints it.
///
/// @param identity the system identifier, which all copies of one database share
/// @param state what the instance was doing when it last wrote the file
/// @param checkpoint where the latest checkpoint record starts
/// @param redo where replay starts from
/// @param timeline the line of the latest checkpoint
/// @param minRecovery how far replay must have come to be consistent; [Lsn#NONE] if it does not
///   matter
/// @param walLogHints whether hint bits are logged, without which nothing can be rewound
/// @param dataChecksums whether pages carry checksums, which also log hint bits
/// @param segmentSize of the WAL, in bytes
public record ControlFile(
    String identity,
    State state,
    Lsn checkpoint,
    Lsn redo,
    Timeline timeline,
    Lsn minRecovery,
    boolean walLogHints,
    boolean dataChecksums,
    long segmentSize) {

  /// What the instance was doing.
  public enum State {
    /// Initialised or in the middle of coming up.
    STARTING_UP("starting up"),
    /// Stopped cleanly as a primary.
    SHUT_DOWN("shut down"),
    /// Stopped cleanly as a standby.
    SHUT_DOWN_IN_RECOVERY("shut down in recovery"),
    /// Writing its last checkpoint.
    SHUTTING_DOWN("shutting down"),
    /// Replaying after a crash.
    IN_CRASH_RECOVERY("in crash recovery"),
    /// A standby, running or crashed.
    IN_ARCHIVE_RECOVERY("in archive recovery"),
    /// A primary, running or crashed.
    IN_PRODUCTION("in production");

    private final String text;

    State(String text) {
      this.text = text;
    }

    private static State parse(String text) {
      for (State state : values()) {
        if (state.text.equals(text)) {
          return state;
        }
      }
      throw new IllegalArgumentException("'" + text + "' is not a database cluster state");
    }

    /// Says whether the file was left by a clean stop.
    ///
    /// @return true for both kinds of shut down
    public boolean isClean() {
      return this == SHUT_DOWN || this == SHUT_DOWN_IN_RECOVERY;
    }
  }

  /// Reads what `pg_controldata` prints in the C locale.
  ///
  /// @param text its standard output
  /// @return the parsed file
  /// @throws IllegalArgumentException if a line is missing or has another form; the message names
  ///   it
  public static ControlFile parse(String text) {
    Map<String, String> lines = new TreeMap<>();
    for (String line : text.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        lines.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    Timeline checkpointLine =
        new Timeline(Integer.parseUnsignedInt(line(lines, "Latest checkpoint's TimeLineID")));
    return new ControlFile(
        line(lines, "Database system identifier"),
        State.parse(line(lines, "Database cluster state")),
        Lsn.parse(line(lines, "Latest checkpoint location")),
        Lsn.parse(line(lines, "Latest checkpoint's REDO location")),
        checkpointLine,
        Lsn.parse(line(lines, "Minimum recovery ending location")),
        line(lines, "wal_log_hints setting").equals("on"),
        !line(lines, "Data page checksum version").equals("0"),
        Long.parseLong(line(lines, "Bytes per WAL segment")));
  }

  /// Says whether `pg_rewind` can work on this instance.
  ///
  /// @return true if changes of hint bits are logged
  public boolean canRewind() {
    return walLogHints || dataChecksums;
  }

  private static String line(Map<String, String> lines, String name) {
    String value = lines.get(name);
    if (value == null) {
      throw new IllegalArgumentException("pg_controldata prints no '" + name + "'");
    }
    return value;
  }
}
