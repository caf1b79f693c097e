package dev.quorate.fencing;

import dev.quorate.fencing.FenceDevice.ActionSettings;
import dev.quorate.fencing.FenceDevice.HostCheck;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads a [FenceDevice] from attributes as they are typed after `stonith create`, and reports all
/// problems at once.
public final class FenceDeviceReader {
  /// What the reading gave.
  public sealed interface Read {
    /// The device, and what the administrator should know about how it was understood.
    record Valid(FenceDevice device, List<String> notes) implements Read {}

    /// Every problem, each naming the attribute and what is expected.
    record Invalid(List<String> problems) implements Read {}
  }

  private static final Pattern AGENT_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*([A-Za-z]*)");
  private static final Pattern ACTION_OPTION =
      Pattern.compile("pcmk_([a-z-]+)_(action|timeout|retries)");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final TreeMap<String, String> left;
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private FenceDeviceReader(Map<String, String> attributes) {
    left = new TreeMap<>(attributes);
  }

  /// Reads the attributes.
  public static Read read(String id, String agent, Map<String, String> attributes) {
    return new FenceDeviceReader(attributes).readDevice(id, agent);
  }

  private Read readDevice(String id, String agent) {
    String program = agent.startsWith("stonith:") ? agent.substring("stonith:".length()) : agent;
    if (!program.startsWith("/") && !AGENT_NAME.matcher(program).matches()) {
      problems.add("fence agent '" + program + "' is neither a program name nor an absolute path");
    }
    if (id.isEmpty()) {
      problems.add("a fence device needs a name");
    }
    var hostList = hostList();
    var hostMap = hostMap();
    var check = hostCheck(!hostList.isEmpty() || !hostMap.ports().isEmpty());
    String argument = take("pcmk_host_argument").orElse("port");
    var delay = delay();
    var settings = settings();
    int limit = number("pcmk_action_limit", 1, -1, 1000);
    int priority = number("priority", 0, -1_000_000, 1_000_000);
    boolean enabled =
        !take("target-role").map(role -> role.equalsIgnoreCase("stopped")).orElse(false);
    take("provides");
    leftovers();
    if (!problems.isEmpty()) {
      return new Read.Invalid(List.copyOf(problems));
    }
    return new Read.Valid(
        new FenceDevice(
            id, program, left, hostList, hostMap, check, argument, delay, settings, limit, priority,
            enabled),
        List.copyOf(notes));
  }

  private Optional<String> take(String name) {
    return Optional.ofNullable(left.remove(name)).map(String::strip);
  }

  private List<NodeId> hostList() {
    var nodes = new ArrayList<NodeId>();
    for (var name : take("pcmk_host_list").orElse("").split("[\\s,;]+", -1)) {
      try {
        if (!name.isEmpty()) {
          nodes.add(new NodeId(name));
        }
      } catch (IllegalArgumentException e) {
        problems.add("pcmk_host_list: " + e.getMessage());
      }
    }
    return nodes;
  }

  private HostMap hostMap() {
    try {
      return take("pcmk_host_map").map(HostMap::parse).orElse(HostMap.EMPTY);
    } catch (IllegalArgumentException e) {
      problems.add("pcmk_host_map: " + e.getMessage());
      return HostMap.EMPTY;
    }
  }

  private HostCheck hostCheck(boolean hostsNamed) {
    var text = take("pcmk_host_check");
    return switch (text.orElse(hostsNamed ? "static-list" : "")) {
      case "static-list" -> {
        if (!hostsNamed) {
          problems.add("pcmk_host_check=static-list needs pcmk_host_list or pcmk_host_map");
        }
        yield HostCheck.STATIC_LIST;
      }
      case "status" -> HostCheck.STATUS;
      case "none" -> HostCheck.NONE;
      case "" -> {
        problems.add(
            "no target is named: give pcmk_host_list or pcmk_host_map, or pcmk_host_check=none if"
                + " the device can fence every node");
        yield HostCheck.NONE;
      }
      case "dynamic-list" -> {
        problems.add(
            "pcmk_host_check=dynamic-list is not supported: give pcmk_host_list or pcmk_host_map");
        yield HostCheck.NONE;
      }
      case String other -> {
        problems.add("pcmk_host_check '" + other + "' is unknown: use static-list, status or none");
        yield HostCheck.NONE;
      }
    };
  }

