package dev.quorate.consensus.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.membership.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Exactly-once answers, and the bytes that carry them.
final class CommandLedgerTest {
  private static final NodeId N1 = new NodeId("n1");

  private final CommandLedger ledger = new CommandLedger();

  private static CommandId id(long session, long counter) {
    return new CommandId(N1, session, counter);
  }

  private static LogPosition at(long index) {
    return new LogPosition(1, 1, index);
  }

  @Test
  void answersAgainWhatItAnswered() {
    assertInstanceOf(CommandLedger.Verdict.Fresh.class, ledger.lookup(id(1, 1)));
    ledger.record(id(1, 1), at(5), "yes");
    assertEquals(new CommandLedger.Verdict.Answered(at(5), "yes"), ledger.lookup(id(1, 1)));
    assertInstanceOf(CommandLedger.Verdict.Fresh.class, ledger.lookup(id(1, 2)));
    assertInstanceOf(CommandLedger.Verdict.Fresh.class, ledger.lookup(id(2, 1)));
  }

  @Test
  void takesCommandsOutOfOrder() {
    ledger.record(id(1, 9), at(1), "nine");
    assertInstanceOf(CommandLedger.Verdict.Fresh.class, ledger.lookup(id(1, 3)));
  }

  @Test
  void forgetsAnswersButNeverAppliesAgain() {
    for (long i = 1; i <= CommandLedger.ANSWERS_PER_SESSION + 10; i++) {
      ledger.record(id(1, i), at(i), "");
    }
    assertInstanceOf(CommandLedger.Verdict.Forgotten.class, ledger.lookup(id(1, 10)));
    assertInstanceOf(CommandLedger.Verdict.Answered.class, ledger.lookup(id(1, 11)));
  }

  @Test
  void forgetsOldSessionsButNeverAppliesThemAgain() {
    for (long session = 1; session <= CommandLedger.SESSIONS_PER_ORIGIN + 1; session++) {
      ledger.record(id(session, 1), at(session), "");
    }
    assertInstanceOf(CommandLedger.Verdict.Forgotten.class, ledger.lookup(id(1, 1)));
    assertInstanceOf(CommandLedger.Verdict.Forgotten.class, ledger.lookup(id(1, 2)));
    assertInstanceOf(CommandLedger.Verdict.Answered.class, ledger.lookup(id(2, 1)));
  }

  @Test
  void survivesASnapshot() {
    RecordingStateMachine machine = new RecordingStateMachine();
    CommandApplier first = new CommandApplier(machine);
    first.apply(at(1), entry(1, "a"));
    CommandAnswer answer = first.apply(at(2), entry(2, "b"));
    RecordingStateMachine other = new RecordingStateMachine();
    CommandApplier second = new CommandApplier(other);
    second.restore(first.snapshot());
    assertEquals(List.of("a", "b"), other.commands());
    assertEquals(at(2), second.applied());
    assertEquals(answer, second.apply(at(3), entry(2, "b")));
    assertEquals(List.of("a", "b"), other.commands());
    assertThrows(IllegalStateException.class, () -> second.advance(at(3)));
  }

  @Test
  void refusesDamagedSnapshots() {
    CommandApplier applier = new CommandApplier(new RecordingStateMachine());
    applier.apply(at(1), entry(1, "a"));
    byte[] good = applier.snapshot();
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertThrows(UnknownFormatException.class, () -> SnapshotFormat.decode(bad));
      byte[] cut = Arrays.copyOf(good, i);
      assertThrows(UnknownFormatException.class, () -> SnapshotFormat.decode(cut));
    }
  }

  @Test
  void refusesEntriesOfAnotherFormat() {
    CommandApplier applier = new CommandApplier(new RecordingStateMachine());
    ByteBuffer later = entry(1, "a");
    later.put(0, (byte) 2);
    UnknownFormatException e =
        assertThrows(UnknownFormatException.class, () -> applier.apply(at(1), later));
    assertTrue(String.valueOf(e.getMessage()).contains("format 2"), e.getMessage());
    ByteBuffer shorter = ByteBuffer.wrap(new byte[] {1, 40, 0});
    assertThrows(UnknownFormatException.class, () -> applier.apply(at(2), shorter));
  }

  @Test
  void writesAnswersAsBytes() {
    CommandAnswer applied = new CommandAnswer.Applied(at(7), "äöü");
    assertEquals(applied, CommandAnswer.fromBytes(ByteBuffer.wrap(applied.toBytes())));
    CommandAnswer forgotten = new CommandAnswer.Forgotten();
    assertEquals(forgotten, CommandAnswer.fromBytes(ByteBuffer.wrap(forgotten.toBytes())));
    assertThrows(
        UnknownFormatException.class, () -> CommandAnswer.fromBytes(ByteBuffer.allocate(0)));
  }

  private static ByteBuffer entry(long counter, String command) {
    return ByteBuffer.wrap(
        CommandEnvelope.seal(id(1, counter), command.getBytes(StandardCharsets.UTF_8)));
  }
}
