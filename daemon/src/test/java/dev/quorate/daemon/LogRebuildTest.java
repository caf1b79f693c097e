package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogMember;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.Absence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node whose log is damaged says so, serves nothing, votes for nobody, and is whole again after
/// one command.
@Tag("slow")
class LogRebuildTest {
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

  private void damage(int number) throws IOException {
    nodes.shut(number);
    nodes.damageLog(number);
  }

  private int incarnation(int at, int of) {
    return nodes
        .at(at)
        .node()
        .flatMap(n -> n.replicatedLog().members().of(TestNodes.node(of)))
        .map(LogMember::incarnation)
        .orElse(0);
  }

  @Test
  void aDamagedLogIsAdmittedAndRebuiltByOneCommand() throws IOException {
    damage(3);
    Lifecycle third = nodes.boot(3);
    assertEquals(NodeFacts.Phase.DAMAGED, third.phase());
    assertTrue(third.metrics().scrape().contains("quorate_log_usable 0.0"));
    nodes.succeeds(3, "status");
    assertTrue(nodes.said().contains("takes no part"), nodes::said);
    assertTrue(nodes.said().contains("state/log"), nodes::said);
    assertTrue(nodes.said().contains("hactl node rebuild --yes"), nodes::said);
    assertEquals(ExitCode.FAILED, nodes.type(3, "node standby"));
    assertTrue(nodes.said().contains("hactl node rebuild"), nodes::said);
    assertEquals(
        Absence.SILENT, PeerProbe.ask(new HostAddresses(), TestNodes.address(3), nodes.admin()));

    assertEquals(ExitCode.REFUSED, nodes.type(3, "node rebuild"));
    nodes.succeeds(3, "node rebuild --yes");
    assertTrue(nodes.said().contains("votes again"), nodes::said);
    assertTrue(third.metrics().scrape().contains("quorate_log_usable 1.0"));
    assertTrue(Files.isDirectory(nodes.state(3).resolve("log.damaged")));
    nodes.await("the second log", () -> incarnation(1, 3) == 2);
    nodes.awaitOnline(3);
    nodes.await(
        "n3 has what was agreed", () -> "true".equals(nodes.property(3, "maintenance-mode")));

    // Its vote counts: with it and one other the cluster decides.
    nodes.shut(2);
    nodes.succeeds(3, "property set maintenance-mode=false");
    assertEquals(ExitCode.REFUSED, nodes.type(3, "node rebuild --yes"));
    assertTrue(nodes.said().contains("not damaged"), nodes::said);
  }

  @Test
  void anInterruptedRebuildGoesOnByItself() throws IOException {
    damage(3);
    nodes.boot(3);
    nodes.succeeds(3, "node rebuild --yes");
    // Lost again, and the daemon ends after the old log was taken out of the configuration.
    damage(3);
    nodes.await("a leader", () -> nodes.type(1, "quorum status") == ExitCode.OK);
    Lifecycle third = nodes.boot(3);
    assertEquals(NodeFacts.Phase.DAMAGED, third.phase());
    third.rebuilding().putOutOfUse();
    nodes.shut(3);
    nodes.await("taken out", () -> incarnation(1, 3) == 0);
    nodes.boot(3);
    nodes.await("votes again", () -> nodes.votes(1, 3) && nodes.votes(3, 3));
    nodes.await("the third log", () -> incarnation(1, 3) == 3);
    nodes.awaitOnline(3);
  }

  private void spoilNumber(int number) throws IOException {
    try (Stream<Path> files = Files.list(nodes.state(number))) {
      Path marker = files.filter(f -> f.toString().endsWith(".begun")).findFirst().orElseThrow();
      Files.writeString(marker, "A log was begun.\nincarnation of old\n");
    }
  }

  @Test
  void aNumberThatNobodyKnowsIsNotMadeUp() throws IOException {
    damage(3);
    spoilNumber(3);
    Lifecycle third = nodes.boot(3);
    assertEquals(NodeFacts.Phase.DAMAGED, third.phase());
    third.rebuilding().putOutOfUse();
    nodes.await("the others knew it, and node 1 applied it", () -> incarnation(1, 3) == 0);
    spoilNumber(3);
    HactlError refused = assertThrows(HactlError.class, () -> third.rebuilding().putOutOfUse());
    assertEquals("HA-NODE-043", refused.code());
  }

  @Test
  void withoutAQuorumNothingIsRebuilt() throws IOException {
    damage(3);
    nodes.boot(3);
    nodes.shut(2);
    nodes.await("no quorum", () -> !nodes.at(1).operator().facts().quorum());
    List<String> before = files();
    assertEquals(ExitCode.NO_QUORUM, nodes.type(3, "node rebuild --yes"));
    assertTrue(nodes.said().contains("without a quorum"), nodes::said);
    assertTrue(nodes.said().contains("n1: "), nodes::said);
    assertTrue(nodes.said().contains("n2: "), nodes::said);
    assertEquals(before, files());
    nodes.boot(2);
    nodes.await("a quorum", () -> nodes.at(1).operator().facts().quorum());
    nodes.succeeds(3, "node rebuild --yes");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> tree = Files.walk(nodes.state(3).resolve("log"))) {
      return tree.sorted(Comparator.naturalOrder()).map(Path::toString).toList();
    }
  }
}
