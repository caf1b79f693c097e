package dev.quorate.fencing;

import dev.quorate.membership.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which devices are tried for a target, in which order: levels, each a list of devices that must
/// all succeed; if one fails the next level is tried.
///
/// @param levels device ids per target and level; a target that is not named here gets one level
///   per device able to fence it, by falling priority, then by id
public record FencingTopology(SortedMap<NodeId, List<List<String>>> levels) {
  /// No levels configured.
  public static final FencingTopology NONE = new FencingTopology(new TreeMap<>());

  /// Copies the levels.
  public FencingTopology {
    var copy = new TreeMap<NodeId, List<List<String>>>();
    levels.forEach((node, lists) -> copy.put(node, lists.stream().map(List::copyOf).toList()));
    levels = Collections.unmodifiableSortedMap(copy);
  }

  /// The levels to try for a target. A level that names a device which is absent or disabled is
  /// left out: it can never succeed.
  public List<List<FenceDevice>> levelsFor(NodeId target, List<FenceDevice> devices) {
    var configured = levels.get(target);
    if (configured == null) {
      return devices.stream()
          .filter(device -> device.enabled() && device.canFence(target))
          .sorted(
              Comparator.comparingInt(FenceDevice::priority)
                  .reversed()
                  .thenComparing(FenceDevice::id))
          .map(List::of)
          .toList();
    }
    var found = new ArrayList<List<FenceDevice>>();
    for (var ids : configured) {
      var level =
          ids.stream()
              .flatMap(id -> devices.stream().filter(device -> device.id().equals(id)))
              .filter(FenceDevice::enabled)
              .toList();
      if (!level.isEmpty() && level.size() == ids.size()) {
        found.add(level);
      }
    }
    return List.copyOf(found);
  }
}
