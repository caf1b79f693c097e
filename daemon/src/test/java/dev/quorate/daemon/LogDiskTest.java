package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three whole nodes; what the log says of its disk is put into its mouth, all else is real.
@Tag("slow")
class LogDiskTest {
  private static final Duration LATE = Duration.ofSeconds(2);

  @TempDir Path directory = Path.of("");
  private TestNodes nodes = TestNodes.none();

  @BeforeEach
  void threeNodes() throws IOException {
    nodes = new TestNodes(directory);
    nodes.found(3);
    nodes.succeeds(1, "property set maintenance-mode=true");
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private LogDisk disk(int number) {
    return nodes.at(number).node().orElseThrow().nodeLog().disk();
  }

  private boolean says(int number, String command, String text) {
    nodes.succeeds(number, command);
    return nodes.said().contains(text);
  }

  private boolean quorate() {
    return List.of(1, 2, 3).stream().allMatch(n -> nodes.at(n).operator().facts().quorum());
  }

  @Test
  void aLeaderWithASlowDiskSaysSoAndLetsAnotherLead() {
    int first = nodes.leader();
    disk(first).ended(LATE);
    nodes.await("said", () -> says(first, "quorum status", "Slow disk:    the disk of the log"));
    nodes.await("handed over", () -> says(first, "history", "leadership handed over to n"));
    nodes.await("another leads", () -> nodes.leader() != first);
    nodes.await("all follow", this::quorate);
    String metrics = nodes.at(first).metrics().scrape();
    assertTrue(metrics.contains("quorate_log_slow_syncs_total 1.0"), metrics);
    assertTrue(metrics.contains("quorate_log_sync_seconds_count"), metrics);
    assertTrue(metrics.contains("quorate_log_usable 1.0"), metrics);
    // What it keeps in time counts: it is forgiven.
    for (int i = 0; i < 5; i++) {
      disk(first).ended(Duration.ofMillis(1));
    }
    nodes.await("well", () -> says(first, "history", "not slow any more"));
    nodes.succeeds(first, "status");
    assertTrue(!nodes.said().contains("slow"), nodes::said);
  }

  @Test
  void oneLateSyncIsNoReason() {
    int first = nodes.leader();
    for (int i = 0; i < 5; i++) {
      disk(first).ended(Duration.ofMillis(1));
    }
    disk(first).ended(Duration.ofMillis(599));
    nodes.succeeds(first, "property set maintenance-mode=false");
    nodes.succeeds(first, "quorum status");
    assertTrue(!nodes.said().contains("Slow"), nodes::said);
    assertEquals(first, nodes.leader());
  }

  @Test
  void whoIsNoBetterIsNotAskedToLead() {
    int first = nodes.leader();
    int other = first % 3 + 1;
    nodes.await(
        "nobody takes it",
        () -> {
          disk(other).ended(LATE);
          disk(first).ended(LATE);
          return says(first, "history", "this node leads on with a slow disk");
        });
    assertEquals(first, nodes.leader());
    assertTrue(quorate());
  }
}
