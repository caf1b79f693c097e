package dev.quorate.simulation;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import dev.quorate.agents.core.postgresql.TimelineHistory.Switch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The write-ahead log of one instance: a number for each record.
///
/// Records of clients have positive numbers; a checkpoint or the end of a recovery has none.
final class Wal {
  private static final long START = 0x300_0000L;
  private static final long RECORD = 64;

  private long[] records = new long[256];
  private int size;

  int size() {
    return size;
  }

  long at(int index) {
    return records[index];
  }

  void append(long record) {
    if (size == records.length) {
      records = Arrays.copyOf(records, size * 2);
    }
    records[size++] = record;
  }

  /// Takes over what another log has beyond this one's end, up to a size.
  void follow(Wal other, int until) {
    for (int i = size; i < until; i++) {
      append(other.records[i]);
    }
  }

  /// Becomes equal to another log.
  void replace(Wal other) {
    records = other.records.clone();
    size = other.size;
  }

  Lsn end() {
    return end(size);
  }

  static Lsn end(int size) {
    return new Lsn(START + size * RECORD);
  }

  /// The part of a history that this log has reached, which may end before the last switches.
  TimelineHistory lineUpToEnd(TimelineHistory line) {
    List<Switch> switches = new ArrayList<>();
    for (Switch point : line.switches()) {
      if (!end().reaches(point.at())) {
        return new TimelineHistory(point.from(), switches);
      }
      switches.add(point);
    }
    return line;
  }
}
