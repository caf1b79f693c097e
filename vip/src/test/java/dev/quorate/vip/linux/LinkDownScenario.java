package dev.quorate.vip.linux;

import dev.quorate.vip.VipConfigReader;
import java.util.Map;

/// What [VirtualIpNamespaceTest] runs where the address is present and the cable is cut.
public final class LinkDownScenario {
  private LinkDownScenario() {}

  /// Runs it.
  public static void main(String[] arguments) {
    if (VipConfigReader.read(Map.of("ip", "10.9.9.100"))
        instanceof VipConfigReader.Read.Valid(var config)) {
      try (var address = new VirtualIpAddress(config)) {
        System.out.println("monitor: " + address.monitor());
        System.out.println("remove: " + address.remove());
        System.out.println("add: " + address.add());
      }
    }
  }
}
