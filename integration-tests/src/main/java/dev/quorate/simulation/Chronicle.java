package dev.quorate.simulation;

import dev.quorate.consensus.LogPosition;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.CommandEnvelope;
import dev.quorate.resource.core.state.Applied;
import dev.quorate.resource.core.state.ClusterStateMachine;
import dev.quorate.resource.json.ClusterJson;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Every command that was proposed, and what the cluster agreed on after each entry of the log.
///
/// Entries carry the number of a command instead of its text, and what a first node has computed
/// the others share. Now and then a node computes for itself, and a command or a state goes through
/// its text, to see that both come to the same (P11).
final class Chronicle {
  private static final int COMPUTED_TWICE = 16;

  /// What follows from one entry.
  ///
  /// @param before the state that it was applied to
  record Page(
      LogPosition position,
      ClusterCommand command,
      ClusterState before,
      ClusterState after,
      CommandAnswer answer) {}

  /// Told of each entry, once.
  interface Reader {
    void committed(Page page);
  }

  private final List<CommandEnvelope> commands = new ArrayList<>();
  private final TreeMap<Long, Page> pages = new TreeMap<>();
  private final ClusterState initial = ClusterState.initial("simulated");
  private final Reader reader;
  private final UnaryOperator<ClusterState> twist;

  /// @param twist what a weakness makes of each state
  Chronicle(Reader reader, UnaryOperator<ClusterState> twist) {
    this.reader = reader;
    this.twist = twist;
  }

  ClusterState initial() {
    return initial;
  }

  /// The newest state that any node has applied.
  ClusterState newest() {
    return pages.isEmpty() ? initial : pages.lastEntry().getValue().after();
  }

  byte[] write(ClusterCommand command, long wallMillis) {
    CommandEnvelope envelope = CommandEnvelope.of(wallMillis, command);
    if (commands.size() % COMPUTED_TWICE == 0) {
      CommandEnvelope read = ClusterJson.decodeCommand(ClusterJson.encode(envelope));
      check(read.equals(envelope), "a command is not what its text says: " + envelope);
    }
    commands.add(envelope);
    return ByteBuffer.allocate(Integer.BYTES).putInt(commands.size() - 1).array();
  }

  @SuppressWarnings("ReferenceEquality") // what the nodes share is the very same state
  ClusterState apply(ClusterState before, LogPosition position, byte[] bytes) {
    CommandEnvelope envelope = commands.get(ByteBuffer.wrap(bytes).getInt());
    Page page = pages.get(position.index());
    if (page == null) {
      Applied applied = compute(before, position, envelope);
      page =
          new Page(
              position, envelope.command(), before, twist.apply(applied.state()), applied.answer());
      pages.put(position.index(), page);
      reader.committed(page);
    } else {
      check(page.before() == before, "nodes differ before " + position);
      check(page.command().equals(envelope.command()), "logs differ at " + position);
      if (position.index() % COMPUTED_TWICE == 0) {
        boolean same =
            twist.apply(compute(before, position, envelope).state()).equals(page.after());
        check(same, "the same entry gave different states at " + position);
      }
    }
    return page.after();
  }

  private static Applied compute(
      ClusterState before, LogPosition position, CommandEnvelope envelope) {
    return ClusterStateMachine.apply(before, position, envelope.wallMillis(), envelope.command());
  }

  CommandAnswer answer(LogPosition position) {
    Page page = pages.get(position.index());
    if (page == null) {
      throw new Violation("P11", "an answer came for " + position + ", which nobody applied");
    }
    return page.answer();
  }

  byte[] snapshot(ClusterState state) {
    return ClusterJson.encode(state);
  }

  /// What a snapshot stands for.
  ClusterState restore(LogPosition position, byte[] snapshot) {
    ClusterState read = ClusterJson.decodeState(snapshot);
    var page = pages.floorEntry(position.index());
    ClusterState known = page == null ? initial : page.getValue().after();
    check(read.equals(known), "a snapshot is not the state at " + position);
    return known;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new Violation("P11", otherwise);
    }
  }
}
