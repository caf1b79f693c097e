package dev.quorate.fencing;

import dev.quorate.membership.NodeId;

/// A wish to have one boot of a node ended.
///
/// @param id the caller's name for the request, unique
/// @param target the node to cut off
/// @param bootId the boot that must end; empty if it was never learnt (the node never joined)
/// @param action [FenceAction#OFF] or [FenceAction#REBOOT]
/// @param requestedBy who asked, for the history: a node or an operator
/// @param lastResort whether a node may fence itself: nobody else can
public record FencingRequest(
    String id,
    NodeId target,
    String bootId,
    FenceAction action,
    String requestedBy,
    boolean lastResort) {
  /// Checks the values.
  public FencingRequest {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a fencing request needs an id");
    }
    if (action != FenceAction.OFF && action != FenceAction.REBOOT) {
      throw new IllegalArgumentException("only off and reboot fence a node, not " + action.word());
    }
  }

  /// A request of another node than the target itself.
  public static FencingRequest of(
      String id, NodeId target, String bootId, FenceAction action, String requestedBy) {
    return new FencingRequest(id, target, bootId, action, requestedBy, false);
  }

  /// Whether both want the same boot of the same node ended.
  public boolean sameTarget(NodeId otherTarget, String otherBootId) {
    return target.equals(otherTarget) && bootId.equals(otherBootId);
  }
}
