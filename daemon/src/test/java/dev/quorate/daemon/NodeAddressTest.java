package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.daemon.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;
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
}
