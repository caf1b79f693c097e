package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.junit.jupiter.api.Test;

/// A follower whose writer hangs while entries are replaced: what it has in memory, and what it
/// says is flushed.
class TakenBackTest {
  private final TakenBack takenBack = new TakenBack();
  private long term = 1;
  private long last = 20;
  private long flushed = 12;

  private static <T> T as(Class<T> type, InvocationHandler answers) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
  }

  private Object log(Object log, java.lang.reflect.Method asked, Object[] arguments) {
    return switch (asked.getName()) {
      case "contains" ->
          arguments[0] instanceof TermIndex e && e.getTerm() == term && e.getIndex() <= last;
      case "getStartIndex" -> 0L;
      case "getFlushIndex" -> flushed;
      default -> throw new UnsupportedOperationException(asked.getName());
    };
  }

  private boolean acknowledged(long ofTerm, long index) {
    RaftLog log = as(RaftLog.class, this::log);
    RaftServer.Division division = as(RaftServer.Division.class, (_, _, _) -> log);
    return AckCheck.onDisk(() -> division, takenBack::settled, TermIndex.valueOf(ofTerm, index));
  }

  @Test
  void whatIsInMemoryAndFlushedIsAcknowledged() {
    assertTrue(acknowledged(1, 12));
    assertFalse(acknowledged(1, 13), "not flushed");
    assertFalse(acknowledged(2, 12), "of another term");
  }

  @Test
  void whatReplacesAFlushedEntryIsNotAcknowledgedByItsFlush() throws Exception {
    CompletableFuture<Void> cut = takenBack.truncate(10);
    term = 2;
    last = 12;
    assertFalse(acknowledged(2, 12), "the flush is that of the entry before");
    takenBack.flush();
    assertFalse(acknowledged(2, 12), "that was of entries which are to be cut off");
    var _ = cut.get();
    assertFalse(acknowledged(2, 12), "cut off, but the index is lowered after this");
    flushed = 9;
    takenBack.flush();
    assertFalse(acknowledged(2, 12));
    flushed = 12;
    assertTrue(acknowledged(2, 12));
  }

  @Test
  void whatWasReplacedTwiceIsCutOffTwice() throws Exception {
    CompletableFuture<Void> first = takenBack.truncate(10);
    CompletableFuture<Void> second = takenBack.truncate(11);
    var _ = first.get();
    takenBack.flush();
    assertFalse(takenBack.settled(10));
    var _ = second.get();
    takenBack.flush();
    assertTrue(takenBack.settled(11));
  }

  @Test
  void aSnapshotTakesThePlaceOfWhatWasToBeWritten() {
    var _ = takenBack.truncate(10);
    assertTrue(takenBack.settled(9));
    takenBack.forget();
    assertTrue(takenBack.settled(10));
  }
}
