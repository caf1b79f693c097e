package dev.quorate.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostMapTest {
  @Test
  void readsNodesWithOneAndSeveralPorts() {
    var map = HostMap.parse("n1:1;n2:2,3; n3:rack-a:7");
    assertEquals(List.of("1"), map.ports().get(new NodeId("n1")));
    assertEquals("2,3", map.portOf(new NodeId("n2")));
    assertEquals("rack-a:7", map.portOf(new NodeId("n3")));
    assertEquals("n4", map.portOf(new NodeId("n4")));
  }

  @Test
  void takesTheCharacterAfterABackslashLiterally() {
    var map = HostMap.parse("n1:a\\;b\\,c\\\\d;n2:Blade\\ 4");
    assertEquals("a;b,c\\d", map.portOf(new NodeId("n1")));
    assertEquals("Blade 4", map.portOf(new NodeId("n2")));
  }

  @Test
  void saysWhatIsWrong() {
    refused("n1", "'n1' has no port");
    refused("n1:;n2:2", "'n1:' has an empty port");
    refused("n1:1,,2", "empty port");
    refused("n1:1;n1:2", "mapped twice");
    refused("n1:1\\", "lone backslash");
    refused("a b:1", "has no port");
    refused("n/1:1", "node name 'n/1'");
  }

  private static void refused(String text, String expected) {
    var error = assertThrows(IllegalArgumentException.class, () -> HostMap.parse(text));
    assertTrue(String.valueOf(error.getMessage()).contains(expected), error.getMessage());
  }
}
