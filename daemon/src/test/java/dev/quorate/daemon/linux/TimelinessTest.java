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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimelinessTest {
  private static final int NICE = 16;
  private static final int POLICY = 38;
  private static final String USUAL = "0";
  private static final String ROUND_ROBIN = "2";

  @TempDir Path directory = Path.of(".");

  /// A field of a `stat` file, counted from behind the second, which is a name in brackets.
  private static String field(String stat, int number) {
    return List.of(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1)).get(number);
  }

  private static String own() throws IOException {
    return Files.readString(Path.of("/proc/thread-self/stat"));
  }

  private static String ownPolicy() throws IOException {
    return field(own(), POLICY);
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
            "ring-1-1",
            () -> {
              Process child = new ProcessBuilder("cat", "/proc/self/stat").start();
              String stat =
                  new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
              assertEquals(0, child.waitFor());
              return List.of(ownPolicy(), field(stat, POLICY));
            });
    assertEquals(List.of(ROUND_ROBIN, USUAL), policies);
  }

  /// One that waits for a lock of the virtual machine yields the processor until it has it, and a
  /// real-time thread yields to none that is less.
  @ParameterizedTest
  @CsvSource({
    "node1@group-0, -5",
    "ring1@group-0, -5",
    "ring-1-1@group, -5",
    "ForkJoinPool-1-, -5",
    "planner, 0",
    "C1 CompilerThre, 0"
  })
  void noOtherIsRealTimeNorWhatItStarts(String name, String nice) throws Exception {
    assertEquals(
        List.of(USUAL, nice, "0"),
        after(
            name,
            () -> {
              var child = new ProcessBuilder("cat", "/proc/self/stat").start();
              var stat = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
              assertEquals(0, child.waitFor());
              return List.of(ownPolicy(), field(own(), NICE), field(stat, NICE));
            }),
        "policy and share of the thread, share of its child");
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
    Files.writeString(thread.resolve("comm"), "ring-1-1");
    try (Timeliness timeliness = new Timeliness(directory)) {
      timeliness.walk();
      assertEquals(Outcome.ON, timeliness.realTime());
    }
  }
}
