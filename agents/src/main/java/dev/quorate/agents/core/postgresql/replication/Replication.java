package dev.quorate.agents.core.postgresql.replication;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresFigures;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who streams from whom and how far behind the primary, whatever lies between: put together from
/// what the instances say of themselves.
///
/// @param primary who accepts writes; empty if nobody says so
/// @param members who says what, with its lag
public record Replication(Optional<NodeId> primary, SortedMap<NodeId, Member> members) {
  /// Nothing was heard.
  public static final Replication UNKNOWN = new Replication(Optional.empty(), new TreeMap<>());

  /// Copies the map.
  public Replication {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /// An instance that runs.
  ///
  /// @param report what it says
  /// @param lag how far it is behind the primary; empty for the primary, or without one
  public record Member(InstanceReport report, Optional<Lag> lag) {}

  /// How far behind the primary an instance is. The two positions may have been said a second
  /// apart.
  ///
  /// @param missing WAL that it has not got yet, in bytes
  /// @param unreplayed WAL that its readers do not see yet, in bytes; includes what is missing
  /// @param behind for how long the primary has had more than its readers see
  public record Lag(long missing, long unreplayed, Duration behind) {}

  /// An instance and those who stream from it.
  ///
  /// @param link how its upstream sees it; empty for the root, or if the upstream does not see it
  public record Branch(NodeId node, Optional<PostgresFigures.Link> link, List<Branch> children) {
    /// Copies the list.
    public Branch {
      children = List.copyOf(children);
    }
  }

  /// Puts reports together.
  ///
  /// @param track what was heard of the primary so far
  public static Replication of(
      Instant now, SortedMap<NodeId, InstanceReport> reports, PrimaryTrack track) {
    Optional<NodeId> primary =
        track
            .primary()
            .filter(p -> Optional.ofNullable(reports.get(p)).filter(r -> r.primary()).isPresent());
    SortedMap<NodeId, Member> members = new TreeMap<>();
    reports.forEach((node, report) ->
        members.put(
            node,
            new Member(
                report,
                report.primary()
                    ? Optional.empty()
                    : track.end().map(e -> lag(now, report, e, track)))));
    return new Replication(primary, members);
  }

  private static Lag lag(Instant now, InstanceReport report, Lsn end, PrimaryTrack track) {
    return new Lag(
        end.beyond(report.end()),
        end.beyond(report.replayed()),
        track.behind(now, report.replayed()));
  }

  /// The trees of who streams from whom: first that of the primary, then those of others that
  /// stream from nobody who is known.
  public List<Branch> trees() {
    SortedMap<NodeId, List<NodeId>> below = new TreeMap<>();
    List<NodeId> roots = new ArrayList<>();
    members.forEach((node, member) -> {
      Optional<NodeId> upstream =
          member.report().upstream().filter(u -> !member.report().primary());
      if (upstream.filter(u -> members.containsKey(u)).isPresent()) {
        below.computeIfAbsent(upstream.get(), _ -> new ArrayList<>()).add(node);
      } else if (primary.filter(node::equals).isPresent()) {
        roots.addFirst(node);
      } else {
        roots.add(node);
      }
    });
    List<Branch> trees = new ArrayList<>();
    roots.forEach(root -> trees.add(branch(root, Optional.empty(), below)));
    // What is left goes round in a circle and hangs on no root.
    while (!below.isEmpty()) {
      trees.add(branch(below.values().iterator().next().getFirst(), Optional.empty(), below));
    }
    return trees;
  }

  private Branch branch(
      NodeId node, Optional<PostgresFigures.Link> link, SortedMap<NodeId, List<NodeId>> below) {
    List<NodeId> children = Optional.ofNullable(below.remove(node)).orElse(List.of());
    List<Branch> branches = new ArrayList<>();
    for (NodeId child : children) {
      branches.add(
          branch(
              child,
              Optional.ofNullable(members.get(node)).flatMap(m -> m.report().link(child)),
              below));
    }
    return new Branch(node, link, branches);
  }
}
