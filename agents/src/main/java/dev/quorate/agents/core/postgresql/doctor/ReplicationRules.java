package dev.quorate.agents.core.postgresql.doctor;

import dev.quorate.agents.Finding;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Whether standbys can follow this server, and this one another.
final class ReplicationRules {
  /// `pg_basebackup` takes two.
  private static final int SPARE_SENDERS = 2;

  private static final long MEGABYTE = 1 << 20;

  private ReplicationRules() {}

  static List<Finding> findings(ServerSurvey server, HostSurvey host, ClusterSurvey cluster) {
    List<Finding> findings = new ArrayList<>();
    if (server.setting("wal_level").equals("minimal")) {
      findings.add(
          Finding.error(
                  "wal_level",
                  "it is minimal: no standby can follow",
                  "set wal_level = replica and restart")
              .with("replica"));
    }
    if (server.setting("hot_standby").equals("off")) {
      findings.add(
          Finding.error(
                  "hot_standby",
                  "it is off: as a standby it answers nobody, so that nobody can watch it",
                  "set hot_standby = on and restart")
              .with("on"));
    }
    capacity(server, cluster, findings);
    retention(server, findings);
    if (!server.on("wal_log_hints") && !server.on("data_checksums")) {
      findings.add(
          Finding.warning(
                  "wal_log_hints",
                  "neither it nor checksums of data are on: a former primary that has diverged must be"
                      + " copied whole, because pg_rewind cannot work on it",
                  "set wal_log_hints = on and restart, or use pg_checksums --enable while it is"
                      + " stopped")
              .with("on"));
    }
    recovery(server, findings);
    limits(server, host, findings);
    for (String line : server.wrongLines()) {
      findings.add(
          Finding.error(
              "configuration",
              "the server cannot take a line of its files: " + line,
              "correct it: the next restart fails with it"));
    }
    return findings;
  }

  private static void capacity(ServerSurvey server, ClusterSurvey cluster, List<Finding> findings) {
    long standbys = cluster.members() - 1L;
    long senders = server.number("max_wal_senders", 10);
    if (senders < standbys) {
      findings.add(
          Finding.error(
                  "max_wal_senders",
                  "%d for %d standbys: not all of them can follow".formatted(senders, standbys),
                  "set max_wal_senders = %d or more on every node and restart"
                      .formatted(standbys + SPARE_SENDERS))
              .with(standbys + SPARE_SENDERS));
    } else if (senders < standbys + SPARE_SENDERS) {
      findings.add(
          Finding.warning(
                  "max_wal_senders",
                  "%d for %d standbys leave no room for a copy with pg_basebackup"
                      .formatted(senders, standbys),
                  "set max_wal_senders = %d or more on every node and restart"
                      .formatted(standbys + SPARE_SENDERS))
              .with(standbys + SPARE_SENDERS));
    }
    long slots = server.number("max_replication_slots", 10);
    if (slots < standbys + 1) {
      findings.add(
          Finding.error(
                  "max_replication_slots",
                  "%d slots: every member needs one, and a copy under way another".formatted(slots),
                  "set max_replication_slots = %d or more on every node and restart"
                      .formatted(standbys + SPARE_SENDERS))
              .with(standbys + SPARE_SENDERS));
    }
    if (server.number("wal_sender_timeout", 60_000) == 0) {
      findings.add(
          Finding.warning(
                  "wal_sender_timeout",
                  "it is 0: a standby that vanished without a word keeps its place for ever",
                  "set wal_sender_timeout = 5s or what you like, and reload")
              .with("10s"));
    }
  }

  private static void retention(ServerSurvey server, List<Finding> findings) {
    if (server.version() >= 130_000 && server.number("max_slot_wal_keep_size", -1) < 0) {
      findings.add(
          Finding.warning(
                  "max_slot_wal_keep_size",
                  "it is unlimited: WAL is kept for a member that is away until the disk is full"
                      + (server.heldWal() >= MEGABYTE
                          ? "; %d MB are held back now".formatted(server.heldWal() / MEGABYTE)
                          : ""),
                  "set max_slot_wal_keep_size to what the disk can spare, as 64GB, and reload; a member"
                      + " that was away too long is copied anew")
              .with("4GB"));
    }
    Written old = server.written().get("wal_keep_segments");
    if (old != null && server.version() >= 130_000) {
      findings.add(
          Finding.error(
              "wal_keep_segments",
              "PostgreSQL 13 and later do not know it, and do not start with it; it stands in "
                  + old.place(),
              "remove it; the slots of the members keep what they need"));
    }
  }

  private static void recovery(ServerSurvey server, List<Finding> findings) {
    String timeline = server.setting("recovery_target_timeline");
    if (!timeline.isEmpty() && !timeline.equals("latest")) {
      findings.add(
          Finding.error(
                  "recovery_target_timeline",
                  "it is '" + timeline + "': a standby does not follow a new primary",
                  "remove the setting, so that it is 'latest', and restart")
              .with("latest"));
    }
    for (String name : List.of("primary_conninfo", "primary_slot_name")) {
      Written written = server.written().get(name);
      if (written != null && !written.value().isBlank()) {
        findings.add(
            Finding.hint(
                name,
                "it stands in " + written.place() + ", and the cluster keeps this setting",
                "remove that line"));
      }
    }
  }

  /// A standby with less than its primary had does not start, or stops replaying.
  private static void limits(ServerSurvey server, HostSurvey host, List<Finding> findings) {
    for (Map.Entry<String, Long> limit : host.limits().entrySet()) {
      long here = server.number(limit.getKey(), Long.MAX_VALUE);
      if (server.standby() && here < limit.getValue()) {
        findings.add(
            Finding.error(
                    limit.getKey(),
                    "%d here, %d on the primary: a standby with less stops replaying"
                        .formatted(here, limit.getValue()),
                    "set %s = %d or more and restart; make changes of it on the standbys first"
                        .formatted(limit.getKey(), limit.getValue()))
                .with(limit.getValue()));
      }
    }
  }
}
