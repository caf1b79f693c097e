package dev.quorate.agents.core.postgresql;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Holder;
import dev.quorate.resource.Primacy;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the cluster has agreed on, as far as it concerns one instance.
///
/// @param self this node
/// @param bootId its present life
/// @param primacy who is the primary, and how the next one is found
/// @param conninfos for every other node, how to stream from it
/// @param started whether the cluster wants the instance to run
/// @param promoting whether its promotion is decided and not finished
/// @param cascade the standby to stream from rather than from the primary, if one is declared and
///   works
/// @param delayed whether it replays with a delay, so that nobody can wait for its vote
/// @param alone what an operator wants nobody to touch
public record PostgresSurroundings(
    NodeId self,
    String bootId,
    Primacy primacy,
    SortedMap<NodeId, String> conninfos,
    boolean started,
    boolean promoting,
    Optional<NodeId> cascade,
    boolean delayed,
    Alone alone) {
  /// What an operator wants nobody to touch.
  public enum Alone {
    /// Nothing of it.
    NOTHING,
    /// What is on this node. Elsewhere the cluster goes on, and may have another primary.
    THIS_NODE,
    /// It, on every node.
    EVERYWHERE
  }

  /// Copies the map.
  public PostgresSurroundings {
    conninfos = Collections.unmodifiableSortedMap(new TreeMap<>(conninfos));
  }

  /// Those of a standby like any other, which is looked after.
  public PostgresSurroundings(
      NodeId self,
      String bootId,
      Primacy primacy,
      SortedMap<NodeId, String> conninfos,
      boolean started,
      boolean promoting) {
    this(
        self,
        bootId,
        primacy,
        conninfos,
        started,
        promoting,
        Optional.empty(),
        false,
        Alone.NOTHING);
  }

  /// Whether an operator wants nobody to touch this instance.
  public boolean leftAlone() {
    return alone != Alone.NOTHING;
  }

  /// Whether this instance holds the grant.
  public boolean granted() {
    return primacy.heldBy(self, bootId);
  }

  /// The other node that holds the grant.
  public Optional<NodeId> otherHolder() {
    return primacy.holder() instanceof Holder.Held(var node, _) && !node.equals(self)
        ? Optional.of(node)
        : Optional.empty();
  }
}
