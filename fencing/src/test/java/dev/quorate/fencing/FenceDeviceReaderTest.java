package dev.quorate.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.fencing.FenceDeviceReader.Read;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FenceDeviceReaderTest {
  private static final NodeId N1 = new NodeId("n1");

  @Test
  void readsEverythingThatConcernsTheClusterAndLeavesTheRestToTheAgent() {
    var attributes = new TreeMap<String, String>();
    attributes.put("pcmk_host_list", "n1 n2,n3");
    attributes.put("pcmk_host_map", "n1:7");
    attributes.put("pcmk_host_argument", "plug");
    attributes.put("pcmk_delay_base", "n1:5s;n2:1");
    attributes.put("pcmk_delay_max", "10s");
    attributes.put("pcmk_off_timeout", "90s");
    attributes.put("pcmk_off_retries", "3");
    attributes.put("pcmk_reboot_action", "off");
    attributes.put("pcmk_action_limit", "-1");
    attributes.put("pcmk_list_timeout", "5");
    attributes.put("priority", "5");
    attributes.put("ip", "10.0.0.9");
    attributes.put("passwd", "s3cret");
    var valid = assertInstanceOf(Read.Valid.class, read(attributes));
    var device = valid.device();
    assertEquals(Map.of("ip", "10.0.0.9", "passwd", "s3cret"), device.parameters());
    assertTrue(device.canFence(N1));
    assertFalse(device.canFence(new NodeId("n4")));
    assertEquals("plug", device.hostArgument());
    assertEquals(Duration.ofSeconds(10), device.delay().longest(N1));
    assertEquals(
        Duration.ofSeconds(90), device.timeoutFor(FenceAction.OFF, Duration.ofSeconds(60)));
    assertEquals(Duration.ofSeconds(60), device.timeoutFor(FenceAction.ON, Duration.ofSeconds(60)));
    assertEquals(3, device.triesFor(FenceAction.OFF));
    assertTrue(device.rebootStaysOff());
    assertEquals(-1, device.actionLimit());
    assertEquals(5, device.priority());
    assertEquals(1, valid.notes().size());
  }

  @Test
  void reportsAllProblemsAtOnce() {
    var attributes = new TreeMap<String, String>();
    attributes.put("pcmk_host_map", "n1");
    attributes.put("pcmk_host_check", "maybe");
    attributes.put("pcmk_delay_max", "soon");
    attributes.put("pcmk_off_retries", "0");
    attributes.put("pcmk_hostlist", "n1");
    attributes.put("action", "status");
    attributes.put("login", "a\nb=c");
    var problems = assertInstanceOf(Read.Invalid.class, read(attributes)).problems();
    assertEquals(7, problems.size(), problems.toString());
    assertTrue(problems.toString().contains("unknown option 'pcmk_hostlist'"));
  }

  @Test
  void refusesADeviceThatNamesNoTarget() {
    var problems =
        assertInstanceOf(Read.Invalid.class, read(new TreeMap<>(Map.of("ip", "x")))).problems();
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().contains("pcmk_host_list"));
  }

  @Test
  void refusesAnAgentThatIsAPathInDisguise() {
    var read = FenceDeviceReader.read("f", "../sh", Map.of("pcmk_host_list", "n1"));
    assertInstanceOf(Read.Invalid.class, read);
  }

  @Test
  void understandsOldRecipes() {
    var valid =
        assertInstanceOf(
            Read.Valid.class,
            FenceDeviceReader.read(
                "f", "stonith:fence_virsh", Map.of("pcmk_host_list", "n1", "action", "off")));
    assertEquals("fence_virsh", valid.device().agent());
    assertTrue(valid.device().rebootStaysOff());
    assertEquals(List.of("action=off is read as pcmk_reboot_action=off"), valid.notes());
  }

  @Test
  void neverShowsSecrets() {
    var device =
        FenceDevice.of(
            "f",
            "fence_x",
            Map.of("pcmk_host_list", "n1", "passwd", "s3cret", "password_script", "/x", "ip", "h"));
    assertEquals(
        "FenceDevice[f fence_x {ip=h, passwd=***, password_script=/x}]", device.toString());
    assertEquals("no *** here", SecretParameters.mask("no s3cret here", device));
    var call = new FenceAgentCall(device, FenceAction.OFF, N1, Duration.ofSeconds(1));
    assertFalse(call.toString().contains("s3cret"));
  }

  private static Read read(Map<String, String> attributes) {
    return FenceDeviceReader.read("f", "fence_x", attributes);
  }
}
