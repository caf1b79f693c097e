package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeAddressesTest {
  private final TypedCluster cluster = new TypedCluster();

  @BeforeEach
  void twoLinks() {
    for (int i = 1; i <= 3; i++) {
      ok("node attribute n%d links=10.1.0.%d,10.2.0.%d".formatted(i, i, i));
    }
  }

  private void ok(String line) {
    assertEquals(ExitCode.OK, cluster.type(line), () -> line + ": " + cluster.remarks());
  }

  private void refused(String line, String why) {
    assertTrue(cluster.type(line) != ExitCode.OK, line);
    assertTrue(cluster.remarks().contains(why), () -> line + ": " + cluster.remarks());
    ok("node address n2");
    assertEquals("Link 0: 10.0.0.2\nLink 1: 10.1.0.2\nLink 2: 10.2.0.2", cluster.output());
  }

  @Test
  void linksMove() {
    ok("node address n2 2=backup-n2");
    ok("node address n2");
    assertEquals("Link 0: 10.0.0.2\nLink 1: 10.1.0.2\nLink 2: backup-n2", cluster.output());
    ok("node address n2 1=10.2.0.2 2=10.1.0.2");
    ok("node address n2");
    assertEquals("Link 0: 10.0.0.2\nLink 1: 10.2.0.2\nLink 2: 10.1.0.2", cluster.output());
  }

  @Test
  void whatCannotBeIsRefused() {
    refused("node address n9 1=10.1.0.9", "node 'n9' does not exist");
    refused("node address n2 1=10.1.0.3", "belongs to node 'n3'");
    refused("node address n2 1=10.0.0.1", "belongs to node 'n1'");
    refused("node address n2 1=10.2.0.2", "two links would have the same address");
    refused("node address n2 1=10.0.0.2", "two links would have the same address");
    refused("node address n2 1=10.1.0.2;x", "'10.1.0.2;x' is not an address");
    refused("node address n2 1=", "'' is not an address");
    refused("node address n2 3=10.3.0.2", "node 'n2' has no link '3'");
    refused("node address n2 x=10.3.0.2", "node 'n2' has no link 'x'");
    refused("node address n2 1=10.3.0.2 1=10.4.0.2", "'1' is given twice");
    refused("node address n2 10.3.0.2", "'10.3.0.2' is not name=value");
    refused("node address n2 0=10.3.0.2", "only that node itself can move them");
    refused("node address n2 0=10.0.0.1", "belongs to node 'n1'");
    refused("node address n2 0=10.1.0.2", "two links would have the same address");
  }

  @Test
  void theFirstLinkMovesOnItsOwnNode() {
    ok("node address n1 0=10.3.0.1 2=10.4.0.1");
    assertEquals("moved to 10.3.0.1 [10.1.0.1, 10.4.0.1]", cluster.output());
  }
}
