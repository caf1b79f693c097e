package dev.quorate.agents.core.postgresql.doctor;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What was found on the machine.
///
/// @param dataDirectory where the data is
/// @param dataMode its permissions, as `rwx------`
/// @param paths what exists at the paths that [CommandPaths] names
/// @param boot what would start the server outside the cluster when the machine boots, as paths
/// @param control limits that the primary had when this instance last heard of them, as the control
///   file tells
public record HostSurvey(
    String dataDirectory,
    String dataMode,
    SortedMap<String, Place> paths,
    List<String> boot,
    SortedMap<String, Long> control) {

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

  private static final Pattern LIMIT =
      Pattern.compile(
          "(?m)^(max_connections|max_worker_processes|max_wal_senders|max_prepared_xacts"
              + "|max_locks_per_xact) setting: +([0-9]{1,9})$");

  /// The limits in what `pg_controldata` prints in the C locale, by the names of the settings.
  public static SortedMap<String, Long> limits(String controlData) {
    SortedMap<String, Long> limits = new TreeMap<>();
    Matcher line = LIMIT.matcher(controlData);
    while (line.find()) {
      String name =
          line.group(1)
              .replace("prepared_xacts", "prepared_transactions")
              .replace("per_xact", "per_transaction");
      limits.put(name, Long.parseLong(line.group(2)));
    }
    return limits;
  }

  /// Copies the collections.
  public HostSurvey {
    paths = Collections.unmodifiableSortedMap(new TreeMap<>(paths));
    boot = List.copyOf(boot);
    control = Collections.unmodifiableSortedMap(new TreeMap<>(control));
  }
}
