package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.PairFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two whole nodes, each with its state on a file system of its own that is really mounted and
/// really frozen: what is to be kept there waits, and nothing fails.
@Tag("slow")
class HangingDiskTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory = Path.of("");
  private final List<Integer> frozen = new ArrayList<>();
  private final List<Integer> mounted = new ArrayList<>();
  private TestNodes nodes = TestNodes.none();

  @BeforeEach
  void twoNodesWithDisksOfTheirOwn() throws IOException {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "needs root to mount and freeze: skipped");
    nodes = new TestNodes(directory);
    FileSwitch.install(directory);
    for (int number : new int[] {1, 2}) {
      mount(number);
      nodes.configure(number, "fence.directories = " + directory);
      nodes.configure(number, "node.grace = 3s");
      nodes.configure(number, "log.hang-after = 3s");
      nodes.configure(number, "log.free-space = 16");
      nodes.configure(number, "boot-id = boot-" + number);
      Files.writeString(directory.resolve("on-n" + number), "");
    }
    nodes.found(2);
    nodes.succeeds(1, "stonith create power fence_files pcmk_host_list=n1,n2");
    nodes.await(
        "both daemons can arbitrate",
        () -> nodes.type(1, "property set two-node=true priority-fencing-delay=1s") == ExitCode.OK);
    nodes.await("both vote and are protected", () -> votes(1) && votes(2));
  }

  @AfterEach
  void thawAndClose() {
    thaw();
    nodes.close();
    for (int number : mounted) {
      run("umount", "-l", nodes.home(number).toString());
    }
  }

  private void mount(int number) throws IOException {
    Path image = directory.resolve("disk-" + number);
    Files.write(image, new byte[64 * MIB]);
    Files.createDirectories(nodes.home(number));
    boolean done =
        run("mkfs.ext4", "-q", image.toString())
            && run("mount", "-o", "loop", image.toString(), nodes.home(number).toString());
    assumeTrue(done, "no file system can be mounted here: skipped");
    mounted.add(number);
  }

  private void freeze(int number) {
    assertTrue(run("fsfreeze", "-f", nodes.home(number).toString()));
    frozen.add(number);
  }

  private void thaw() {
    for (int number : frozen) {
      assertTrue(run("fsfreeze", "-u", nodes.home(number).toString()));
    }
    frozen.clear();
  }

  /// Whether it did what it shall; a program that is not there does not.
  private static boolean run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.onExit().join().exitValue() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  private boolean stands(int number, String text) {
    return nodes
        .at(number)
        .operator()
        .pair()
        .filter(f -> f.standing().startsWith(text))
        .isPresent();
  }

  private boolean votes(int number) {
    return stands(number, "both vote")
        && nodes.at(number).operator().pair().flatMap(PairFacts::unprotected).isEmpty();
  }

  private boolean hangs(int number) {
    LogDisk disk = nodes.at(number).node().orElseThrow().nodeLog().disk();
    return disk.owes()
        .filter(since -> Duration.between(since, disk.now()).compareTo(Duration.ofSeconds(6)) > 0)
        .isPresent();
  }

  /// Something to be kept, for which nobody waits.
  private CompletableFuture<ExitCode> decide(int number, String value) {
    CompletableFuture<ExitCode> outcome = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> outcome.complete(nodes.type(number, "property set stonith-timeout=" + value)));
    return outcome;
  }

  private void oneHangsAndTheOtherGoesOn(int hanging, int other) throws IOException {
    freeze(hanging);
    var _ = decide(other, "31s");
    nodes.await("the other goes on alone", () -> stands(other, "goes on without n" + hanging));
    assertTrue(Files.notExists(directory.resolve("on-n" + hanging)), "it was fenced");
    nodes.await(
        "decided alone",
        () -> nodes.type(other, "property set stonith-timeout=32s") == ExitCode.OK);
    String said = nodes.at(hanging).node().flatMap(Node::logFailure).orElse("");
    assertTrue(said.contains("takes no part until it is well again"), said);
    assertEquals(Map.of(), nodes.ended);

    // For this run it stays so, and the next one begins by itself.
    thaw();
    nodes.await("its daemon ends", () -> nodes.ended.containsKey(hanging));
    assertEquals(Map.of(hanging, StartFailure.FAIL_STOP), nodes.ended);
    assertTrue(stands(hanging, "takes no part"));
    nodes.shut(hanging);
    Files.writeString(directory.resolve("on-n" + hanging), "");
    nodes.configure(hanging, "boot-id = boot-" + hanging + "-again");
    nodes.boot(hanging);
    nodes.await("both vote again", () -> votes(1) && votes(2));
    nodes.await(
        "it has what was decided without it",
        () -> "32s".equals(nodes.property(hanging, "stonith-timeout")));
  }

  @Test
  void whereTheLeadersDiskHangsTheOtherGoesOn() throws IOException {
    int leader = nodes.leader();
    oneHangsAndTheOtherGoesOn(leader, 3 - leader);
  }

  @Test
  void whereTheFollowersDiskHangsTheLeaderGoesOn() throws IOException {
    int leader = nodes.leader();
    oneHangsAndTheOtherGoesOn(3 - leader, leader);
  }

  /// Whoever stands for election does so in vain: who is asked for its vote cannot write it down.
  /// No sync of the log is owed then.
  @Test
  void whereTheHangHasTakenThePairApartTheOtherGoesOn() {
    int leader = nodes.leader();
    int other = 3 - leader;
    freeze(leader);
    var _ =
        nodes
            .at(leader)
            .node()
            .orElseThrow()
            .replicatedLog()
            .transferLeadership(TestNodes.node(other));
    nodes.await("the other goes on alone", () -> stands(other, "goes on without n" + leader));
    assertTrue(Files.notExists(directory.resolve("on-n" + leader)), "it was fenced");
    thaw();
    nodes.await("its daemon ends", () -> nodes.ended.containsKey(leader));
  }

  @Test
  void ifTheOtherMayHostNothingNobodyLeaves() {
    int leader = nodes.leader();
    nodes.succeeds(leader, "node standby n" + (3 - leader));
    freeze(leader);
    var _ = decide(leader, "35s");
    nodes.await("it hangs for twice the bound", () -> hangs(leader));
    assertTrue(stands(leader, "both vote"));
    thaw();
    nodes.await("it goes on by itself", () -> votes(1) && votes(2));
  }

  @Test
  void ifBothHangNobodyLeavesAndItGoesOnByItself() {
    freeze(1);
    freeze(2);
    var _ = decide(1, "33s");
    int leader = nodes.leader();
    nodes.await("the leader's hangs for twice the bound", () -> hangs(leader));
    for (int number : new int[] {1, 2}) {
      assertTrue(stands(number, "both vote"), "n" + number + " left");
    }
    thaw();
    nodes.await(
        "decided by both", () -> nodes.type(1, "property set stonith-timeout=34s") == ExitCode.OK);
    assertTrue(votes(1) && votes(2));
    assertFalse(Files.notExists(directory.resolve("on-n1")));
    assertFalse(Files.notExists(directory.resolve("on-n2")));
  }
}
