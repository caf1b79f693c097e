package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogLostException;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A log that was begun once is never begun again.
@Tag("slow")
final class LostLogTest {
  private static final NodeId NODE = new NodeId("n1");

  @TempDir private Path directory;

  private void remove(Path tree) throws IOException {
    try (var files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void refusesToVoteWithAnEmptiedLog() throws IOException {
    try (RatisBench bench = new RatisBench(directory, List.of(NODE), c -> c)) {
      bench.start(NODE, new RecordingStateMachine(), _ -> {});
      bench.stop(NODE);
      Path log = bench.config(NODE).directory();
      remove(log);
      LogLostException lost =
          assertThrows(
              LogLostException.class,
              () -> bench.start(NODE, new RecordingStateMachine(), _ -> {}));
      assertTrue(String.valueOf(lost.getMessage()).contains(log.toString()));
      assertTrue(String.valueOf(lost.getMessage()).contains("hactl node rebuild"));
    }
  }

  @Test
  void recoversALogThatIsOlderThanTheMarker() throws IOException {
    try (RatisBench bench = new RatisBench(directory, List.of(NODE), c -> c)) {
      bench.start(NODE, new RecordingStateMachine(), _ -> {});
      bench.stop(NODE);
      LogMarker marker = LogMarker.of(bench.config(NODE));
      Files.delete(marker.file());
      assertEquals(StartupOption.RECOVER, marker.startupOption(marker.mark(0)));
      bench.start(NODE, new RecordingStateMachine(), _ -> {});
      assertTrue(Files.exists(marker.file()));
    }
  }

  @Test
  void beginsAnewWhenTheWholeStateWasRemoved() throws IOException {
    try (RatisBench bench = new RatisBench(directory, List.of(NODE), c -> c)) {
      bench.start(NODE, new RecordingStateMachine(), _ -> {});
      bench.stop(NODE);
      LogMarker marker = LogMarker.of(bench.config(NODE));
      remove(marker.directory());
      Files.delete(marker.file());
      assertEquals(StartupOption.FORMAT, marker.startupOption(marker.mark(0)));
      assertDoesNotThrow(() -> bench.start(NODE, new RecordingStateMachine(), _ -> {}));
    }
  }
}
