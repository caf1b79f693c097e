package dev.quorate.exploration;

/// A rule that can be broken, to see that the exploration notices.
enum Weakness {
  NONE,
  /// The device says that a machine is off, and leaves it on.
  LYING_DEVICE,
  /// A node that has just booted fences the other.
  BOOTED_MAY_FENCE,
  /// A node that fences goes on voting.
  VOTES_WHILE_FENCING,
  /// A node decides alone before that is on its disk.
  ALONE_BEFORE_WRITTEN,
  /// A node that takes the other in keeps on its disk that it is alone.
  KEEPS_SOLE,
  /// A fencing that failed counts.
  FAILED_IS_DONE,
  /// An operator swears that a machine is off which is on.
  FALSE_OATH,
  /// An operator swears to one of them although the other went on alone before it was lost.
  OATH_OVER_NEWER,
  /// Both vote by a change of the log's members that is not committed.
  COUNTS_TOO_EARLY,
  /// Nobody is asked to begin anew.
  NEVER_ASKS,
  /// Who leaves because its disk hangs does not ask the other how its disk is.
  LEAVES_UNASKED,
  /// Who leaves in peace leaves its vote to one that has left as well.
  BOTH_LEAVE_THEIR_VOTE,
  /// Who leaves in peace leaves its vote to one that still copies.
  LEAVES_TO_A_LEARNER,
  /// No broken rule: an operator swears to one of them although the other went on alone before it
  /// was lost, and accepts that this is lost for good.
  LOSS_ACCEPTED,
  /// The same; and who was alone, and comes back after long, relies on the device.
  NEVER_DOUBTS,
  /// The same as the last but one; and who was alone, and comes back, goes on as soon as it hears
  /// that the other is behind.
  BELIEVES_ONE_HELLO;

  /// Whether an oath may end what the other decided alone.
  boolean acceptsLoss() {
    return this == LOSS_ACCEPTED || this == NEVER_DOUBTS || this == BELIEVES_ONE_HELLO;
  }
}
