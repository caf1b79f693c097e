package dev.quorate.simulation;

import dev.quorate.daemon.core.survivor.LastSeen;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.membership.NodeId;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One of two machines: its power, and what is on its disk besides the logs.
final class PairMachine {
  final NodeId id;

  /// Who founded the epochs whose logs are here; the first one was by both.
  final TreeMap<Long, NodeId> founders = new TreeMap<>();

  SurvivorRecord disk = SurvivorRecord.founded();
  Optional<LastSeen> lastAlone = Optional.empty();

  /// Nobody switches it on before.
  long offUntil;

  boolean powered;
  int boots;
  long runs;
  @Nullable PairDaemon daemon;

  PairMachine(NodeId id) {
    this.id = id;
  }

  String bootId() {
    return "boot-" + id + "-" + boots;
  }
}
