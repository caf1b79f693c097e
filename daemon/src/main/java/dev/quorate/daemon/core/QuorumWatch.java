package dev.quorate.daemon.core;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides when a node must stop everything because it may be alone.
///
/// The log is the quorum. A silent log alone is given a bounded time, since an election or a slow
/// disk silences it too; a silent log in a ring without a majority is given none. Once stopping has
/// begun it is *latched*: a quorum that comes back does not interrupt it.
///
/// ```
/// QUORATE ──log silent──▶ DOUBTFUL ──ring minority, or bound passed──▶ STOPPING
///    ▲                       │ log back                                   │ all stopped
///    └───────────────────────┘                                            ▼
///    ▲───────────────────────────── log back ────────────────────────  STOPPED
/// ```
final class QuorumWatch {
  enum State {
    QUORATE,
    DOUBTFUL,
    STOPPING,
    STOPPED
  }

  private State state = State.DOUBTFUL;
  private Instant doubtDeadline;
  private boolean logQuorate;
  private boolean everQuorate;
  private @Nullable View view;

  QuorumWatch(Instant now, Duration startupBound) {
    doubtDeadline = now.plus(startupBound);
  }

  State state() {
    return state;
  }

  boolean quorate() {
    return state == State.QUORATE;
  }

  /// The last view, if the ring has formed.
  Optional<View> view() {
    return Optional.ofNullable(view);
  }

  void viewInstalled(View installed) {
    view = installed;
  }

  void logQuorum(Instant now, boolean quorate, Duration bound) {
    logQuorate = quorate;
    if (quorate) {
      everQuorate = true;
      if (state == State.DOUBTFUL || state == State.STOPPED) {
        state = State.QUORATE;
      }
    } else if (state == State.QUORATE) {
      state = State.DOUBTFUL;
      doubtDeadline = now.plus(bound);
    }
  }

  /// Whether the log has a quorum, whatever this node makes of it.
  boolean logQuorate() {
    return logQuorate;
  }

  /// Whether this run of the daemon has had a quorum.
  boolean everQuorate() {
    return everQuorate;
  }

  /// When doubt turns into stopping, if nothing else happens.
  Instant doubtDeadline() {
    return doubtDeadline;
  }

  /// Whether the ring holds a majority of these voters.
  boolean ringMajority(List<NodeId> voters) {
    View current = view;
    if (current == null) {
      return false;
    }
    long present = voters.stream().filter(current::contains).count();
    return present * 2 > voters.size();
  }

  /// Whether stopping must begin now; if so, it has begun.
  boolean mustStop(Instant now, List<NodeId> voters) {
    if (state != State.DOUBTFUL) {
      return false;
    }
    boolean isolated = everQuorate && !ringMajority(voters);
    if (isolated || !now.isBefore(doubtDeadline)) {
      state = State.STOPPING;
      return true;
    }
    return false;
  }

  /// The log of this node will say nothing any more.
  ///
  /// @return whether stopping must begin now; if so, it has begun
  boolean logFailed() {
    boolean begins = state == State.QUORATE || state == State.DOUBTFUL;
    logQuorate = false;
    state = begins ? State.STOPPING : state;
    return begins;
  }

  /// Begins stopping whatever the quorum says: the node was declared lost.
  void distrustSelf() {
    state = State.STOPPING;
  }

  /// Everything has been stopped and nothing is left.
  void stopped() {
    if (state == State.STOPPING) {
      state = logQuorate ? State.QUORATE : State.STOPPED;
    }
  }
}
