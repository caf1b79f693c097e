package dev.quorate.fencing;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Something that can cut nodes off: an agent program with its parameters.
///
/// @param id its name in the cluster
/// @param agent the agent program: a name such as `fence_ipmilan`, or an absolute path
/// @param parameters what the agent is told, without anything that only concerns the cluster
/// @param hostList the nodes that it can fence (`pcmk_host_list`)
/// @param hostMap what it calls them (`pcmk_host_map`)
/// @param hostCheck how its targets are known
/// @param hostArgument the parameter that names the target to the agent; `none` if there is none
/// @param delay how long it waits first
/// @param settings what differs for single actions
/// @param actionLimit how many actions it can carry out at the same time; -1 means any number
/// @param priority devices of higher priority are tried first
/// @param enabled whether it may be used (`target-role=Stopped` disables it)
public record FenceDevice(
    String id,
    String agent,
    SortedMap<String, String> parameters,
    List<NodeId> hostList,
    HostMap hostMap,
    HostCheck hostCheck,
    String hostArgument,
    FenceDelay delay,
    SortedMap<FenceAction, ActionSettings> settings,
    int actionLimit,
    int priority,
    boolean enabled) {
  /// How a device's targets are known.
  public enum HostCheck {
    /// By the host list and the host map.
    STATIC_LIST,
    /// Every node may be tried; the agent's own answer decides.
    STATUS,
    /// It can fence every node.
    NONE
  }

  /// What differs for one action of one device.
  ///
  /// @param word what the agent is told instead of the action's own word
  /// @param timeout how long the action may take; zero means the cluster's time-out
  /// @param tries how often it is tried in all within that time (`pcmk_<action>_retries`)
  public record ActionSettings(String word, Duration timeout, int tries) {}

  /// How often an action is tried unless the device says otherwise.
  public static final int DEFAULT_TRIES = 2;

  /// Copies the collections.
  public FenceDevice {
    if (id.isEmpty() || agent.isEmpty()) {
      throw new IllegalArgumentException("a fence device needs an id and an agent");
    }
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    hostList = List.copyOf(hostList);
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /// Reads a device from the attributes that an administrator gave, as [FenceDeviceReader] does.
  ///
  /// @throws IllegalArgumentException if there are problems; the message lists all of them
  public static FenceDevice of(String id, String agent, Map<String, String> attributes) {
    return switch (FenceDeviceReader.read(id, agent, attributes)) {
      case FenceDeviceReader.Read.Valid(var device, _) -> device;
      case FenceDeviceReader.Read.Invalid(var problems) ->
          throw new IllegalArgumentException(String.join("; ", problems));
    };
  }

  /// Whether the device may be asked to fence the node.
  public boolean canFence(NodeId target) {
    return hostCheck != HostCheck.STATIC_LIST
        || hostList.contains(target)
        || hostMap.ports().containsKey(target);
  }

  /// The word to tell the agent for an action.
  public String wordFor(FenceAction action) {
    var own = settings.get(action);
    return own == null || own.word().isEmpty() ? action.word() : own.word();
  }

  /// How long an action may take, tries included.
  public Duration timeoutFor(FenceAction action, Duration usual) {
    var own = settings.get(action);
    return own == null || own.timeout().isZero() ? usual : own.timeout();
  }

  /// How often an action is tried.
  public int triesFor(FenceAction action) {
    var own = settings.get(action);
    return own == null ? DEFAULT_TRIES : own.tries();
  }

  /// Whether a reboot by this device shall leave the node off (`pcmk_reboot_action=off`).
  public boolean rebootStaysOff() {
    return wordFor(FenceAction.REBOOT).equals(FenceAction.OFF.word());
  }

  /// Never shows secret values.
  @Override
  public String toString() {
    return "FenceDevice[" + id + " " + agent + " " + SecretParameters.show(parameters) + "]";
  }
}
