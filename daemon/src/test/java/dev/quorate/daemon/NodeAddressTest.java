package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A link moves to another address while the cluster runs; no daemon is restarted for it.
@Tag("slow")
class NodeAddressTest {
  private static final String NEW = "127.0.3.2";

  @TempDir Path directory = Path.of("");

  private static boolean shows(TestNodes nodes, int at, String row) {
    nodes.succeeds(at, "ring status");
    return nodes.said().replaceAll(" +", " ").contains(row);
  }

  private static List<String> written(TestNodes nodes, int at, int number) {
    var identity = ConfigFile.read(nodes.home(at).resolve("quorate.conf")).identity().orElseThrow();
    return identity.links(
        TestNodes.node(number),
        Objects.requireNonNull(identity.everyone().get(TestNodes.node(number))));
  }

  @Test
  void everyNodeFollowsAndTheViewStays() throws IOException {
    try (TestNodes nodes = new TestNodes(directory)) {
      nodes.found(3, true);
      for (int i = 1; i <= 3; i++) {
        int at = i;
        String other = i == 2 ? "n1 1 127.0.2.1 up" : "n2 1 127.0.2.2 up";
        nodes.await("both links are up", () -> shows(nodes, at, other));
      }
      nodes.succeeds(1, "node address n2");
      assertEquals("Link 0: 127.0.1.2\nLink 1: 127.0.2.2", nodes.said());
      var view = nodes.at(1).operator().facts().view();

      nodes.succeeds(1, "node address n2 1=" + NEW);
      for (int i = 1; i <= 3; i++) {
        int at = i;
        nodes.await(
            "written down", () -> written(nodes, at, 2).equals(List.of(TestNodes.address(2), NEW)));
      }
      for (int i : new int[] {1, 3}) {
        nodes.await("n2 is heard there", () -> shows(nodes, i, "n2 1 " + NEW + " up"));
        nodes.await("n2 hears", () -> shows(nodes, 2, "n" + i + " 1 127.0.2." + i + " up"));
      }
      assertEquals(view, nodes.at(1).operator().facts().view());

      // A restart finds the link there.
      nodes.shut(2);
      nodes.boot(2);
      nodes.awaitOnline(3);
      nodes.await("n2 is heard there", () -> shows(nodes, 1, "n2 1 " + NEW + " up"));
    }
  }

  private static boolean placed(TestNodes nodes, int at, int number, String address) {
    var known = nodes.at(at).operator().state().configuration().nodes().get(TestNodes.node(number));
    return known != null && known.address().equals(address);
  }

  private static boolean arrived(TestNodes nodes, int at, int number, String address) {
    return nodes
        .at(at)
        .node()
        .flatMap(n -> n.replicatedLog().members().of(TestNodes.node(number)))
        .filter(m -> m.voter() && m.endpoint().host().equals(address))
        .isPresent();
  }

  /// What n1 says that n2 asks whether it is found there.
  private static String why(TestNodes nodes, String node, String address) throws IOException {
    String body = "{\"node\":\"%s\",\"address\":\"%s\"}".formatted(node, address);
    String answer =
        MemberClient.post(
            nodes.at(2).tls(),
            TestNodes.address(1),
            nodes.admin(),
            "/v1/node/reach",
            body,
            Duration.ofSeconds(10));
    return ClusterJson.mapper().readTree(answer).path("why").asText();
  }

  private static boolean says(TestNodes nodes, int number, String where) {
    nodes.succeeds(number, "node address n" + number);
    return nodes.said().equals(where);
  }

  private static void refused(TestNodes nodes, int at, String line, String why) {
    assertEquals(ExitCode.REFUSED, nodes.type(at, line), nodes::said);
    assertTrue(nodes.said().contains(why), nodes::said);
    assertFalse(Files.exists(nodes.state(at).resolve("moving")));
  }

