package dev.quorate.vip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VipConfigReaderTest {
  @Test
  void needsOnlyTheAddress() {
    var config = valid(Map.of("ip", "10.0.0.7"));
    assertEquals("10.0.0.7", config.ip().toString());
    assertEquals(-1, config.prefix());
    assertEquals("", config.nic());
    assertTrue(config.computeBroadcast());
    assertTrue(config.duplicateCheck());
    assertTrue(config.checkLink());
    assertEquals(-1, config.announceCount());
    assertEquals(Duration.ofSeconds(60), config.lifetime());
  }

  @Test
  void takesTheParametersOfIpaddr2() {
    var config =
        valid(
            new TreeMap<>(
                Map.of(
                    "ip", "10.0.0.7",
                    "netmask", "255.255.255.0",
                    "nic", "eth0:db",
                    "broadcast", "-",
                    "arp_count", "3",
                    "arp_interval", "50",
                    "run_arping", "no",
                    "arp_bg", "true",
                    "lvs_support", "false",
                    "preferred_lft", "0")));
    assertEquals(24, config.prefix());
    assertEquals("eth0", config.nic());
    assertEquals("db", config.label());
    assertFalse(config.computeBroadcast());
    assertEquals(3, config.announceCount());
    assertEquals(Duration.ofMillis(50), config.announceInterval());
    assertFalse(config.duplicateCheck());
    assertTrue(config.deprecated());
  }

  @Test
  void reportsAllProblemsAtOnce() {
    var problems =
        problems(
            new TreeMap<>(
                Map.of(
                    "ip", "10.0.0.256",
                    "cidr_netmask", "33",
                    "nic", "eth0",
                    "iflabel", "muchtoolong",
                    "arp_count", "many",
                    "run_arping", "perhaps",
                    "lvs_support", "true",
                    "clusterip_hash", "sourceip",
                    "addresslifetime", "5")));
    assertEquals(8, problems.size(), problems.toString());
    assertTrue(problems.contains("unknown parameter 'addresslifetime'"));
  }

  @Test
  void refusesWhatCannotBeAnAddress() {
    assertTrue(problems(Map.of()).getFirst().startsWith("ip is missing"));
    assertTrue(problems(Map.of("ip", "fe80::1")).getFirst().contains("IPv6"));
    assertTrue(problems(Map.of("ip", "224.0.0.1")).getFirst().contains("host"));
    assertTrue(
        problems(Map.of("ip", "10.0.0.1", "cidr_netmask", "255.0.255.0"))
            .getFirst()
            .contains("cidr_netmask"));
  }

  private static VipConfig valid(Map<String, String> parameters) {
    return assertInstanceOf(VipConfigReader.Read.Valid.class, VipConfigReader.read(parameters))
        .config();
  }

  private static List<String> problems(Map<String, String> parameters) {
    return assertInstanceOf(VipConfigReader.Read.Invalid.class, VipConfigReader.read(parameters))
        .problems();
  }
}
