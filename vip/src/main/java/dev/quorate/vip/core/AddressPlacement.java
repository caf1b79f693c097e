package dev.quorate.vip.core;

import dev.quorate.vip.AssignedAddress;
import dev.quorate.vip.Ipv4Address;
import dev.quorate.vip.Link;
import dev.quorate.vip.VipConfig;
import dev.quorate.vip.VirtualIp;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Where a configured address belongs on this machine.
///
/// The interface is the configured one, or the one with an address of its own whose network holds
/// the virtual address; the longest prefix wins. The prefix length follows likewise.
public sealed interface AddressPlacement {
  /// The longest label that the kernel keeps.
  int LABEL_LIMIT = 15;

  /// It belongs here.
  record Here(VirtualIp address) implements AddressPlacement {}

  /// It belongs nowhere on this machine; the reason says what to do.
  record Nowhere(String reason) implements AddressPlacement {}

  /// Finds the place.
  static AddressPlacement find(
      VipConfig config, List<Link> links, List<AssignedAddress> addresses) {
    var home = home(config, links, addresses);
    Optional<Link> link =
        config.nic().isEmpty()
            ? home.flatMap(
                own -> links.stream().filter(each -> each.index() == own.linkIndex()).findFirst())
            : links.stream().filter(each -> each.name().equals(config.nic())).findFirst();
    if (link.isEmpty()) {
      return new Nowhere(
          config.nic().isEmpty()
              ? "no interface has an address in the network of "
                  + config.ip()
                  + "; give nic and cidr_netmask"
              : "there is no interface '" + config.nic() + "' on this node; correct nic");
    }
    int prefix =
        config.prefix() > 0 ? config.prefix() : home.map(AssignedAddress::prefix).orElse(0);
    if (prefix == 0) {
      return new Nowhere(
          "the network of " + config.ip() + " is not known on this node; give cidr_netmask");
    }
    var address = onLink(config, link.get(), prefix);
    return address.label().length() > LABEL_LIMIT
        ? new Nowhere(
            "label '" + address.label() + "' has more than 15 characters; shorten iflabel")
        : new Here(address);
  }

  private static VirtualIp onLink(VipConfig config, Link link, int prefix) {
    var broadcast =
        config.computeBroadcast() && prefix <= 30
            ? config.ip().broadcast(prefix)
            : config.broadcast();
    String label = config.label().isEmpty() ? link.name() : link.name() + ":" + config.label();
    return new VirtualIp(config.ip(), prefix, broadcast, label, link);
  }

  /// The address of the machine itself in whose network the virtual one lies.
  private static Optional<AssignedAddress> home(
      VipConfig config, List<Link> links, List<AssignedAddress> addresses) {
    Ipv4Address ip = config.ip();
    return addresses.stream()
        .filter(own -> !own.ip().equals(ip) && own.prefix() > 0 && own.prefix() < 32)
        .filter(own -> own.ip().sameNetwork(ip, own.prefix()))
        .filter(own ->
            config.nic().isEmpty()
                || links.stream()
                    .anyMatch(link ->
                        link.index() == own.linkIndex() && link.name().equals(config.nic())))
        .max(
            Comparator.comparingInt(AssignedAddress::prefix)
                .thenComparing(Comparator.comparingInt(AssignedAddress::linkIndex).reversed()));
  }
}
