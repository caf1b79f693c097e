package dev.quorate.agents.core.postgresql.doctor;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What was found on the machine.
///
/// @param dataDirectory where the data is
/// @param dataMode its permissions, as `rwx------`
/// @param paths what exists at the paths that [CommandPaths] names
/// @param boot what would start the server outside the cluster when the machine boots, as paths
/// @param limits settings that a standby must have as large as its primary, as the control file
///   tells of the primary
public record HostSurvey(
    String dataDirectory,
    String dataMode,
    SortedMap<String, Place> paths,
    List<String> boot,
    SortedMap<String, Long> limits) {

  /// What is at a path.
  public enum Place {
    /// Nothing.
    ABSENT,
    /// A directory that only its owner and group may read.
    PRIVATE_DIRECTORY,
    /// A directory that anybody may read.
    PUBLIC_DIRECTORY,
    /// A file that can be executed.
    PROGRAM,
    /// Anything else.
    FILE
  }

  /// Copies the collections.
  public HostSurvey {
    paths = Collections.unmodifiableSortedMap(new TreeMap<>(paths));
    boot = List.copyOf(boot);
    limits = Collections.unmodifiableSortedMap(new TreeMap<>(limits));
  }
}
