package dev.quorate.vip;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads a [VipConfig] from the parameters of IPaddr2 and reports all problems at once.
public final class VipConfigReader {
  /// What the reading gave.
  public sealed interface Read {
    /// The configuration.
    record Valid(VipConfig config) implements Read {}

    /// Every problem, each naming the parameter and what is expected.
    record Invalid(List<String> problems) implements Read {}
  }

  /// The longest label that the kernel keeps.
  private static final int LABEL_LIMIT = 15;

  private static final long MIN_LIFETIME_SECONDS = 10;

  /// Parameters with the meaning that users see.
  public static final SortedMap<String, String> PARAMETERS = parameters();

  /// Options of IPaddr2 that choose among tools; there are none here, so they change nothing.
  private static final List<String> WITHOUT_EFFECT =
      List.of(
          "arp_bg",
          "arp_sender",
          "send_arp_opts",
          "nodad",
          "lvs_ipv6_addrlabel",
          "lvs_ipv6_addrlabel_value");

  /// Options of IPaddr2 that are accepted only with the value that means "not used".
  private static final List<String> ONLY_FALSE =
      List.of("lvs_support", "unique_clone_address", "flush_routes");

  private final TreeMap<String, String> left;
  private final List<String> problems = new ArrayList<>();

  private VipConfigReader(Map<String, String> parameters) {
    left = new TreeMap<>(parameters);
  }

  /// Reads the parameters.
  public static Read read(Map<String, String> parameters) {
    return new VipConfigReader(parameters).readConfig();
  }

  private Read readConfig() {
    var ip = ip();
    int prefix = prefix();
    var nicAndLabel = take("nic").orElse("").split(":", 2);
    String nic = nicAndLabel[0];
    String label = take("iflabel").orElse(nicAndLabel.length > 1 ? nicAndLabel[1] : "");
    checkNames(nic, label);
    var broadcastText = take("broadcast").orElse("+");
    boolean compute = broadcastText.equals("+");
    var broadcast =
        compute || broadcastText.equals("-")
            ? Ipv4Address.ANY
            : address("broadcast", broadcastText);
    boolean scheduleGiven = left.containsKey("arp_count") || left.containsKey("arp_interval");
    int count = number("arp_count", 5, 0, 100);
    int interval = number("arp_interval", (int) VipConfig.DEFAULT_INTERVAL.toMillis(), 10, 60_000);
    int refresh = number("arp_count_refresh", 0, 0, 100);
    boolean check = flag("run_arping", true);
    boolean link = flag("check_link_status", true);
    boolean prefixRoute = !flag("noprefixroute", false);
    boolean deprecated = deprecated();
    int lifetime =
        number(
            "address_lifetime",
            (int) VipConfig.DEFAULT_LIFETIME.toSeconds(),
            (int) MIN_LIFETIME_SECONDS,
            86_400);
    leftovers();
    if (!problems.isEmpty()) {
      return new Read.Invalid(List.copyOf(problems));
    }
    return new Read.Valid(
        new VipConfig(
            ip,
            prefix,
            nic,
            label,
            broadcast,
            compute,
            scheduleGiven ? count : -1,
            Duration.ofMillis(interval),
            refresh,
            check,
            link,
            prefixRoute,
            deprecated,
            Duration.ofSeconds(lifetime)));
  }

  private Optional<String> take(String name) {
    return Optional.ofNullable(left.remove(name)).map(String::strip);
  }

  private Ipv4Address ip() {
    String text = take("ip").orElse("");
    if (text.isEmpty()) {
      problems.add("ip is missing: give the address, as ip=192.168.1.10");
      return Ipv4Address.ANY;
    }
    if (text.contains(":")) {
      problems.add("ip '" + text + "': IPv6 is not supported yet, give an IPv4 address");
      return Ipv4Address.ANY;
    }
    var ip = address("ip", text);
    int first = ip.bits() >>> 24;
    if ((first == 0 && ip.bits() != 0) || first >= 224) {
      problems.add("ip '" + text + "' cannot be the address of a host");
    }
    return ip;
  }

