package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingCommandsTest {
  private static java.util.SortedMap<NodeId, List<String>> nodes(String... words) {
    return FoundingNodes.read(new Words(List.of(words), "cluster setup"));
  }

  @Test
  void linksAreTypedInEitherForm() {
    var expected = List.of("10.0.0.1", "10.1.0.1");
    assertEquals(expected, nodes("n1=10.0.0.1,10.1.0.1", "n2=a,b").get(new NodeId("n1")));
    assertEquals(
        expected,
        nodes("n1", "addr=10.0.0.1", "addr=10.1.0.1", "n2", "addr0=a", "addr1=b")
            .get(new NodeId("n1")));
    assertEquals(List.of("n1"), nodes("n1", "n2").get(new NodeId("n1")));
  }

  @Test
  void whatIsNoListOfLinksIsRefused() {
    for (var words :
        List.of(
            List.of("n1=10.0.0.1,10.1.0.1", "n2=10.0.0.2"),
            List.of("n1=10.0.0.1,10.0.0.1", "n2=a,b"),
            List.of("n1=10.0.0.1", "n2=10.0.0.1"),
            List.of("n1=10.0.0.1,", "n2=a"),
            List.of("n1=a", "n1=b"),
            List.of("n1=1,2,3,4,5,6,7,8,9", "n2=11,12,13,14,15,16,17,18,19"))) {
      assertThrows(HactlError.class, () -> nodes(words.toArray(String[]::new)), words::toString);
    }
  }

  @Test
  void theStatusNamesEveryLink() {
    var cluster = new TypedCluster();
    assertEquals(ExitCode.OK, cluster.type("ring status"));
    var lines = cluster.output().replaceAll(" +", " ");
    assertTrue(lines.contains("n2 0 10.0.0.2 up 0.25 ms 0 % 0 % in use"), lines);
    assertTrue(lines.contains("n2 1 10.1.0.2 down - 50 % 100 %"), lines);
    cluster.type("ring status --json");
    assertTrue(cluster.output().contains("\"round_trip_us\" : 250"), cluster.output());
  }
}
