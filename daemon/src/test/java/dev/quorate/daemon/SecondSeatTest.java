package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.secrets.FounderSeats;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A founder was let in, and the answer was lost: nothing of it is there.
@Tag("slow")
class SecondSeatTest {
  @TempDir private Path directory;
  private TestNodes nodes = TestNodes.none();

  @BeforeEach
  void noNodes() throws IOException {
    nodes = new TestNodes(directory);
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private String setUp(int count) throws IOException {
    StringBuilder line = new StringBuilder("cluster setup demo");
    for (int number = 1; number <= count; number++) {
      nodes.boot(number);
      line.append(" n").append(number).append('=').append(TestNodes.address(number));
    }
    nodes.succeeds(1, line.append(" --force").toString());
    FounderSeats.in(nodes.at(1).config().secretsDirectory()).take(TestNodes.node(2));
    nodes.succeeds(1, "cluster token n2");
    return nodes.token();
  }

  @Test
  void ofTwoTheClusterIsSetUpAgain() throws IOException {
    String token = setUp(2);
    assertNotEquals(ExitCode.OK, nodes.type(2, "cluster join " + token));
    assertTrue(nodes.said().contains("n2 was let in before"), nodes::said);
    assertTrue(nodes.said().contains("set it up again"), nodes::said);
    assertTrue(nodes.said().contains(nodes.state(1).toString()), nodes::said);
  }

  @Test
  void ofThreeTheThirdIsTheWayOut() throws IOException {
    String token = setUp(3);
    assertNotEquals(ExitCode.OK, nodes.type(2, "cluster join " + token));
    assertTrue(nodes.said().contains("join n3 first"), nodes::said);
    assertFalse(nodes.said().contains("set it up again"), nodes::said);
    nodes.succeeds(1, "cluster token n3");
    nodes.succeeds(3, "cluster join " + nodes.token());
    nodes.await("there is a quorum", () -> nodes.at(1).operator().facts().quorum());
    nodes.succeeds(2, "cluster join " + token);
    nodes.awaitOnline(3);
  }
}
