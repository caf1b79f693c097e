package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import org.junit.jupiter.api.Test;

class CertificateCommandsTest {
  private final TypedCluster cluster = new TypedCluster();

  private String typed(ExitCode expected, String line) {
    assertEquals(expected, cluster.type(line), line);
    return cluster.output() + cluster.remarks();
  }

  @Test
  void theListNamesExpiryAuthorityAndWhoCannotBeAsked() {
    String text = typed(ExitCode.OK, "cluster certificate list");
    assertTrue(text.contains("2029-05-31T00:00:00Z"), text);
    assertTrue(text.contains("holds the authority"), text);
    assertTrue(text.contains("it is down"), text);
    String json = typed(ExitCode.OK, "cluster certificate list -o json");
    assertTrue(json.contains("\"holder\" : true"), json);
  }

  @Test
  void nodesAndTheAuthorityAreRotated() {
    assertTrue(typed(ExitCode.OK, "cluster certificate rotate").contains("renewed [n1]"));
    assertTrue(typed(ExitCode.OK, "cluster certificate rotate n2").contains("renewed [n2]"));
    assertTrue(
        typed(ExitCode.OK, "cluster certificate rotate --all").contains("renewed [n1, n2, n3]"));
    assertTrue(
        typed(ExitCode.OK, "cluster certificate rotate --authority").contains("exchanged by"));
    typed(ExitCode.USAGE, "cluster certificate rotate n9");
    typed(ExitCode.USAGE, "cluster certificate rotate n2 --authority");
  }

  @Test
  void aRevocationNeedsAReasonAndAnotherNode() {
    typed(ExitCode.USAGE, "cluster certificate revoke n2");
    typed(ExitCode.USAGE, "cluster certificate revoke n2 --reason=" + "x".repeat(201));
    assertTrue(
        typed(ExitCode.REFUSED, "cluster certificate revoke n1 --reason=lost")
            .contains("another node"));
    typed(ExitCode.USAGE, "cluster certificate revoke n9 --reason=lost");
    String text = typed(ExitCode.OK, "cluster certificate revoke n2 --reason=stolen");
    assertTrue(text.contains("ring rekey"), text);
    assertTrue(cluster.state().trust().shutOut(new NodeId("n2")));
    String list = typed(ExitCode.OK, "cluster certificate list");
    assertTrue(list.contains("Revoked: n2 by"), list);
    assertTrue(list.contains("stolen"), list);
  }
}
