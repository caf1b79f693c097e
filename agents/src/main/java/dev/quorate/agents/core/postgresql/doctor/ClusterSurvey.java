package dev.quorate.agents.core.postgresql.doctor;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What the cluster wants of the server.
///
/// @param members how many nodes may hold a copy
/// @param addresses the addresses that follow the primary
/// @param primaryAddress from which of them standbys stream, if they stream from one
/// @param replicationUser the role as which standbys stream
/// @param synchronous whether commits are promised to be on a standby
public record ClusterSurvey(
    int members,
    SortedSet<String> addresses,
    Optional<String> primaryAddress,
    String replicationUser,
    boolean synchronous) {
  /// Copies the set.
  public ClusterSurvey {
    addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
  }
}