  private FenceDelay delay() {
    Duration max = duration("pcmk_delay_max", take("pcmk_delay_max").orElse("0"));
    String base = take("pcmk_delay_base").orElse("0");
    if (!base.contains(":")) {
      return new FenceDelay(duration("pcmk_delay_base", base), new TreeMap<>(), max);
    }
    var perNode = new TreeMap<NodeId, Duration>();
    try {
      HostMap.parse(base)
          .ports()
          .forEach(
              (node, value) -> perNode.put(node, duration("pcmk_delay_base", value.getFirst())));
    } catch (IllegalArgumentException e) {
      problems.add("pcmk_delay_base: " + e.getMessage());
    }
    return new FenceDelay(Duration.ZERO, perNode, max);
  }

  private SortedMap<FenceAction, ActionSettings> settings() {
    var settings = new TreeMap<FenceAction, ActionSettings>();
    take("action").ifPresent(this::oldAction);
    for (var action : FenceAction.values()) {
      String prefix = "pcmk_" + action.word() + "_";
      var word = take(prefix + "action");
      var timeout = take(prefix + "timeout");
      boolean retriesGiven = left.containsKey(prefix + "retries");
      int tries = number(prefix + "retries", FenceDevice.DEFAULT_TRIES, 1, 100);
      if (word.isPresent() || timeout.isPresent() || retriesGiven) {
        settings.put(
            action,
            new ActionSettings(
                word.orElse(""),
                timeout.map(text -> duration(prefix + "timeout", text)).orElse(Duration.ZERO),
                tries));
      }
    }
    return settings;
  }

  /// `action=off` is what old recipes say where they mean that a reboot shall stay off.
  private void oldAction(String word) {
    switch (word) {
      case "off" -> {
        left.putIfAbsent("pcmk_reboot_action", "off");
        notes.add("action=off is read as pcmk_reboot_action=off");
      }
      case "reboot" -> notes.add("action=reboot is the default and may be left out");
      default ->
          problems.add(
              "action '"
                  + word
                  + "' is the cluster's to choose: remove it, or use pcmk_reboot_action");
    }
  }

  private void leftovers() {
    for (var name : List.copyOf(left.navigableKeySet())) {
      if (name.startsWith("pcmk_")) {
        var known = ACTION_OPTION.matcher(name);
        if (known.matches() && isOtherAction(known.group(1))) {
          left.remove(name);
          notes.add(name + " has no effect: this action is never used");
        } else {
          problems.add("unknown option '" + name + "'");
        }
      } else if (name.isEmpty() || name.indexOf('=') >= 0 || CONTROL.matcher(name).find()) {
        problems.add("parameter name '" + name + "' is not legal");
      } else if (CONTROL.matcher(left.getOrDefault(name, "")).find()) {
        problems.add("the value of '" + name + "' holds a line end or control character");
      }
    }
  }

  private static boolean isOtherAction(String word) {
    return List.of("list", "list-status", "metadata", "validate-all").contains(word);
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

  private Duration duration(String name, String text) {
    var match = DURATION.matcher(text.strip());
    if (match.matches()) {
      long amount = Long.parseLong(match.group(1));
      switch (match.group(2).toLowerCase(Locale.ROOT)) {
        case "", "s", "sec" -> {
          return Duration.ofSeconds(amount);
        }
        case "ms", "msec" -> {
          return Duration.ofMillis(amount);
        }
        case "m", "min" -> {
          return Duration.ofMinutes(amount);
        }
        case "h", "hr" -> {
          return Duration.ofHours(amount);
        }
        default -> {}
      }
    }
    problems.add(name + " '" + text + "' is not a time: write a number with s, ms, min or h");
    return Duration.ZERO;
  }
}
