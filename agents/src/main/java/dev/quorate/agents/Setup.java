package dev.quorate.agents;

import java.util.List;

/// What is left to be done about a resource's settings on this node.
///
/// @param file where the agent writes settings
/// @param amendments the settings that are wrong or missing
/// @param bare whether the resource has no data here yet
/// @param problem why nothing can be judged or written, as a sentence without its full stop; empty
///   text if it can
/// @param remedy what to do about the problem
public record Setup(
    String file, List<Amendment> amendments, boolean bare, String problem, String remedy) {
  /// Copies the list.
  public Setup {
    amendments = List.copyOf(amendments);
  }

  /// A setting that is wrong or missing.
  ///
  /// @param value with which it is right
  /// @param written whether it stands in the agent's file
  /// @param restart whether it counts after a restart only
  /// @param place what counts more than the agent's file and says something else; empty text if
  ///   nothing does
  /// @param why what is wrong, as a sentence without its full stop
  public record Amendment(
      String name, String value, boolean written, boolean restart, String place, String why) {
    /// Whether all that is missing is a restart.
    public boolean waits() {
      return written && restart && place.isEmpty();
    }
  }

  /// Nothing is left to be done.
  public static Setup nothing(String file) {
    return new Setup(file, List.of(), false, "", "");
  }

  /// There is no data here yet.
  public static Setup bare(String file) {
    return new Setup(file, List.of(), true, "", "");
  }

  /// Nothing can be judged, or written.
  public Setup hindered(String why, String what) {
    return new Setup(file, amendments, bare, why, what);
  }

  /// Whether anything would be written.
  public boolean writes() {
    return amendments.stream().anyMatch(a -> !a.written());
  }
}
