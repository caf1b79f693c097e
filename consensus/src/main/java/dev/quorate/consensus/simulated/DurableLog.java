package dev.quorate.consensus.simulated;

import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.core.CommandApplier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One node's simulated disk: term, entries, the last snapshot. Indexes start at 1.
///
/// Invariants: entries are contiguous from `snapshotIndex + 1`; what is at or below the snapshot is
/// committed.
final class DurableLog {
  /// One entry.
  ///
  /// @param command empty for the entry by which a leader begins its term, and for one that changes
  ///   the members
  /// @param members who keeps the log from this entry on, if it changes that
  record Entry(long term, ByteBuffer command, @Nullable LogMembers members) {}

  private final List<Entry> entries = new ArrayList<>();
  private final TreeMap<Long, LogMembers> configurations = new TreeMap<>();
  private final int incarnation;
  private byte @Nullable [] snapshot;
  private long snapshotIndex;
  private long snapshotTerm;
  long term;

  /// An empty log.
  ///
  /// @param founding who keeps it at first; nobody in the log of a newcomer
  DurableLog(int incarnation, LogMembers founding) {
    this.incarnation = incarnation;
    configurations.put(0L, founding);
  }

  /// A log that begins with a snapshot.
  ///
  /// @param term the newest that it took part in before
  static DurableLog founded(byte[] snapshot, LogPosition end, long term, LogMembers founding) {
    DurableLog log = new DurableLog(1, founding);
    log.configurations.clear();
    log.configurations.put(end.index(), founding);
    log.snapshot = snapshot;
    log.snapshotIndex = end.index();
    log.snapshotTerm = end.term();
    log.term = term;
    return log;
  }

  int incarnation() {
    return incarnation;
  }

  /// Who keeps the log, by its last word on it, committed or not.
  LogMembers members() {
    return configurations.lastEntry().getValue();
  }

  /// The index of that word.
  long membersIndex() {
    return configurations.lastKey();
  }

  /// Who keeps it, if that is known to be committed.
  LogMembers agreedMembers(long commit) {
    return membersIndex() <= commit ? members() : LogMembers.NONE;
  }

  /// Everything that is here, committed or not.
  CommandApplier replay(ReplicatedStateMachine machine) {
    CommandApplier applier = new CommandApplier(machine);
    if (snapshot != null) {
      applier.restore(snapshot);
    }
    for (long index = snapshotIndex + 1; index <= lastIndex(); index++) {
      Entry entry = entry(index);
      LogPosition position = new LogPosition(SimulatedLog.EPOCH, entry.term(), index);
      if (entry.command().hasRemaining()) {
        var _ = applier.apply(position, entry.command());
      } else {
        applier.advance(position);
      }
    }
    return applier;
  }

  long lastIndex() {
    return snapshotIndex + entries.size();
  }

  long lastTerm() {
    return termAt(lastIndex());
  }

  long snapshotIndex() {
    return snapshotIndex;
  }

  byte @Nullable [] snapshot() {
    return snapshot;
  }

  long termAt(long index) {
    return index == snapshotIndex ? snapshotTerm : entry(index).term();
  }

  Entry entry(long index) {
    return entries.get(Math.toIntExact(index - snapshotIndex - 1));
  }

  long append(Entry entry) {
    entries.add(entry);
    if (entry.members() != null) {
      configurations.put(lastIndex(), entry.members());
    }
    return lastIndex();
  }

  /// Whether this log is at least as far as another: Raft's rule for votes.
  boolean reaches(DurableLog other) {
    return lastTerm() != other.lastTerm()
        ? lastTerm() > other.lastTerm()
        : lastIndex() >= other.lastIndex();
  }

  /// Takes a snapshot and forgets the entries in it.
  void compact(LogPosition position, byte[] bytes) {
    entries.subList(0, Math.toIntExact(position.index() - snapshotIndex)).clear();
    configurations.headMap(configurations.floorKey(position.index())).clear();
    snapshotIndex = position.index();
    snapshotTerm = position.term();
    snapshot = bytes;
  }

  /// Makes this log equal to the leader's.
  ///
  /// @return whether a snapshot of the leader's was installed
  boolean follow(DurableLog leader) {
    long common = lastCommon(leader);
    boolean installed = false;
    if (common < 0) {
      entries.clear();
      snapshot = leader.snapshot;
      snapshotIndex = leader.snapshotIndex;
      snapshotTerm = leader.snapshotTerm;
      common = snapshotIndex;
      installed = true;
      configurations.clear();
      configurations.put(snapshotIndex, leader.configurations.floorEntry(snapshotIndex).getValue());
    }
    entries.subList(Math.toIntExact(common - snapshotIndex), entries.size()).clear();
    configurations.tailMap(common, false).clear();
    for (long index = common + 1; index <= leader.lastIndex(); index++) {
      append(leader.entry(index));
    }
    return installed;
  }

  /// The last index at which both logs agree, and with it everything before; -1 if none is left.
  private long lastCommon(DurableLog leader) {
    long lowest = Math.max(snapshotIndex, leader.snapshotIndex);
    for (long i = Math.min(lastIndex(), leader.lastIndex()); i >= lowest; i--) {
      if (termAt(i) == leader.termAt(i)) {
        return i;
      }
    }
    return -1;
  }
}
