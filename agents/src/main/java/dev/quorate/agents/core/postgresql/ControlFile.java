package dev.quorate.agents.core.postgresql;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/// What PostgreSQL's control file, `global/pg_control`, says about an instance.
///
/// It is read as the bytes that they are, in the form that PostgreSQL 10 to 18 write on machines
/// with 64 bits, least significant byte first (`pg_control.h`, `ControlFileData`). The checksum in
/// it tells a file that is being written, or another form, from a whole one.
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
/// @param limits settings that a standby must have at least as large as its primary, by name, as
///   the primary had them when this instance last heard of it
public record ControlFile(
    String identity,
    State state,
    Lsn checkpoint,
    Lsn redo,
    Timeline timeline,
    Lsn minRecovery,
    boolean walLogHints,
    boolean dataChecksums,
    long segmentSize,
    SortedMap<String, Long> limits) {

  /// What the instance was doing, in the order of PostgreSQL's `DBState`.
  public enum State {
    /// Initialised or in the middle of coming up.
    STARTING_UP,
    /// Stopped cleanly as a primary.
    SHUT_DOWN,
    /// Stopped cleanly as a standby.
    SHUT_DOWN_IN_RECOVERY,
    /// Writing its last checkpoint.
    SHUTTING_DOWN,
    /// Replaying after a crash.
    IN_CRASH_RECOVERY,
    /// A standby, running or crashed.
    IN_ARCHIVE_RECOVERY,
    /// A primary, running or crashed.
    IN_PRODUCTION;

    /// Says whether the file was left by a clean stop.
    ///
    /// @return true for both kinds of shut down
    public boolean isClean() {
      return this == SHUT_DOWN || this == SHUT_DOWN_IN_RECOVERY;
    }
  }

  /// Where things are in one form of the file.
  ///
  /// @param copy where the copy of the checkpoint record begins: its redo position, then its line
  /// @param recovery where the minimum recovery position is
  /// @param hints where it says whether hints are logged; the limits follow
  /// @param senders whether the limits hold that of WAL senders
  /// @param segment where the size of a segment is
  /// @param checksums where the version of the pages' checksums is
  /// @param crc where the file's own checksum is, over all bytes before it
  private record Form(
      int copy, int recovery, int hints, boolean senders, int segment, int checksums, int crc) {}

  private static final int IDENTITY = 0;
  private static final int VERSION = 8;
  private static final int STATE = 16;
  private static final int CHECKPOINT = 32;
  private static final int SHORTEST = 300;

  /// Copies the map.
  public ControlFile {
    limits = Collections.unmodifiableSortedMap(new TreeMap<>(limits));
  }

  /// Reads the file.
  ///
  /// @param bytes all of it
  /// @throws IllegalArgumentException if it is of another form, or not whole; the message says
  ///   which
  public static ControlFile read(byte[] bytes) {
    if (bytes.length < SHORTEST) {
      throw new IllegalArgumentException(
          "pg_control has only " + bytes.length + " bytes: it was cut off");
    }
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Form form = form(file.getInt(VERSION));
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, form.crc());
    if ((int) sum.getValue() != file.getInt(form.crc())) {
      throw new IllegalArgumentException(
          "the checksum of pg_control is wrong: it was caught half written, or is damaged");
    }
    int state = file.getInt(STATE);
    if (state < 0 || state >= State.values().length) {
      throw new IllegalArgumentException("pg_control says state " + state + ", which is none");
    }
    return new ControlFile(
        Long.toUnsignedString(file.getLong(IDENTITY)),
        State.values()[state],
        new Lsn(file.getLong(CHECKPOINT)),
        new Lsn(file.getLong(form.copy())),
        new Timeline(file.getInt(form.copy() + 8)),
        new Lsn(file.getLong(form.recovery())),
        file.get(form.hints()) != 0,
        file.getInt(form.checksums()) != 0,
        Integer.toUnsignedLong(file.getInt(form.segment())),
        limits(file, form));
  }

  private static Form form(int version) {
    return switch (version) {
      case 1002 -> new Form(48, 136, 176, false, 228, 252, 288);
      case 1100 -> new Form(40, 128, 168, false, 220, 244, 280);
      case 1201, 1300, 1700 -> new Form(40, 136, 176, true, 228, 252, 288);
      case 1800 -> new Form(40, 136, 176, true, 228, 252, 292);
      default ->
          throw new IllegalArgumentException(
              "pg_control has version %d, and those of PostgreSQL 10 to 18 are known"
                  .formatted(version));
    };
  }

  private static SortedMap<String, Long> limits(ByteBuffer file, Form form) {
    SortedMap<String, Long> limits = new TreeMap<>();
    int at = form.hints() + 4;
    limits.put("max_connections", (long) file.getInt(at));
    limits.put("max_worker_processes", (long) file.getInt(at + 4));
    at += 8;
    if (form.senders()) {
      limits.put("max_wal_senders", (long) file.getInt(at));
      at += 4;
    }
    limits.put("max_prepared_transactions", (long) file.getInt(at));
    limits.put("max_locks_per_transaction", (long) file.getInt(at + 4));
    return limits;
  }

  /// Says whether `pg_rewind` can work on this instance.
  ///
  /// @return true if changes of hint bits are logged
  public boolean canRewind() {
    return walLogHints || dataChecksums;
  }
}
