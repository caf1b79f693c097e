package dev.quorate.resource;

/// Who is promoted of a resource that has exactly one promoted instance and data to lose.
///
/// A new grant needs the release of the previous one; [#epoch()] counts the grants.
///
/// @param resource the primitive's id
/// @param epoch the number of grants so far
/// @param promise what acknowledged writes are on
/// @param election the current round
/// @param switchoverTo the node that an operator wants promoted, [#BEST] for the best standby, or
///   empty text
public record Primacy(
    ResourceId resource,
    long epoch,
    Holder holder,
    SyncPromise promise,
    Election election,
    String switchoverTo) {
  /// Stands for the best standby in [#switchoverTo()].
  public static final String BEST = "*";

  /// The meta-attribute that says that a promotable resource has data to lose.
  public static final String HOLDS_DATA = "holds-data";

  /// Nobody was ever promoted.
  public static Primacy initial(ResourceId resource) {
    return new Primacy(
        resource, 0, new Holder.Nobody(), SyncPromise.NONE, new Election.Idle(0), "");
  }

  /// Whether the grant is held by that node in that life.
  public boolean heldBy(dev.quorate.membership.NodeId node, String bootId) {
    return holder instanceof Holder.Held(var holding, var boot)
        && holding.equals(node)
        && boot.equals(bootId);
  }
}
