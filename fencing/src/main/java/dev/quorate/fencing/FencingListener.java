package dev.quorate.fencing;

import dev.quorate.membership.NodeId;

/// Hears how fencing goes. Called on the fencing thread: must return at once.
public interface FencingListener {
  /// A request has its outcome; called exactly once for each request.
  void completed(FencingRequest request, FencingOutcome outcome);

  /// A request entered the history.
  default void recorded(FencingHistoryEntry entry) {}

  /// A node that is proven off could not be switched on again.
  default void powerOnFailed(NodeId target, String device, String reason) {}
}
