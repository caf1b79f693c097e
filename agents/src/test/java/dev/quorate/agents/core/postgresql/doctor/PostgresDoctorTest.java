package dev.quorate.agents.core.postgresql.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.Finding;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.doctor.HostSurvey.Place;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey.AccessLine;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey.Archiver;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey.Exceptional;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey.StreamingRole;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey.Written;
import dev.quorate.agents.core.postgresql.setup.ManagedText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresDoctorTest {
  private SortedMap<String, String> settings = sound();
  private final SortedMap<String, Written> written = new TreeMap<>();
  private List<String> wrongLines = List.of();
  private boolean standby;
  private List<AccessLine> access =
      List.of(line(1, "host", "replication", "10.0.0.0", "scram-sha-256"));
  private List<StreamingRole> roles =
      List.of(new StreamingRole("replicator", true, false, "scram"));
  private Optional<Archiver> archiver = Optional.empty();
  private List<Exceptional> exceptions = List.of();
  private HostSurvey host = host(new TreeMap<>(), List.of(), new TreeMap<>());
  private boolean synchronous = true;

  private static SortedMap<String, String> sound() {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("server_version_num", "150004");
    settings.put("fsync", "on");
    settings.put("full_page_writes", "on");
    settings.put("synchronous_commit", "on");
    settings.put("data_sync_retry", "off");
    settings.put("checkpoint_timeout", "300");
    settings.put("wal_level", "replica");
    settings.put("hot_standby", "on");
    settings.put("max_wal_senders", "10");
    settings.put("max_replication_slots", "10");
    settings.put("max_slot_wal_keep_size", "65536");
    settings.put("wal_sender_timeout", "5000");
    settings.put("wal_log_hints", "on");
    settings.put("data_checksums", "off");
    settings.put("recovery_target_timeline", "latest");
    settings.put("archive_mode", "off");
    settings.put("archive_command", "(disabled)");
    settings.put("restore_command", "");
    settings.put("logging_collector", "off");
    settings.put("log_directory", "log");
    settings.put("listen_addresses", "*");
    settings.put("max_connections", "100");
    return settings;
  }

  private static HostSurvey host(
      SortedMap<String, Place> paths, List<String> boot, SortedMap<String, Long> limits) {
    return new HostSurvey("/srv/pg", "rwx------", paths, boot, limits);
  }

  private static AccessLine line(
      int number, String type, String database, String address, String method) {
    return new AccessLine(number, type, List.of(database), address, method, "");
  }

  private List<Finding> examine() {
    ServerSurvey server =
        new ServerSurvey(
            settings,
            written,
            wrongLines,
            standby,
            access,
            roles,
            archiver,
            List.of(),
            0,
            exceptions);
    ClusterSurvey cluster =
        new ClusterSurvey(
            3, new TreeSet<>(List.of("10.0.0.9")), Optional.empty(), "replicator", synchronous);
    return PostgresDoctor.examine(Optional.of(server), host, cluster);
  }

  private void finds(String severity, String subject, String words) {
    List<Finding> findings = examine();
    assertTrue(
        findings.stream()
            .anyMatch(f ->
                f.severity().name().equals(severity)
                    && f.subject().equals(subject)
                    && (f.what() + " / " + f.remedy()).contains(words)),
        findings::toString);
  }

  @Test
  void aSoundServerHasNothingToChange() {
    assertEquals(List.of(), examine());
  }

  @ParameterizedTest
  @CsvSource({
    "fsync, off, ERROR, loses commits",
    "full_page_writes, off, ERROR, tear pages",
    "synchronous_commit, off, ERROR, before they are on any disk",
    "synchronous_commit, local, ERROR, before a standby has them",
    "synchronous_commit, remote_write, WARNING, in its memory",
    "data_sync_retry, on, ERROR, failed write",
    "checkpoint_timeout, 900, HINT, up to 15 minutes",
    "wal_level, minimal, ERROR, no standby can follow",
    "hot_standby, off, ERROR, answers nobody",
    "max_wal_senders, 1, ERROR, 1 for 2 standbys",
    "max_wal_senders, 3, WARNING, no room for a copy",
    "max_replication_slots, 2, ERROR, every member needs one",
    "max_slot_wal_keep_size, -1, WARNING, until the disk is full",
    "wal_sender_timeout, 0, WARNING, keeps its place for ever",
    "wal_log_hints, off, WARNING, copied whole",
    "recovery_target_timeline, current, ERROR, does not follow a new primary",
    "listen_addresses, localhost, ERROR, connect from elsewhere",
    "listen_addresses, '10.0.0.1,localhost', ERROR, 10.0.0.9",
  })
  void aSettingThatHurtsIsFound(String name, String value, String severity, String words) {
    settings.put(name, value);
    finds(severity, name, words);
  }

  @ParameterizedTest
  @CsvSource({
    "off, app, '', for ROLE app, ALTER ROLE app RESET",
    "local, ALL, '', before a standby has them, ALTER ROLE ALL RESET",
    "off, '', shop, before they are on any disk, ALTER DATABASE shop RESET",
    "off, app, shop, for ROLE app IN DATABASE shop, ALTER ROLE app IN DATABASE shop RESET",
  })
  void whoseCommitsAreAcknowledgedEarlyIsNamed(
      String value, String role, String database, String what, String remedy) {
    exceptions = List.of(new Exceptional("synchronous_commit", value, role, database));
    finds("WARNING", "synchronous_commit", what);
    finds("WARNING", "synchronous_commit", remedy);
  }

  @Test
  void exceptionsThatLoseNothingAreNobodysBusiness() {
    exceptions =
        List.of(
            new Exceptional("synchronous_commit", "remote_apply", "app", ""),
            new Exceptional("work_mem", "1GB", "app", ""));
    assertEquals(List.of(), examine());
    synchronous = false;
    exceptions = List.of(new Exceptional("synchronous_commit", "local", "app", ""));
    assertEquals(List.of(), examine());
  }

  @Test
  void whatIsNotPromisedNeedNotBeKept() {
    synchronous = false;
    settings.put("synchronous_commit", "local");
    assertEquals(List.of(), examine());
  }

  @Test
  void checksumsLetAServerBeRewound() {
    settings.put("wal_log_hints", "off");
    settings.put("data_checksums", "on");
    assertEquals(List.of(), examine());
  }

  @Test
  void namesThatTheClusterKeepsAreReportedWhereTheyStand() {
    written.put("synchronous_standby_names", new Written("*", "/etc/pg/postgresql.conf:7"));
    finds("WARNING", "synchronous_standby_names", "any program that streams");
    written.put("primary_conninfo", new Written("host=a", "/etc/pg/postgresql.conf:9"));
    finds("HINT", "primary_conninfo", "/etc/pg/postgresql.conf:9");
    written.put("wal_keep_segments", new Written("100", "/etc/pg/postgresql.conf:8"));
    finds("ERROR", "wal_keep_segments", "do not start with it");
    wrongLines = List.of("/etc/pg/postgresql.conf:11: syntax error");
    finds("ERROR", "configuration", "postgresql.conf:11");
  }

  @Test
  void aStandbyWithLessThanItsPrimaryIsFound() {
    host = host(new TreeMap<>(), List.of(), new TreeMap<>(Map.of("max_connections", 200L)));
    assertEquals(List.of(), examine(), "a primary may have changed since");
    standby = true;
    finds("ERROR", "max_connections", "100 here, 200 on the primary");
  }

  @Test
  void anArchiveThatGoesNowhereIsFound() {
    settings.put("archive_mode", "on");
    finds("ERROR", "archive_command", "there is no command");
    settings.put("archive_command", "test ! -f /u02/archive/%f && cp %p /u02/archive/%f");
    finds("ERROR", "archive_command", "/u02/archive is not there");
    settings.put("restore_command", "cp /u02/archiv/%f %p");
    finds("ERROR", "restore_command", "/u02/archiv is not there");
    finds("WARNING", "restore_command", "archive_command writes to /u02/archive");
    host =
        host(
            new TreeMap<>(
                Map.of("/u02/archive", Place.PUBLIC_DIRECTORY, "/u02/archiv", Place.FILE)),
            List.of(),
            new TreeMap<>());
    finds("WARNING", "archive_command", "chmod o-rwx /u02/archive");
    settings.put("archive_command", "/opt/archive.sh %p %f");
    finds("ERROR", "archive_command", "/opt/archive.sh is not there");
    archiver = Optional.of(new Archiver(true, "000000010000000000000003", 12));
    finds("ERROR", "archive_command", "12 failures");
  }

  @Test
  void aSoundArchiveIsLeftAlone() {
    settings.put("archive_mode", "on");
    settings.put("archive_command", "/opt/archive.sh %p \"/u02/archive/%f\"");
    settings.put("restore_command", "scp host:/u02/archive/%f %p");
    archiver = Optional.of(new Archiver(false, "", 1));
    host =
        host(
            new TreeMap<>(
                Map.of("/u02/archive", Place.PRIVATE_DIRECTORY, "/opt/archive.sh", Place.PROGRAM)),
            List.of(),
            new TreeMap<>());
    assertEquals(List.of(), examine());
  }

  @Test
  void theLogWithinTheDataIsFound() {
    settings.put("logging_collector", "on");
    finds("HINT", "log_directory", "within the data");
    settings.put("log_directory", "/srv/pg/log");
    finds("HINT", "log_directory", "within the data");
    settings.put("log_directory", "/var/log/postgresql");
    assertEquals(List.of(), examine());
  }

  @Test
  void linesOfAccessAreJudged() {
    AccessLine good = access.getFirst();
    access = List.of(good, line(2, "host", "replication", "all", "trust"));
    finds("WARNING", "pg_hba.conf:2", "copy the whole database");
    access = List.of(good, line(3, "host", "all", "10.0.0.0", "ident"));
    finds("HINT", "pg_hba.conf:3", "scram-sha-256");
    access = List.of(good, line(4, "host", "all", "10.0.0.0", "md5"));
    finds("HINT", "pg_hba.conf:4", "deprecated");
    access = List.of(good, new AccessLine(5, "", List.of(), "", "", "invalid IP address"));
    finds("ERROR", "pg_hba.conf:5", "invalid IP address");
    access = List.of(good, line(6, "host", "all", "127.0.0.1", "trust"));
    assertEquals(List.of(), examine());
    access = List.of(line(1, "host", "all", "10.0.0.0", "scram-sha-256"));
    finds("ERROR", "pg_hba.conf", "no line lets a standby");
  }

  @Test
  void whoStreamsMustBeAbleTo() {
    roles = List.of(new StreamingRole("other", true, false, "scram"));
    finds("ERROR", "role replicator", "does not exist");
    roles = List.of(new StreamingRole("replicator", false, false, "scram"));
    finds("ERROR", "role replicator", "ALTER ROLE replicator LOGIN");
    roles = List.of(new StreamingRole("replicator", true, true, "md5"));
    finds("HINT", "role replicator", "superuser");
    finds("HINT", "role replicator", "stored as md5");
  }

  @Test
  @Tag("S2-10")
  void theMachineIsJudged() {
    host =
        new HostSurvey(
            "/srv/pg",
            "rwxr-xr-x",
            new TreeMap<>(),
            List.of(
                "/etc/postgresql/15/main/start.conf",
                "/etc/systemd/system/multi-user.target.wants/postgresql-15.service"),
            new TreeMap<>());
    finds("ERROR", "/srv/pg", "chmod 0700");
    finds("ERROR", "/etc/postgresql/15/main/start.conf", "write 'manual'");
    finds(
        "ERROR",
        "/etc/systemd/system/multi-user.target.wants/postgresql-15.service",
        "systemctl disable postgresql-15.service");
  }

  @Test
  void theWorstComesFirst() {
    settings.put("checkpoint_timeout", "1800");
    settings.put("wal_log_hints", "off");
    settings.put("fsync", "off");
    assertEquals(
        List.of("fsync", "wal_log_hints", "checkpoint_timeout"),
        examine().stream().map(Finding::subject).toList());
  }

  @Test
  void aSilentServerIsSaidToBeSilent() {
    ClusterSurvey cluster =
        new ClusterSurvey(3, new TreeSet<>(), Optional.empty(), "replicator", true);
    assertEquals(
        List.of("server"),
        PostgresDoctor.examine(Optional.empty(), host, cluster).stream()
            .map(Finding::subject)
            .toList());
  }

  @Test
  void whatAValuePutsRightCanBeWritten() {
    settings.putAll(
        Map.of(
            "fsync", "off",
            "synchronous_commit", "local",
            "wal_level", "minimal",
            "max_wal_senders", "1",
            "max_replication_slots", "1",
            "listen_addresses", "localhost",
            "wal_log_hints", "off",
            "data_sync_retry", "on",
            "full_page_writes", "off",
            "recovery_target_timeline", "current"));
    var right = new TreeMap<String, String>();
    examine().stream()
        .filter(f -> !f.value().isEmpty())
        .forEach(f -> right.put(f.subject(), f.value()));
    assertEquals(10, right.size(), right::toString);
    assertEquals("on", right.get("fsync"));
    assertEquals("replica", right.get("wal_level"));
    right
        .keySet()
        .forEach(name ->
            assertTrue(
                ManagedText.ADDABLE.contains(name) || ServerSettings.NAMES.contains(name), name));
  }
}
