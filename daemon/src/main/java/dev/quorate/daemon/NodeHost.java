package dev.quorate.daemon;

import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.ClusterState;
import java.time.Instant;
import java.util.SortedMap;

/// What a node tells the daemon around it.
interface NodeHost {
  /// What host names stand for, which is worth knowing beyond the life of a node.
  HostAddresses addresses();

  /// The node has left cleanly; called on a thread that may block.
  void left();

  /// The node must not go on.
  void failed(String reason);

  /// Something happens that an operator may want to know.
  void happened(String text, SortedMap<String, String> keys);

  /// Something happened then that an operator may want to know.
  void told(Instant at, String text);

  /// The cluster agreed on something new.
  void agreed(ClusterState state);
}
