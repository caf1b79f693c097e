package dev.quorate.daemon.core;

/// The timers of a node. Equal values are the same timer; setting one replaces its deadline.
///
/// @param subject the resource, node or intent that the timer is about; empty where there is none
public record NodeTimer(Purpose purpose, String subject) {
  /// What a timer is for.
  public enum Purpose {
    /// Propose again what is unsettled.
    RESEND,
    /// Run the recurring monitor of the resource.
    MONITOR,
    /// The quorum has been in doubt for too long.
    QUORUM_BOUND,
    /// The node's daemon has been gone for too long.
    GRACE,
    /// The votes of the resource's election have been waited for long enough.
    ELECTION,
    /// The leader looks at overdue intents and at its plan once more.
    REVIEW,
    /// What others wait for has been sent; the leader plans.
    PLAN,
    /// It has been calm; a follower plans for practice.
    REHEARSAL,
    /// The moment has come at which the plan may change by itself.
    TIME,
    /// Ask an absent peer's kernel again.
    PROBE,
    /// Try once more to stop the resource.
    STOP_AGAIN,
    /// A leaving node has waited long enough for the others.
    LEAVE
  }
}
