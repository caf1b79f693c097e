package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.Identity;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.NodeDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes come and go while the cluster runs; no daemon is restarted for it.
@Tag("slow")
class NodeChangesTest {
  @TempDir Path directory = Path.of("");
  private TestNodes nodes = TestNodes.none();

  @BeforeEach
  void threeNodes() throws IOException {
    nodes = new TestNodes(directory);
    nodes.found(3);
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private List<NodeId> written(int number) {
    return ConfigFile.read(nodes.home(number).resolve("quorate.conf"))
        .identity()
        .map(Identity::everyone)
        .map(all -> List.copyOf(all.keySet()))
        .orElse(List.of());
  }

  private static List<NodeId> named(int... numbers) {
    return java.util.Arrays.stream(numbers).mapToObj(TestNodes::node).toList();
  }

  private void add(int number, String kind) throws IOException {
    nodes.succeeds(
        1, ("node add n" + number + " " + TestNodes.address(number) + " " + kind).strip());
    String token = nodes.token();
    nodes.boot(number);
    nodes.succeeds(number, "cluster join " + token);
  }

  private boolean counted(int at, int number) {
    NodeDefinition definition =
        nodes.at(at).operator().state().configuration().nodes().get(TestNodes.node(number));
    return definition != null && definition.voter();
  }

  @Test
  void aNodeIsAddedAndVotesAndAnotherIsRemoved() throws IOException {
    assertEquals(ExitCode.USAGE, nodes.type(1, "node add n4 " + TestNodes.address(2)));
    assertTrue(nodes.said().contains("belongs to node 'n2'"), nodes::said);
    add(4, "");
    nodes.await("n4 votes", () -> nodes.votes(1, 4) && nodes.votes(4, 4) && counted(4, 4));
    nodes.awaitOnline(4);
    for (int i = 1; i <= 4; i++) {
      int number = i;
      nodes.await("written down", () -> written(number).equals(named(1, 2, 3, 4)));
    }
    nodes.succeeds(4, "property set maintenance-mode=true");

    nodes.succeeds(1, "node remove n2");
    nodes.await("gone from the log", () -> !nodes.votes(3, 2) && !nodes.votes(4, 2));
    for (int i : new int[] {1, 3, 4}) {
      nodes.await("written down", () -> written(i).equals(named(1, 3, 4)));
    }
    assertThrows(
        HactlError.class,
        () ->
            MemberClient.post(
                nodes.at(2).tls(),
                TestNodes.address(1),
                nodes.admin(),
                "/v1/log/retire",
                "{}",
                Duration.ofSeconds(10)));

    // A restart finds the right peers: n4 and n1 decide without n3.
    nodes.shut(2);
    nodes.shut(4);
    nodes.boot(4);
    nodes.awaitOnline(3);
    nodes.shut(3);
    nodes.await(
        "decided", () -> nodes.type(4, "property set maintenance-mode=false") == ExitCode.OK);
  }

  @Test
  void aListenerFollowsAndDoesNotVote() throws IOException {
    add(4, "listener");
    nodes.await("listens", () -> nodes.at(4).node().filter(Node::listensForGood).isPresent());
    assertFalse(nodes.votes(1, 4));
    nodes.awaitOnline(4);
    assertFalse(counted(1, 4));
    nodes.succeeds(4, "property set maintenance-mode=true");
  }

  @Test
  void anEighthNodeVotesWhenOneOfSevenIsRemoved() throws IOException {
    nodes.close();
    nodes = new TestNodes(directory.resolve("eight"));
    nodes.found(7);
    add(8, "");
    nodes.await("listens", () -> nodes.at(8).node().filter(Node::listensForGood).isPresent());
    assertFalse(nodes.votes(1, 8));
    nodes.succeeds(1, "node remove n7");
    nodes.await("votes", () -> nodes.votes(1, 8) && nodes.votes(8, 8) && counted(8, 8));
    assertFalse(nodes.at(8).node().filter(Node::listensForGood).isPresent());
  }

  /// Who took part without this node's knowing must not found its log again.
  @Test
  void aWipedMachineIsToldItsNumberWithAQuorumOnly() throws IOException {
    nodes.succeeds(1, "property set maintenance-mode=true");
    nodes.awaitOnline(3);
    nodes.shut(2);
    nodes.shut(3);
    nodes.await("no quorum", () -> !nodes.at(1).operator().facts().quorum());
    try (Stream<Path> files = Files.walk(nodes.home(3))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    nodes.boot(3);
    nodes.succeeds(1, "cluster token n3");
    assertNotEquals(ExitCode.OK, nodes.type(3, "cluster join " + nodes.token()));
    assertTrue(nodes.said().contains("there is no quorum"), nodes::said);

    nodes.boot(2);
    nodes.await("a quorum", () -> nodes.at(1).operator().facts().quorum());
    nodes.succeeds(1, "cluster token n3");
    nodes.succeeds(3, "cluster join " + nodes.token());
    nodes.await("votes again", () -> nodes.votes(1, 3) && nodes.votes(3, 3));
    assertEquals(2, nodes.at(3).node().map(Node::logIncarnation).orElse(0));
  }

  @Test
  void whatWouldBeUnsafeIsRefused() {
    assertEquals(ExitCode.USAGE, nodes.type(1, "node remove n1"));
    assertTrue(nodes.said().contains("another node"), nodes::said);
    nodes.shut(3);
    nodes.await("away", () -> !nodes.at(1).operator().state().online(TestNodes.node(3)));
    assertEquals(ExitCode.REFUSED, nodes.type(1, "node remove n2"));
    assertTrue(nodes.said().contains("no majority"), nodes::said);
    // The leader says so, here or by way of the network.
    assertNotEquals(ExitCode.OK, nodes.type(1, "node remove n3"));
    assertTrue(nodes.said().contains("nothing shows that n3"), nodes::said);
    assertTrue(nodes.votes(1, 3));
    nodes.await("lost", () -> nodes.type(1, "stonith confirm n3 --force") == ExitCode.OK);
    nodes.succeeds(1, "node remove n3");
    nodes.await("gone from the log", () -> !nodes.votes(1, 3));
  }

  @Test
  void twoNodesBecomeThree() throws IOException {
    nodes.close();
    nodes = new TestNodes(directory.resolve("two"));
    nodes.found(2);
    add(3, "");
    nodes.await("n3 votes", () -> nodes.votes(1, 3) && nodes.votes(3, 3) && counted(3, 3));
    nodes.awaitOnline(3);
    nodes.await("written down", () -> written(1).equals(named(1, 2, 3)));
    nodes.shut(1);
    nodes.await(
        "decided without n1",
        () -> nodes.type(3, "property set maintenance-mode=true") == ExitCode.OK);
    nodes.boot(1);
    nodes.awaitOnline(3);
    nodes.shut(2);
    nodes.await(
        "decided without n2",
        () -> nodes.type(1, "property set maintenance-mode=false") == ExitCode.OK);
  }
}
