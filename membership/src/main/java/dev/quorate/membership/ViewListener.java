package dev.quorate.membership;

/// Receives what the ring has to say. Called on the ring's thread, in the ring's order; must return
/// at once (hand over, do not work).
public interface ViewListener {
  /// The ring agreed on a new view.
  ///
  /// @param left the nodes of the previous view that announced their leaving (a hint, not a proof)
  void viewInstalled(View view, java.util.List<NodeId> left);

  /// A message in the ring's total order. Carries evidence only, never decisions.
  void delivered(RingId ring, NodeId sender, byte[] payload);

  /// This node was not running for a while (garbage collection, stopped process, suspended
  /// machine).
  void paused(java.time.Duration howLong);

  /// The ring was given up because of a fault of this node; nothing more will be said. The node
  /// must stop.
  default void stopped(String reason) {}
}