  private int prefix() {
    var text = take("cidr_netmask").or(() -> take("netmask"));
    left.remove("netmask");
    if (text.isEmpty()) {
      return -1;
    }
    try {
      int prefix =
          text.get().contains(".")
              ? Ipv4Address.parse(text.get()).prefixLength()
              : Integer.parseInt(text.get());
      if (prefix >= 1 && prefix <= 32) {
        return prefix;
      }
    } catch (IllegalArgumentException e) {
      // Reported below, with what is expected.
    }
    problems.add(
        "cidr_netmask '" + text.get() + "' is not a prefix length from 1 to 32 or a netmask");
    return -1;
  }

  private void checkNames(String nic, String label) {
    if (nic.length() > LABEL_LIMIT || nic.contains("/") || nic.contains(" ")) {
      problems.add("nic '" + nic + "' is not the name of an interface");
    } else if (!label.isEmpty() && nic.length() + 1 + label.length() > LABEL_LIMIT) {
      problems.add(
          "iflabel '" + label + "' is too long: interface, colon and label have 15 characters");
    }
  }

  private boolean deprecated() {
    return switch (take("preferred_lft").orElse("forever")) {
      case "forever" -> false;
      case "0" -> true;
      case String other -> {
        problems.add("preferred_lft '" + other + "' is not supported: use forever or 0");
        yield false;
      }
    };
  }

  private Ipv4Address address(String name, String text) {
    try {
      return Ipv4Address.parse(text);
    } catch (IllegalArgumentException e) {
      problems.add(name + ": " + e.getMessage());
      return Ipv4Address.ANY;
    }
  }

  private boolean flag(String name, boolean otherwise) {
    var text = take(name);
    return switch (text.orElse(otherwise ? "true" : "false").toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1", "y" -> true;
      case "false", "no", "off", "0", "n" -> false;
      case String other -> {
        problems.add(name + " '" + other + "' is neither true nor false");
        yield otherwise;
      }
    };
  }

  private int number(String name, int otherwise, int least, int most) {
    var text = take(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the range.
    }
    problems.add(name + " '" + text.get() + "' is not a number from " + least + " to " + most);
    return otherwise;
  }

  private void leftovers() {
    WITHOUT_EFFECT.forEach(left::remove);
    for (var name : ONLY_FALSE) {
      if (flag(name, false)) {
        problems.add(name + " is not supported: remove it");
      }
    }
    for (var name : left.navigableKeySet()) {
      boolean known =
          name.startsWith("clusterip_")
              || List.of("mac", "network_namespace", "proto").contains(name);
      problems.add(
          known ? name + " is not supported: remove it" : "unknown parameter '" + name + "'");
    }
  }

  private static SortedMap<String, String> parameters() {
    var texts = new TreeMap<String, String>();
    texts.put("ip", "the address (required)");
    texts.put("cidr_netmask", "prefix length or netmask; default: that of the interface's network");
    texts.put("netmask", "old name of cidr_netmask");
    texts.put("nic", "the interface; default: the one whose network holds the address");
    texts.put("broadcast", "broadcast address, + to compute it (default), - for none");
    texts.put("iflabel", "label of the address, shown as interface:label");
    texts.put("arp_count", "announcements after a start; default: at 0, 0.2, 0.5, 1, 2 and 5 s");
    texts.put("arp_interval", "milliseconds between announcements (200)");
    texts.put("arp_count_refresh", "announcements at each monitor (0)");
    texts.put("run_arping", "look for another holder before a start (true)");
    texts.put("check_link_status", "a monitor fails when the interface has no carrier (true)");
    texts.put("noprefixroute", "do not add the network's route (false)");
    texts.put("preferred_lft", "0: never used as a source address; default forever");
    texts.put("address_lifetime", "seconds that the address outlives a dead daemon (60)");
    return Collections.unmodifiableSortedMap(texts);
  }
}
