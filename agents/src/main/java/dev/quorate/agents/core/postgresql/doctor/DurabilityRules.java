package dev.quorate.agents.core.postgresql.doctor;

import dev.quorate.agents.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Settings with which acknowledged commits are lost, or a crash takes long to recover from.
final class DurabilityRules {
  private static final long LONG_CHECKPOINT_SECONDS = 900;

  private DurabilityRules() {}

  static List<Finding> findings(ServerSurvey server, ClusterSurvey cluster) {
    List<Finding> findings = new ArrayList<>();
    if (server.setting("fsync").equals("off")) {
      findings.add(
          Finding.error(
                  "fsync",
                  "it is off: a crash of the machine loses commits and can destroy the database",
                  "set fsync = on and reload")
              .with("on"));
    }
    if (server.setting("full_page_writes").equals("off")) {
      findings.add(
          Finding.error(
                  "full_page_writes",
                  "it is off: a crash can tear pages, and a former primary cannot be rewound",
                  "set full_page_writes = on and reload")
              .with("on"));
    }
    String commit = server.setting("synchronous_commit");
    if (early(commit, cluster)) {
      findings.add(
          Finding.error(
                  "synchronous_commit",
                  "it is %s: commits are acknowledged %s".formatted(commit, when(commit, cluster)),
                  "set synchronous_commit = on and reload; sessions that may lose commits can set it"
                      + " for themselves")
              .with("on"));
    } else if (cluster.synchronous() && commit.equals("remote_write")) {
      findings.add(
          Finding.warning(
                  "synchronous_commit",
                  "it is remote_write: a standby has a commit in its memory, not on its disk",
                  "set synchronous_commit = on and reload")
              .with("on"));
    }
    if (server.on("data_sync_retry")) {
      findings.add(
          Finding.error(
                  "data_sync_retry",
                  "it is on: after a failed write the server goes on as if the data were on disk",
                  "set data_sync_retry = off and restart")
              .with("off"));
    }
    long timeout = server.number("checkpoint_timeout", 300);
    if (timeout >= LONG_CHECKPOINT_SECONDS) {
      findings.add(
          Finding.hint(
              "checkpoint_timeout",
              "checkpoints are up to %d minutes apart: a restart after a crash replays as much WAL"
                      .formatted(timeout / 60)
                  + " before it answers",
              "choose less, as 5min, if restarts in place take too long"));
    }
    exceptions(server, cluster, findings);
    names(server, findings);
    twice(server, findings);
    return findings;
  }

  private static boolean early(String commit, ClusterSurvey cluster) {
    return commit.equals("off") || (cluster.synchronous() && commit.equals("local"));
  }

  private static String when(String commit, ClusterSurvey cluster) {
    return (commit.equals("off") ? "before they are on any disk" : "before a standby has them")
        + (cluster.synchronous() ? ", although the cluster promises otherwise" : "");
  }

  /// May be meant so: whose commits can be lost says so for itself in this way.
  private static void exceptions(
      ServerSurvey server, ClusterSurvey cluster, List<Finding> findings) {
    server.exceptions().stream()
        .filter(e -> e.name().equals("synchronous_commit") && early(e.value(), cluster))
        .forEach(e ->
            findings.add(
                Finding.warning(
                    "synchronous_commit",
                    "it is %s for %s, whose commits are acknowledged %s"
                        .formatted(e.value(), e.whose(), when(e.value(), cluster)),
                    "unless they may be lost: ALTER %s RESET synchronous_commit"
                        .formatted(e.whose()))));
  }

  /// Nobody can tell whose answer it is that a commit waits for.
  private static void twice(ServerSurvey server, List<Finding> findings) {
    SortedMap<String, Integer> uses = new TreeMap<>();
    server.followers().forEach(name -> uses.merge(name, 1, Integer::sum));
    uses.values().removeIf(n -> n < 2);
    uses.forEach((name, n) ->
        findings.add(
            Finding.error(
                "application_name",
                n + " connections stream as '" + name + "', so commits wait for none of them",
                "let every standby stream under the name of its node, and give that name to no"
                    + " other program")));
  }

  /// The cluster keeps these names, and whatever else is written is not in force.
  private static void names(ServerSurvey server, List<Finding> findings) {
    ServerSurvey.Written written = server.written().get("synchronous_standby_names");
    if (written != null && !written.value().isBlank()) {
      findings.add(
          Finding.warning(
              "synchronous_standby_names",
              "'"
                  + written.value()
                  + "' stands in "
                  + written.place()
                  + (written.value().contains("*")
                      ? ": any program that streams would count as a standby"
                      : ", and the cluster keeps this setting"),
              "remove that line; 'durability' of the resource says how many standbys must have a"
                  + " commit"));
    }
  }
}
