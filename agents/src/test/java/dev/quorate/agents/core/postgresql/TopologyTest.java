package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TopologyTest {
  private static SortedMap<String, String> parameters(String... words) {
    SortedMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < words.length; i += 2) {
      map.put(words[i], words[i + 1]);
    }
    return map;
  }

  @Test
  void whatIsDeclaredIsRead() {
    SortedMap<String, String> text =
        parameters("upstream", "n3:n2; n4:n3,n5:n2", "no-promote", "n4", "delay", "n5:1h");
    assertEquals(List.of(), Topology.problems(text));
    Topology topology = Topology.of(text);
    assertEquals(Optional.of(new NodeId("n3")), topology.upstream(new NodeId("n4")));
    assertEquals(Optional.empty(), topology.upstream(new NodeId("n2")));
    assertTrue(topology.promotes(new NodeId("n3")));
    assertFalse(topology.promotes(new NodeId("n4")));
    assertFalse(topology.promotes(new NodeId("n5")), "who is delayed is a copy");
    assertEquals(Duration.ofHours(1), topology.delay(new NodeId("n5")));
    assertEquals(Duration.ZERO, topology.delay(new NodeId("n1")));
  }

  @Test
  void nothingIsDeclaredByDefault() {
    Topology flat = Topology.of(parameters());
    assertEquals(Optional.empty(), flat.upstream(new NodeId("n1")));
    assertTrue(flat.promotes(new NodeId("n1")));
  }

  @Test
  void whatIsWrongIsNamed() {
    for (String[] wrong :
        List.of(
            new String[] {"upstream", "n3"},
            new String[] {"upstream", "n3:"},
            new String[] {"upstream", "n3:n2 n2:n3"},
            new String[] {"upstream", "n3:n3"},
            new String[] {"upstream", "n3:/etc"},
            new String[] {"no-promote", "n3:n2"},
            new String[] {"delay", "n3"},
            new String[] {"delay", "n3:soon"})) {
      List<String> problems = Topology.problems(parameters(wrong));
      assertEquals(1, problems.size(), wrong[1] + problems);
      assertTrue(problems.getFirst().startsWith(wrong[0]), problems::toString);
    }
  }
}
