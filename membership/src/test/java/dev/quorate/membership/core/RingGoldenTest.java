package dev.quorate.membership.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.membership.MembershipConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// The conversation of three nodes from start to leave, word for word. `-Dgolden.update` rewrites
/// the script; its difference is what a reviewer reads.
class RingGoldenTest {
  private static final Path SCRIPT = Path.of("src/test/resources/golden/three-nodes.txt");

  @Test
  void threeNodesTalkAsWritten() throws IOException {
    var bench =
        new RingBench(
            RandomGeneratorFactory.of("L64X128MixRandom").create(1),
            MembershipConfig.defaults(),
            "a",
            "b",
            "c");
    bench.recording = true;
    bench.shortestDelay = Duration.ofMillis(1);
    bench.longestDelay = Duration.ofMillis(1);
    chapter(bench, "a starts alone");
    bench.node("a").start();
    bench.runFor(Duration.ofMillis(300));
    chapter(bench, "b and c start");
    bench.node("b").start();
    bench.node("c").start();
    bench.runFor(Duration.ofMillis(300));
    chapter(bench, "b and a speak");
    bench.node("b").say();
    bench.runFor(Duration.ofMillis(10));
    bench.node("a").say();
    bench.runFor(Duration.ofMillis(200));
    chapter(bench, "c is cut off in the middle of a message of b");
    bench.cut.addAll(List.of("a>c", "c>a", "c>b", "b>c"));
    bench.node("b").say();
    bench.runFor(Duration.ofMillis(1_300));
    chapter(bench, "c is heard again");
    bench.cut.clear();
    bench.runFor(Duration.ofMillis(600));
    chapter(bench, "b is restarted");
    bench.node("b").crash();
    bench.node("b").start();
    bench.runFor(Duration.ofMillis(100));
    chapter(bench, "a leaves");
    bench.node("a").feed(new RingEvent.LeaveRequested());
    bench.runFor(Duration.ofMillis(100));

    var actual =
        String.join("\n", bench.script.stream().filter(RingGoldenTest::isTalk).toList()) + "\n";
    if (System.getProperty("golden.update") != null) {
      Files.writeString(SCRIPT, actual);
    }
    assertEquals(Files.readString(SCRIPT), actual);
  }

  private static void chapter(RingBench bench, String title) {
    bench.script.add("# " + title);
  }

  private static boolean isTalk(String line) {
    return !line.contains(" timer ") && !line.contains(" cancel ");
  }
}
