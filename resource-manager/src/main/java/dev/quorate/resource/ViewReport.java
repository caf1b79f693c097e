package dev.quorate.resource;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// The last committed statement of a node about whom its ring contains.
///
/// @param reporter who states it, in which life
/// @param sequence increases with each report of one incarnation; older ones are refused
/// @param members whom the ring contains, and in which life
/// @param absent every configured node that is missing, and what asking its kernel found
public record ViewReport(
    NodeId reporter,
    Incarnation incarnation,
    RingId ring,
    long sequence,
    SortedMap<NodeId, Incarnation> members,
    SortedMap<NodeId, Absence> absent) {
  /// Copies the maps.
  public ViewReport {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    absent = Collections.unmodifiableSortedMap(new TreeMap<>(absent));
  }
}
