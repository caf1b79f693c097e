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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    Path agent = directory.resolve("fence_files");
    Files.writeString(
        agent,
        """
        #!/bin/sh
        # on and off are files; broken makes the switch fail
        cd %s || exit 1
        while IFS='=' read -r name value; do
          case $name in action) action=$value ;; port) port=$value ;; esac
        done
        [ -e broken ] && exit 1
        case $action in
          off) rm -f "on-$port"; echo off >> "said-$port" ;;
          on) echo on >> "said-$port" ;;
          status) [ -e "on-$port" ] && exit 0; exit 2 ;;
          metadata) echo '<resource-agent name="fence_files"><parameters><parameter name="port"/></parameters></resource-agent>' ;;
        esac
        exit 0
        """
            .formatted(directory));
    Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rwxr-xr-x"));
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
    nodes.succeeds(1, "property set two-node=true priority-fencing-delay=1s");
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
    assertEquals(NodeStatus.Presence.FENCED, presence(1, N2));
    nodes.succeeds(1, "property set stonith-timeout=22s");

    power(2);
    nodes.boot(2);
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
    nodes.awaitOnline(2);
    nodes.await(
        "n2 has what was decided without it",
        () ->
            "22s"
                .equals(
                    nodes
                        .at(2)
                        .operator()
                        .state()
                        .configuration()
                        .properties()
                        .get("stonith-timeout")));
    nodes.await(
        "nobody is alone by the log",
        () -> TwoNodes.how(nodes.at(1).operator().state().attributes(), N1).isEmpty());
    assertTrue(nodes.votes(1, 2) && nodes.votes(2, 1));
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
    assertNotEquals(ExitCode.OK, nodes.type(2, "cluster join " + nodes.token()));
    assertTrue(nodes.said().contains("goes on alone"), nodes::said);

    Files.delete(directory.resolve("broken"));
    nodes.await("n1 goes on alone", () -> stands(1, "goes on without n2"));
    nodes.succeeds(1, "property set stonith-timeout=26s");
    power(2);
    nodes.boot(2);
    nodes.succeeds(1, "cluster token n2");
    nodes.succeeds(2, "cluster join " + nodes.token());
    nodes.await("both vote again", () -> stands(1, "both vote") && stands(2, "both vote"));
    assertTrue(nodes.votes(1, 2) && nodes.votes(2, 1));
    assertTrue(Files.readString(nodes.state(2).resolve("survivor")).contains("epoch=2"));
    nodes.succeeds(2, "property set stonith-timeout=27s");
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
    for (int number : new int[] {1, 2}) {
      nodes.await("written down", () -> !written(number).contains("n3"));
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

  @Test
  void nobodyElseSaysHello() {
    String hello = "{\"node\":\"n2\",\"epoch\":9,\"standing\":\"SOLE\",\"boot\":\"x\"}";
    HactlError refused =
        assertThrows(HactlError.class, () -> nodes.at(1).operator().greeted("CN=n1", hello));
    assertEquals("HA-PAIR-003", refused.code());
    assertThrows(HactlError.class, () -> nodes.at(1).operator().greeted("CN=n2", "{}"));
  }
}
