package dev.quorate.vip.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.vip.AssignedAddress;
import dev.quorate.vip.Ipv4Address;
import dev.quorate.vip.Link;
import dev.quorate.vip.MacAddress;
import dev.quorate.vip.VipConfig;
import dev.quorate.vip.VipConfigReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AddressPlacementTest {
  private static final List<Link> LINKS = List.of(link(1, "lo"), link(2, "eth0"), link(3, "eth1"));
  private static final List<AssignedAddress> ADDRESSES =
      List.of(address(1, "127.0.0.1", 8), address(2, "10.1.2.3", 16), address(3, "10.1.9.3", 24));

  @Test
  void followsTheLongestNetworkThatHoldsTheAddress() {
    assertEquals("10.1.9.7/24 on eth1", place(Map.of("ip", "10.1.9.7")));
    assertEquals("10.1.8.7/16 on eth0", place(Map.of("ip", "10.1.8.7")));
    assertEquals("10.1.9.7/16 on eth0", place(Map.of("ip", "10.1.9.7", "nic", "eth0")));
    assertEquals("10.1.9.7/32 on eth1", place(Map.of("ip", "10.1.9.7", "cidr_netmask", "32")));
    assertEquals(
        "192.168.0.1/24 on eth0",
        place(Map.of("ip", "192.168.0.1", "nic", "eth0", "cidr_netmask", "24")));
  }

  @Test
  @Tag("S1-25")
  void saysWhatIsMissing() {
    assertTrue(nowhere(Map.of("ip", "192.168.0.1")).contains("give nic and cidr_netmask"));
    assertTrue(nowhere(Map.of("ip", "10.1.9.7", "nic", "eth7")).contains("no interface 'eth7'"));
    assertTrue(nowhere(Map.of("ip", "192.168.0.1", "nic", "eth0")).contains("give cidr_netmask"));
    assertTrue(
        nowhere(Map.of("ip", "10.1.9.7", "iflabel", "elevenchars")).contains("15 characters"));
  }

  @Test
  void labelsAndBroadcastsFollow() {
    var here =
        assertInstanceOf(
            AddressPlacement.Here.class,
            AddressPlacement.find(
                config(Map.of("ip", "10.1.9.7", "iflabel", "db")), LINKS, ADDRESSES));
    assertEquals("eth1:db", here.address().label());
    assertEquals("10.1.9.255", here.address().broadcast().toString());
  }

  @Test
  void announcementsBeginAtOnce() {
    var usual = AnnouncementSchedule.afterStart(config(Map.of("ip", "10.1.9.7")));
    assertEquals(
        List.of(0L, 200L, 500L, 1000L, 2000L, 5000L),
        usual.stream().map(Duration::toMillis).toList());
    var given = config(Map.of("ip", "10.1.9.7", "arp_count", "3", "arp_interval", "50"));
    assertEquals(
        List.of(0L, 50L, 100L),
        AnnouncementSchedule.afterStart(given).stream().map(Duration::toMillis).toList());
    assertEquals(List.of(), AnnouncementSchedule.afterMonitor(given));
  }

  private static String place(Map<String, String> parameters) {
    return assertInstanceOf(
            AddressPlacement.Here.class,
            AddressPlacement.find(config(parameters), LINKS, ADDRESSES))
        .address()
        .toString();
  }

  private static String nowhere(Map<String, String> parameters) {
    return assertInstanceOf(
            AddressPlacement.Nowhere.class,
            AddressPlacement.find(config(parameters), LINKS, ADDRESSES))
        .reason();
  }

  private static VipConfig config(Map<String, String> parameters) {
    return assertInstanceOf(
            VipConfigReader.Read.Valid.class, VipConfigReader.read(new TreeMap<>(parameters)))
        .config();
  }

  private static Link link(int index, String name) {
    return new Link(index, name, new MacAddress(index), true, true, index > 1);
  }

  private static AssignedAddress address(int link, String ip, int prefix) {
    return new AssignedAddress(link, Ipv4Address.parse(ip), prefix, "", AssignedAddress.FOREVER);
  }
}
