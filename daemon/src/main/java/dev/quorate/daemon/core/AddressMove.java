package dev.quorate.daemon.core;

/// Decides how a node goes on that moves to another address, on which its log, its member port and
/// the first link of its ring are. The log knows its members by name and address, so it is taken
/// out at the old one and taken in anew at the new one; everything else is begun anew there.
///
/// Invariants:
/// - nothing is given up before the cluster has agreed on the new address, and nothing at all if it
///   did not
/// - the old log is given up only by a node that does not lead, and whose certificate names the new
///   address: then the others can connect to it there
/// - what was begun is finished, whatever interrupts it: each step can be repeated, and what is on
///   disk says which is next
public final class AddressMove {
  private AddressMove() {}

  /// What is on disk from before the change is proposed until the node has arrived.
  ///
  /// @param address the new one
  /// @param version of the configuration that the change is proposed for, and for no other
  /// @param leaving the number of the log that is being given up; 0 before
  public record Note(String address, long version, int leaving) {
    /// The same, once this log is given up.
    public Note leaving(int log) {
      return new Note(address, version, log);
    }
  }

  /// What is known here.
  ///
  /// @param version of the configuration that was agreed on last
  /// @param agreed where the cluster says that this node is
  /// @param here where it takes part
  /// @param log the number of this node's log
  /// @param certified whether the node's certificate names the new address
  /// @param leads whether the node leads
  /// @param quorate whether a leader is heard of, who could take the log out
  public record Facts(
      long version,
      String agreed,
      String here,
      int log,
      boolean certified,
      boolean leads,
      boolean quorate) {}

  /// What to do next.
  public enum Step {
    /// It is not known yet whether the change was agreed on, or nobody leads.
    WAIT,
    /// It was not, or another since.
    FORGET,
    /// Have a certificate issued that names the new address.
    CERTIFY,
    /// Let another lead.
    HAND_OVER,
    /// Have the old log taken out, and take part anew at the new address.
    LEAVE,
    /// Nothing is left to be done.
    ARRIVED
  }

  /// What to do next.
  public static Step next(Note note, Facts facts) {
    if (note.leaving() > 0) {
      boolean there = facts.here().equals(note.address()) && facts.log() > note.leaving();
      return there ? Step.ARRIVED : Step.LEAVE;
    }
    if (facts.version() <= note.version()) {
      return Step.WAIT;
    }
    if (!facts.agreed().equals(note.address())) {
      return Step.FORGET;
    }
    if (!facts.certified()) {
      return Step.CERTIFY;
    }
    if (!facts.quorate()) {
      return Step.WAIT;
    }
    return facts.leads() ? Step.HAND_OVER : Step.LEAVE;
  }
}
