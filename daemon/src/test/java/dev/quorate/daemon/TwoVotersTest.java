package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.PairFacts;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.pair.SurvivorFile;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.TwoNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two whole nodes without a third, and a power switch that is a file for each: while the file is
/// there, the machine is on.
@Tag("slow")
final class TwoVotersTest {
  private static final NodeId N1 = TestNodes.node(1);
  private static final NodeId N2 = TestNodes.node(2);

  @TempDir private Path directory;
  private TestNodes nodes;

  @BeforeEach
  void twoNodesWithASwitch() throws IOException {
    nodes = new TestNodes(directory);
    FileSwitch.install(directory);
    equip(2);
    nodes.found(2);
    arbitrate();
  }

  private void equip(int count) throws IOException {
    for (int number = 1; number <= count; number++) {
      nodes.configure(number, "fence.directories = " + directory);
      nodes.configure(number, "node.grace = 3s");
      power(number);
    }
  }

  private void arbitrate() {
    nodes.succeeds(1, "stonith create power fence_files pcmk_host_list=n1,n2");
    nodes.await(
        "both daemons can arbitrate",
        () -> nodes.type(1, "property set two-node=true priority-fencing-delay=1s") == ExitCode.OK);
    nodes.await(
        "both are protected and vote", () -> stands(1, "both vote") && stands(2, "both vote"));
    nodes.await("both are protected", () -> guarded(1) && guarded(2));
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private void power(int number) throws IOException {
    Files.writeString(directory.resolve("on-n" + number), "");
    nodes.configure(number, "boot-id = boot-" + number + "-" + System.nanoTime());
  }

  private Optional<PairFacts> facts(int number) {
    return nodes.at(number).operator().pair();
  }

  private boolean stands(int number, String text) {
    return facts(number).filter(f -> f.standing().startsWith(text)).isPresent();
  }

  private boolean guarded(int number) {
    return facts(number).filter(f -> f.unprotected().isEmpty()).isPresent();
  }

  private String written(int number) {
    try {
      return Files.readString(nodes.home(number).resolve("quorate.conf"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean cut(int number) {
    return Files.notExists(directory.resolve("on-n" + number));
  }

  private NodeStatus.Presence presence(int at, NodeId of) {
    return nodes.at(at).operator().state().node(of).orElseThrow().presence();
  }

  @Test
  void theSurvivorDecidesAloneAndTakesTheOtherInAgain() throws IOException {
    nodes.succeeds(1, "property set stonith-timeout=21s");
    nodes.shut(2);
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
    assertTrue(cut(2), "the switch was used");
    nodes.await(
        "the log says so",
        () -> TwoNodes.how(nodes.at(1).operator().state().attributes(), N1).isPresent());
    nodes.await("and who is off", () -> presence(1, N2) == NodeStatus.Presence.FENCED);
    nodes.succeeds(1, "property set stonith-timeout=22s");

    power(2);
    nodes.boot(2);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
    nodes.awaitOnline(2);
    nodes.await(
        "n2 has what was decided without it",
        () -> "22s".equals(nodes.property(2, "stonith-timeout")));
    nodes.await(
        "nobody is alone by the log",
        () -> TwoNodes.how(nodes.at(1).operator().state().attributes(), N1).isEmpty());
    nodes.await("by both logs", () -> nodes.votes(1, 2) && nodes.votes(2, 1));
    nodes.succeeds(2, "property set stonith-timeout=23s");
    assertTrue(Files.readString(nodes.state(2).resolve("survivor")).contains("epoch=2"));
  }

  @Test
  void aFencingThatFailsLetsNobodyGoOn() throws IOException {
    Files.writeString(directory.resolve("broken"), "");
    nodes.await("n1 says so", () -> !guarded(1) || stands(1, "both vote"));
    nodes.shut(2);
    nodes.await("n1 misses n2", () -> facts(1).filter(PairFacts::waiting).isPresent());
    assertEquals(ExitCode.NO_QUORUM, nodes.type(1, "property set stonith-timeout=24s"));
    assertFalse(stands(1, "goes on"));
    assertFalse(cut(2));
    Files.delete(directory.resolve("broken"));
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
  }

  @Test
  void aLoneBootingNodeWaitsAndTheSurvivorShowsAgain() throws IOException {
    nodes.shut(2);
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
    nodes.shut(1);
    power(2);
    nodes.boot(2);
    nodes.await("n2 waits", () -> stands(2, "waits for n1"));
    assertTrue(facts(2).orElseThrow().waiting());
    assertEquals(ExitCode.NO_QUORUM, nodes.type(2, "property set stonith-timeout=25s"));

    power(1);
    nodes.boot(1);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
    assertFalse(cut(1), "who waits fences nobody");
  }

  @Test
  void aDaemonThatComesBackIsNotFenced() throws IOException {
    nodes.shut(2);
    nodes.boot(2);
    nodes.await("both vote", () -> stands(1, "both vote") && stands(2, "both vote"));
    assertFalse(cut(2));
    assertTrue(Files.readString(nodes.state(1).resolve("survivor")).contains("epoch=1"));
  }

  @Test
  void aNodeWithADamagedLogIsFencedAndCopiesAnew() throws IOException {
    nodes.shut(2);
    nodes.damageLog(2);
    nodes.boot(2);
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
    assertTrue(cut(2), "it was on, and answered");
    nodes.shut(2);
    power(2);
    nodes.boot(2);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
  }

  @Test
  void whoLostItsDiskJoinsAnewOnlyWhoGoesOnAlone() throws IOException {
    Files.writeString(directory.resolve("broken"), "");
    nodes.await("n1 says so", () -> !guarded(1) || stands(1, "both vote"));
    nodes.shut(2);
    nodes.await("n1 misses n2", () -> facts(1).filter(PairFacts::waiting).isPresent());
    nodes.wipe(2);
    nodes.boot(2);
    nodes.succeeds(1, "cluster token n2");
    String token = nodes.token();
    assertNotEquals(ExitCode.OK, nodes.type(2, "cluster join " + token));
    assertTrue(nodes.said().contains("goes on alone"), nodes::said);

    Files.delete(directory.resolve("broken"));
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
    nodes.succeeds(1, "property set stonith-timeout=26s");
    power(2);
    nodes.boot(2);
    // The refusal has not used it up.
    nodes.succeeds(2, "cluster join " + token);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
    nodes.await("by both logs", () -> nodes.votes(1, 2) && nodes.votes(2, 1));
    assertTrue(Files.readString(nodes.state(2).resolve("survivor")).contains("epoch=2"));
    nodes.succeeds(2, "property set stonith-timeout=27s");
  }

  /// The third is told in which epoch the log is that it shall copy.
  @Test
  void twoThatFoundedAnewBecomeThree() throws IOException {
    nodes.shut(2);
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
    power(2);
    nodes.boot(2);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
    nodes.awaitOnline(2);
    String add = "node add n3 " + TestNodes.address(3);
    assertEquals(ExitCode.REFUSED, nodes.type(1, add));
    assertTrue(nodes.said().contains("two-node=true is for exactly two nodes"), nodes::said);
    nodes.await(
        "nobody is alone", () -> nodes.type(1, "property set two-node=false") == ExitCode.OK);
    nodes.succeeds(1, add);
    String token = nodes.token();
    nodes.boot(3);
    nodes.await(
        "joined once n1 arbitrates no more",
        () -> nodes.type(3, "cluster join " + token) == ExitCode.OK);
    nodes.await("n3 votes", () -> nodes.votes(1, 3) && nodes.votes(3, 3));
    nodes.awaitOnline(3);
    assertTrue(Files.readString(nodes.state(3).resolve("survivor")).contains("epoch=2"));
    // Each can be missed, over a restart too.
    nodes.await("written down", () -> written(2).contains("n3"));
    nodes.shut(3);
    nodes.boot(3);
    nodes.shut(2);
    nodes.await(
        "decided without n2",
        () -> nodes.type(3, "property set stonith-timeout=28s") == ExitCode.OK);
    nodes.boot(2);
    nodes.awaitOnline(3);
    nodes.shut(1);
    nodes.await(
        "decided without n1",
        () -> nodes.type(2, "property set stonith-timeout=29s") == ExitCode.OK);
  }

  @Test
  void threeNodesBecomeTwo() throws IOException {
    nodes.close();
    nodes = new TestNodes(directory.resolve("three"));
    equip(3);
    nodes.found(3);
    nodes.shut(3);
    nodes.await("lost", () -> nodes.type(1, "stonith confirm n3 --force") == ExitCode.OK);
    nodes.await("removed", () -> nodes.type(1, "node remove n3") == ExitCode.OK);
    nodes.succeeds(1, "stonith create spare fence_files pcmk_host_list=n1,n2");
    for (int number : new int[] {1, 2}) {
      nodes.await("written down", () -> !written(number).contains("n3"));
      nodes.await(
          "refused for who was not restarted",
          () ->
              nodes.type(1, "property set two-node=true") == ExitCode.USAGE
                  && nodes.said().contains("n2 began as one of more nodes")
                  && nodes.said().contains("n1 began as one of more nodes") == (number == 1));
      nodes.shut(number);
      nodes.boot(number);
      nodes.awaitOnline(2);
    }
    nodes.await("a quorum", () -> nodes.at(1).operator().facts().quorum());
    arbitrate();
    nodes.shut(1);
    nodes.boot(1);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
  }

  /// Its configuration file was not made to say what was agreed on.
  @Test
  void aDaemonThatBeganAsOneOfMoreSaysSoAndIsWholeAfterItsRestart() throws IOException {
    nodes.configure(1, "node.grace = 15s");
    nodes.shut(1);
    nodes.boot(1);
    nodes.await("both vote", () -> stands(1, "both vote") && stands(2, "both vote"));
    nodes.shut(2);
    nodes.configure(2, "peer.n3 = " + TestNodes.address(3));
    nodes.boot(2);
    for (int number : new int[] {1, 2}) {
      nodes.await(
          "it is said",
          () ->
              nodes.type(number, "status") != ExitCode.USAGE
                  && nodes.said().contains("the daemon of n2 began as one of more nodes"));
    }
    nodes.await("written down", () -> !written(2).contains("n3"));
    nodes.shut(2);
    nodes.boot(2);
    nodes.await("both vote", () -> stands(1, "both vote") && stands(2, "both vote"));
    nodes.await(
        "it is not said any more",
        () ->
            nodes.type(1, "status") != ExitCode.USAGE
                && !nodes.said().contains("began as one of more"));
    assertFalse(cut(2));
  }

  @Test
  void aDamagedCopyIsBegunAnew() throws IOException {
    nodes.shut(2);
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
    nodes.await(
        "the log says so",
        () -> TwoNodes.how(nodes.at(1).operator().state().attributes(), N1).isPresent());
    // As if n2 had begun to copy, and lost what it had.
    new SurvivorFile(nodes.state(2).resolve("survivor"))
        .write(new SurvivorRecord(2, SurvivorRecord.Standing.LEARNER));
    String marker;
    try (Stream<Path> files = Files.list(nodes.state(1))) {
      marker =
          files
              .map(f -> String.valueOf(f.getFileName()))
              .filter(f -> f.startsWith("log-2.") && f.endsWith(".begun"))
              .findFirst()
              .orElseThrow();
    }
    Files.writeString(
        nodes.state(2).resolve(marker), "A log was begun.\nincarnation 1, newcomer, begun\n");
    power(2);
    nodes.boot(2);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
    nodes.succeeds(2, "property set stonith-timeout=28s");
  }

  /// A machine of which nothing answers any more.
  private DeadPort burnt(int number) throws IOException {
    return new DeadPort(TestNodes.address(number), nodes.admin());
  }

  /// A machine whose daemon hangs: a connection is taken, and nothing comes.
  private ServerSocket hanging(int number) throws IOException {
    return new ServerSocket(nodes.admin(), 5, InetAddress.getByName(TestNodes.address(number)));
  }

  @Test
  @Tag("S3-46")
  void anOathLetsTheOneGoOnThatCameBack() throws IOException {
    nodes.shut(1);
    nodes.shut(2);
    power(2);
    nodes.boot(2);
    nodes.await("n2 waits", () -> stands(2, "waits for n1"));
    assertEquals(ExitCode.USAGE, nodes.type(2, "quorum adopt n1 --yes"));
    assertEquals(ExitCode.REFUSED, nodes.type(2, "quorum adopt n1 --reason=burnt"));
    assertTrue(nodes.said().contains("lost for good"), nodes::said);
    assertEquals(ExitCode.REFUSED, nodes.type(2, "quorum adopt n1 --reason=burnt --yes"));
    assertTrue(nodes.said().contains("its machine answers"), nodes::said);
    try (ServerSocket _ = hanging(1)) {
      assertEquals(ExitCode.REFUSED, nodes.type(2, "quorum adopt n1 --reason=burnt --yes"));
      assertTrue(nodes.said().contains("its machine answers"), nodes::said);
    }
    assertEquals(ExitCode.USAGE, nodes.type(2, "quorum adopt n2 --reason=burnt --yes"));
    assertTrue(stands(2, "waits for n1"));

    try (DeadPort _ = burnt(1)) {
      nodes.succeeds(2, "quorum adopt n1 --reason=burnt --yes");
      nodes.await("n2 goes on alone", () -> stands(2, "goes on without n1"));
      nodes.await(
          "decided alone", () -> nodes.type(2, "property set stonith-timeout=29s") == ExitCode.OK);
      nodes.await("the oath is written down", () -> presence(2, N1) == NodeStatus.Presence.FENCED);
      var oath = nodes.at(2).operator().state().fencings().getLast();
      assertEquals(
          "operator-oath root burnt", oath.proof() + " " + oath.client() + " " + oath.reason());
      assertEquals(ExitCode.REFUSED, nodes.type(2, "quorum adopt n1 --reason=again --yes"));
    }
    assertTrue(
        Files.readString(nodes.state(2).resolve("survivor")).contains("epoch=4"),
        "later than what n1 can have begun");

    power(1);
    nodes.boot(1);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
    assertFalse(cut(1));
    nodes.await(
        "n1 has what was decided without it",
        () -> "29s".equals(nodes.property(1, "stonith-timeout")));
  }

  /// While it was off, n2 may have been sworn to and gone on.
  @Test
  void whoWasAloneAndIsBackAfterLongWaitsForTheOtherOrAnOath() throws IOException {
    nodes.shut(2);
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
    Path seen = nodes.state(1).resolve("last-seen-alone");
    nodes.await("n1 has noted that it runs", () -> Files.exists(seen));
    nodes.shut(1);
    String boot = Files.readAllLines(seen).getFirst();
    Files.writeString(seen, boot + "\n" + (System.currentTimeMillis() - 3_600_000) + "\n");
    nodes.boot(1);
    nodes.await("it was on all the time", () -> stands(1, "goes on without n2"));
    nodes.shut(1);

    Files.writeString(seen, boot + "\n" + (System.currentTimeMillis() - 3_600_000) + "\n");
    power(1);
    nodes.boot(1);
    nodes.await("n1 doubts", () -> stands(1, "was alone, and then away for long"));
    assertEquals(ExitCode.NO_QUORUM, nodes.type(1, "property set stonith-timeout=31s"));
    assertEquals(ExitCode.REFUSED, nodes.type(1, "quorum adopt n2 --reason=burnt --yes"));
    try (DeadPort _ = burnt(2)) {
      nodes.succeeds(1, "quorum adopt n2 --reason=burnt --yes");
      nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
      nodes.await(
          "decided alone", () -> nodes.type(1, "property set stonith-timeout=31s") == ExitCode.OK);
    }
    assertTrue(
        Files.readString(nodes.state(1).resolve("survivor")).contains("epoch=7"),
        "later than what an oath made of n2");

    power(2);
    nodes.boot(2);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
  }

  /// Its record says that it is alone, and the log that goes with it was never put in its place.
  @Test
  void anOathFoundsOnWhatThereIs() throws IOException {
    nodes.shut(1);
    nodes.shut(2);
    new SurvivorFile(nodes.state(1).resolve("survivor"))
        .write(new SurvivorRecord(2, SurvivorRecord.Standing.SOLE));
    power(1);
    nodes.boot(1);
    nodes.await("n1 doubts", () -> stands(1, "was alone, and then away for long"));
    try (DeadPort _ = burnt(2)) {
      nodes.succeeds(1, "quorum adopt n2 --reason=burnt --yes");
      nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
      nodes.await(
          "decided alone", () -> nodes.type(1, "property set stonith-timeout=33s") == ExitCode.OK);
    }
  }

  @Test
  void anOathStandsForASwitchThatBurntWithItsMachine() throws IOException {
    Files.writeString(directory.resolve("broken"), "");
    nodes.shut(2);
    try (DeadPort _ = burnt(2)) {
      nodes.await("n1 misses n2", () -> facts(1).filter(PairFacts::waiting).isPresent());
      nodes.await(
          "the oath counts",
          () -> nodes.type(1, "quorum adopt n2 --reason=burnt --yes") == ExitCode.OK);
      nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
      nodes.await(
          "decided alone", () -> nodes.type(1, "property set stonith-timeout=30s") == ExitCode.OK);
    }
  }

  @Test
  void aCopyOfWhatTheOtherDecidedAloneIsNotAdopted() throws IOException {
    nodes.shut(2);
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
    nodes.shut(1);
    new SurvivorFile(nodes.state(2).resolve("survivor"))
        .write(new SurvivorRecord(2, SurvivorRecord.Standing.LEARNER));
    power(2);
    nodes.boot(2);
    nodes.await("n2 waits", () -> stands(2, "waits for n1"));
    try (DeadPort _ = burnt(1)) {
      assertEquals(ExitCode.REFUSED, nodes.type(2, "quorum adopt n1 --reason=burnt --yes"));
    }
    assertTrue(nodes.said().contains("only a part of what it decided"), nodes::said);
    assertTrue(stands(2, "waits for n1"));
  }

  @Test
  void whoLeavesInPeaceLetsTheOtherGoOnAndBothVoteAfterBothStopped() {
    nodes.succeeds(1, "cluster stop");
    nodes.await("n2 goes on alone", () -> stands(2, "goes on without n1"));
    assertFalse(cut(1));
    nodes.succeeds(2, "property set stonith-timeout=26s");
    nodes.succeeds(1, "cluster start");
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
    nodes.awaitOnline(2);
    assertEquals("26s", nodes.property(1, "stonith-timeout"));
    nodes.succeeds(1, "cluster stop --all");
    nodes.succeeds(1, "cluster start --all");
    nodes.await("both vote once more", () -> stands(1, "both vote") && stands(2, "both vote"));
  }

  @Test
  void nobodyElseSaysHello() {
    String hello = "{\"node\":\"n2\",\"epoch\":9,\"standing\":\"SOLE\",\"boot\":\"x\"}";
    HactlError refused =
        assertThrows(HactlError.class, () -> nodes.at(1).operator().greeted("CN=n1", hello));
    assertEquals("HA-PAIR-003", refused.code());
    assertThrows(HactlError.class, () -> nodes.at(1).operator().greeted("CN=n2", "{}"));
  }
}