  @Test
  void theFirstLinkMovesWithTheLog() throws IOException {
    try (TestNodes nodes = new TestNodes(directory)) {
      nodes.found(3);
      refused(nodes, 1, "node address n2 0=" + NEW, "only that node itself");
      refused(nodes, 2, "node address n2 0=192.0.2.7", "cannot be used here");
      try (ServerSocket other = new ServerSocket()) {
        other.bind(new InetSocketAddress(NEW, nodes.admin()));
        refused(nodes, 2, "node address n2 0=" + NEW, "cannot be used here");
      }
      // Who leads and who holds the authority is different for each.
      int leader = nodes.leader();
      assertEquals("", why(nodes, "n2", TestNodes.address(2)));
      assertEquals("it is n3 that answers there", why(nodes, "n2", TestNodes.address(3)));
      assertTrue(why(nodes, "n2", "127.0.5.2").contains("refuses connections"));
      assertThrows(HactlError.class, () -> why(nodes, "n3", TestNodes.address(3)));
      for (int i : new int[] {2, leader == 2 ? 3 : leader, 1}) {
        String address = "127.0.4." + i;
        if (arrived(nodes, i, i, address)) {
          continue;
        }
        nodes.succeeds(i, "node address n" + i + " 0=" + address);
        for (int at = 1; at <= 3; at++) {
          int looking = at;
          nodes.await("n" + i + " votes there", () -> arrived(nodes, looking, i, address));
        }
        nodes.awaitOnline(3);
        nodes.await("it knows it", () -> says(nodes, i, "Link 0: " + address));
      }
      // Its vote counts there, and a restart finds it there.
      nodes.shut(3);
      nodes.succeeds(2, "property set maintenance-mode=true");
      nodes.shut(2);
      nodes.boot(2);
      nodes.await("n1 hears n2", () -> shows(nodes, 1, "n2 0 127.0.4.2 up"));
      nodes.await(
          "decided", () -> nodes.type(1, "property set maintenance-mode=false") == ExitCode.OK);
    }
  }

  @Test
  void whatNobodyCouldTakeInStays() throws IOException {
    try (TestNodes nodes = new TestNodes(directory)) {
      nodes.found(3);
      // It was asked for once, and the configuration has been changed since.
      Files.writeString(nodes.state(2).resolve("moving"), NEW + " 0 0\n");
      assertEquals(ExitCode.FAILED, nodes.type(2, "node address n2 0=" + NEW), nodes::said);
      assertTrue(nodes.said().contains("the configuration was changed"), nodes::said);
      assertFalse(Files.exists(nodes.state(2).resolve("moving")));
      assertEquals(TestNodes.address(2), nodes.at(2).config().identity().orElseThrow().address());
      nodes.shut(3);
      nodes.await("n3 is away", () -> !nodes.at(2).operator().state().online(TestNodes.node(3)));
      refused(nodes, 2, "node address n2 0=" + NEW, "only 1 take part");
      nodes.boot(3);
      nodes.awaitOnline(3);
      nodes.shut(1);
      nodes.await("n1 is away", () -> !nodes.at(2).operator().state().online(TestNodes.node(1)));
      nodes.await("there is a quorum", () -> nodes.at(2).operator().facts().quorum());
      refused(nodes, 2, "node address n2 0=" + NEW, "only 1 take part");
    }
  }

  /// A daemon that ended in the midst of it goes on with what it began.
  @Test
  void aMoveThatWasInterruptedIsFinished() throws IOException {
    try (TestNodes nodes = new TestNodes(directory)) {
      nodes.found(3);
      nodes.succeeds(2, "node address n2 0=" + NEW);
      nodes.shut(2);
      // As it was after the note was written and before anything was given up.
      nodes.await("n1 has applied it", () -> arrived(nodes, 1, 2, NEW) && placed(nodes, 1, 2, NEW));
      var state = nodes.at(1).operator().state().configuration();
      String back = TestNodes.address(2);
      var own = Objects.requireNonNull(state.nodes().get(TestNodes.node(2)));
      Files.writeString(nodes.state(2).resolve("moving"), back + " " + state.version() + " 0\n");
      nodes
          .at(1)
          .operator()
          .propose(
              new ClusterCommand.ChangeConfiguration(
                  state.version(),
                  "test",
                  List.of(new ConfigurationChange.PutNode(own.at(back, "")))));
      nodes.boot(2);
      nodes.await("n2 votes there", () -> arrived(nodes, 1, 2, back) && arrived(nodes, 2, 2, back));
      nodes.await("no note is left", () -> !Files.exists(nodes.state(2).resolve("moving")));
      nodes.awaitOnline(3);
      assertEquals(3, nodes.at(2).node().map(Node::logIncarnation).orElse(0));
    }
  }
}
