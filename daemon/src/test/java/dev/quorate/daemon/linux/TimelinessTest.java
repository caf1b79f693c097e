package dev.quorate.daemon.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.daemon.linux.Timeliness.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelinessTest {
  private static final String USUAL = "0";
  private static final String ROUND_ROBIN = "2";

  @TempDir Path directory = Path.of(".");

  /// The scheduling policy in the 41st field of a `stat` file, of which the second is a name in
  /// brackets.
  private static String policy(String stat) {
    return List.of(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1)).get(38);
  }

  private static String ownPolicy() throws IOException {
    return policy(Files.readString(Path.of("/proc/thread-self/stat")));
  }

  /// What becomes of a thread of that name once it was walked by. No other thread is touched.
  private <T> T after(String name, Callable<T> look) throws Exception {
    CountDownLatch listed = new CountDownLatch(1);
    CountDownLatch walked = new CountDownLatch(1);
    FutureTask<T> task =
        new FutureTask<>(() -> {
          Path self = Path.of("/proc/thread-self").toRealPath();
          Files.createSymbolicLink(directory.resolve(self.getFileName().toString()), self);
          listed.countDown();
          walked.await();
          return look.call();
        });
    try (Timeliness timeliness = new Timeliness(directory)) {
      Thread.ofPlatform().name(name).start(task);
      listed.await();
      timeliness.walk();
      walked.countDown();
      assumeTrue(timeliness.realTime() == Outcome.ON, "real-time scheduling is not permitted here");
      return task.get();
    }
  }

  @Test
  void theRingsThreadIsRealTimeAndItsChildrenAreNot() throws Exception {
    List<String> policies =
        after(
            "ring-1",
            () -> {
              Process child = new ProcessBuilder("cat", "/proc/self/stat").start();
              String stat =
                  new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
              assertEquals(0, child.waitFor());
              return List.of(ownPolicy(), policy(stat));
            });
    assertEquals(List.of(ROUND_ROBIN, USUAL), policies);
  }

  @Test
  void whatPlansIsNot() throws Exception {
    assertEquals(USUAL, after("planner", TimelinessTest::ownPolicy));
    assertEquals(
        ROUND_ROBIN,
        after("node1@group-0", TimelinessTest::ownPolicy),
        "the log's threads bear the name of the node");
  }

  @Test
  void aThreadThatHasEndedIsPassedOver() throws IOException {
    Files.createDirectory(directory.resolve("4194303"));
    try (Timeliness timeliness = new Timeliness(directory)) {
      timeliness.walk();
      assertEquals(Outcome.ON, timeliness.realTime());
    }
  }

  @Test
  void nothingIsAskedForUnlessWanted() {
    try (Timeliness timeliness = new Timeliness()) {
      timeliness.start(false, false);
      assertEquals(
          List.of(Outcome.OFF, Outcome.OFF), List.of(timeliness.realTime(), timeliness.memory()));
    }
  }

  @Test
  void aThreadThatEndsMeanwhileIsNoRefusal() throws IOException {
    Path thread = Files.createDirectory(directory.resolve("4194302"));
    Files.writeString(thread.resolve("comm"), "ring");
    try (Timeliness timeliness = new Timeliness(directory)) {
      timeliness.walk();
      assertEquals(Outcome.ON, timeliness.realTime());
    }
  }
}
