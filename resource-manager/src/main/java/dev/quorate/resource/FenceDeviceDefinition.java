package dev.quorate.resource;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// A fence device as configured; what its parameters mean is the fencing module's affair.
///
/// @param agent the agent's name, as `fence_ipmilan`
/// @param parameters include secrets: never printed by [#toString()]
public record FenceDeviceDefinition(
    ResourceId id, String agent, SortedMap<String, String> parameters) {
  /// Copies the map.
  public FenceDeviceDefinition {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }

  @Override
  public String toString() {
    return "FenceDeviceDefinition[" + id + ", " + agent + ", " + parameters.keySet() + "]";
  }
}
