package dev.quorate.daemon.core;

import dev.quorate.daemon.core.DiskWatch.Verdict;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Decides when a leader whose own disk is slow lets another lead, and whom it asks. A leader
/// commits nothing that is not on its own disk, whatever the others have.
///
/// Invariants:
/// - leadership is offered only to voters that say that their disk is well, and only if these are a
///   majority of all voters: then what is committed from then on waits for no disk that is slow or
///   not known. Where every commit needs this node anyway, nothing would be gained
/// - after leadership was taken over it is not offered again for [#PAUSE], and after it was not,
///   for [#AGAIN]: disks that are slow one after the other do not pass it round
/// - a slow disk is no reason to stop anything
public final class SlowLeader {
  /// After it was handed over.
  static final Duration PAUSE = Duration.ofMinutes(5);

  /// After nobody could take it.
  static final Duration AGAIN = Duration.ofSeconds(10);

  private Instant next = Instant.MIN;

  /// Whether the other voters are to be asked how their disks are.
  ///
  /// @param own what is known of this node's disk
  public boolean asks(Instant now, boolean leads, Verdict own) {
    return leads && own == Verdict.SLOW && !now.isBefore(next);
  }

  /// Who may take leadership over; nobody if it is better not handed over.
  ///
  /// @param others what the other voters say; who did not answer is not in it
  public List<NodeId> successors(List<NodeId> voters, Map<NodeId, Verdict> others) {
    List<NodeId> well = voters.stream().filter(v -> others.get(v) == Verdict.WELL).toList();
    return well.size() > voters.size() / 2 ? well : List.of();
  }

  /// The attempt is over.
  ///
  /// @param taken whether another leads now
  public void ended(Instant now, boolean taken) {
    next = now.plus(taken ? PAUSE : AGAIN);
  }
}
