package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.LONG;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.Finding;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.agents.process.ProcessOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The settings that the source documents write, on a real server: what `pg doctor` says of them,
/// and of what is better.
@Tag("slow")
class DoctorRowsTest {
  /// What the documents write, in the words of today.
  private static final List<String> SOUND =
      List.of(
          "listen_addresses=*",
          "fsync=on",
          "wal_level=replica",
          "hot_standby=on",
          "hot_standby_feedback=on",
          "wal_log_hints=on",
          "max_replication_slots=5",
          "max_wal_senders=5",
          "max_slot_wal_keep_size=1GB");

  private TestServers servers;
  private Server a;
  private TinyCluster cluster;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    servers = new TestServers();
    a = servers.fresh("a", "127.0.0.2");
    cluster = new TinyCluster(List.of(a, servers.empty("b", "127.0.0.3")));
  }

  @AfterEach
  void close() throws Exception {
    if (servers != null) {
      cluster.close();
      servers.close();
    }
  }

  /// Starts it as an administrator would, with settings that go before those in its files.
  private void start(List<String> settings, String... more) throws Exception {
    List<String> all = new ArrayList<>(settings);
    all.addAll(List.of(more));
    String options = String.join(" ", all.stream().map(s -> "-c '" + s + "'").toList());
    String log = a.home().resolve("work/server.log").toString();
    ProcessOutcome started =
        a.instance().tool("pg_ctl", pgCtl("start", "-w", "-l", log, "-o", options), LONG);
    assertTrue(started.ok(), () -> started.problem());
  }

  private void stop() {
    a.instance().tool("pg_ctl", pgCtl("stop", "-w", "-m", "immediate"), LONG);
  }

  private List<String> pgCtl(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-D", a.parameters().dataDirectory().toString()));
    return all;
  }

  private void access(String lines) throws IOException {
    Files.writeString(
        a.parameters().dataDirectory().resolve("pg_hba.conf"), "local all all trust\n" + lines);
  }

  private void finds(String severity, String subject, String words) {
    List<Finding> findings = cluster.instance(a.node()).examine();
    assertTrue(
        findings.stream()
            .anyMatch(f ->
                f.severity().name().equals(severity)
                    && f.subject().equals(subject)
                    && (f.what() + f.remedy()).contains(words)),
        () -> severity + " " + subject + " is missing in " + findings);
  }

  private void acceptsAll(String... subjects) {
    List<Finding> findings = cluster.instance(a.node()).examine();
    for (String subject : subjects) {
      assertTrue(
          findings.stream().noneMatch(f -> f.subject().equals(subject)),
          () -> subject + " is criticised in " + findings);
    }
  }

  @Test
  void whoseCommitsAreAcknowledgedEarlyIsNamed() throws Exception {
    start(SOUND);
    servers.ask(a, "CREATE ROLE \"Till\"");
    servers.ask(a, "ALTER ROLE \"Till\" IN DATABASE template1 SET synchronous_commit = off");
    servers.ask(a, "ALTER ROLE ALL SET synchronous_commit = off");
    finds("WARNING", "synchronous_commit", "ALTER ROLE \"Till\" IN DATABASE template1 RESET");
    finds("WARNING", "synchronous_commit", "ALTER ROLE ALL RESET");
    stop();
  }

  @Test
  @Tag("S1-33")
  @Tag("S1-34")
  @Tag("S2-14")
  @Tag("S2-15")
  @Tag("S2-17")
  @Tag("S2-18")
  @Tag("S4-05")
  void whatStreamingNeedsIsCheckedOneByOne() throws Exception {
    start(SOUND);
    acceptsAll(
        "listen_addresses",
        "wal_level",
        "hot_standby",
        "hot_standby_feedback",
        "wal_log_hints",
        "max_replication_slots",
        "max_wal_senders",
        "checkpoint_timeout",
        "synchronous_standby_names");
    Files.writeString(
        a.parameters().dataDirectory().resolve("postgresql.conf"),
        "wal_keep_segments = 100\nsynchronous_standby_names = '*'\n",
        StandardOpenOption.APPEND);
    finds("ERROR", "wal_keep_segments", "do not start with it");
    finds("WARNING", "synchronous_standby_names", "any program that streams");
    stop();
    Files.writeString(
        a.parameters().dataDirectory().resolve("postgresql.conf"),
        "\nlisten_addresses = 'localhost'\nport = %d\nunix_socket_directories = '%s'\n"
            .formatted(servers.port, a.parameters().socketDirectory()));
    start(
        List.of(
            "wal_level=minimal",
            "max_wal_senders=0",
            "max_replication_slots=0",
            "archive_mode=off",
            "checkpoint_timeout=1h",
            "wal_log_hints=off"));
    finds("ERROR", "listen_addresses", "neither clients nor standbys");
    finds("ERROR", "wal_level", "wal_level = replica");
    finds("ERROR", "max_wal_senders", "not all of them can follow");
    finds("ERROR", "max_replication_slots", "every member needs one");
    finds("WARNING", "wal_log_hints", "pg_rewind");
    finds("HINT", "checkpoint_timeout", "replays");
  }

  @Test
  @Tag("S1-30")
  @Tag("S1-31")
  @Tag("S4-06")
  void linesOfAccessAreJudged() throws Exception {
    access("host all all 127.0.0.1/32 ident\nhost replication all 10.0.0.0/8 trust\n");
    start(SOUND);
    finds("HINT", "pg_hba.conf:2", "ident");
    finds("WARNING", "pg_hba.conf:3", "copy the whole database");
    stop();
    access("host all all 10.0.0.0/8 scram-sha-256\n");
    start(SOUND);
    finds("ERROR", "pg_hba.conf", "no line lets a standby");
  }

  @Test
  @Tag("S1-35")
  @Tag("S2-08")
  @Tag("S2-13")
  @Tag("S2-16")
  void archivesPermissionsAndLogsAreJudged() throws Exception {
    start(
        SOUND,
        "archive_mode=on",
        "archive_command=cp %p " + servers.root + "/nowhere/%f",
        "restore_command=cp " + servers.root + "/elsewhere/%f %p",
        "logging_collector=on");
    finds("ERROR", "archive_command", "its directory " + servers.root + "/nowhere is not there");
    finds("ERROR", "restore_command", "its directory " + servers.root + "/elsewhere is not there");
    finds("WARNING", "restore_command", "use the same directory in both");
    finds("HINT", "log_directory", "outside");
    servers.ask(a, "SELECT pg_switch_wal()");
    await(
        "a failed archive",
        () -> servers.ask(a, "SELECT failed_count > 0 FROM pg_stat_archiver").equals("t"));
    finds("ERROR", "archive_command", "it fails, last for");

    Path archive = Files.createDirectory(servers.root.resolve("nowhere"));
    Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rwxr-xr-x"));
    finds("WARNING", "archive_command", "everybody on this machine may read");
    Files.setPosixFilePermissions(
        a.parameters().dataDirectory(), PosixFilePermissions.fromString("rwxr-xr-x"));
    finds("ERROR", a.parameters().dataDirectory().toString(), "refuses to start");
  }
}
