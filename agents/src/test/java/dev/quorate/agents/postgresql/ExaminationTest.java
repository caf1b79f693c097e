package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.Finding;
import dev.quorate.agents.postgresql.TestServers.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// On a real server, with the faults that the source documents' settings have.
class ExaminationTest {
  @Test
  void findsWhatWasLeftWrongOnARealServer() throws Exception {
    assumeTrue(TestServers.available());
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Path archive = servers.root.resolve("archive");
      Files.createDirectory(archive);
      Files.writeString(
          a.parameters().dataDirectory().resolve("postgresql.conf"),
          """
          archive_mode = on
          archive_command = 'cp %%p %s/%%f'
          restore_command = 'cp %s/nowhere/%%f %%p'
          max_replication_slots = 1
          synchronous_standby_names = '*'
          """
              .formatted(archive, servers.root),
          StandardOpenOption.APPEND);
      Files.writeString(
          a.parameters().dataDirectory().resolve("pg_hba.conf"),
          "host replication all 10.0.0.0/8 trust\nhost all all 10.0.0.0/8 md5\n",
          StandardOpenOption.APPEND);
      Server b = servers.empty("b", "127.0.0.3");
      try (TinyCluster cluster = new TinyCluster(List.of(a, b))) {
        a.instance().start(a.alone(), TestServers.LONG);
        Files.writeString(
            a.parameters().dataDirectory().resolve("postgresql.conf"),
            "work_mem = 'plenty'\n",
            StandardOpenOption.APPEND);
        List<Finding> findings = cluster.instance(a.node()).examine();
        TreeSet<String> found = new TreeSet<>();
        findings.forEach(f -> found.add(f.severity() + " " + f.subject()));
        for (String expected :
            List.of(
                "ERROR fsync",
                "ERROR listen_addresses",
                "ERROR restore_command",
                "WARNING archive_command",
                "WARNING restore_command",
                "ERROR max_replication_slots",
                "WARNING synchronous_standby_names",
                "ERROR configuration")) {
          assertTrue(found.contains(expected), () -> expected + " is missing in " + findings);
        }
        assertTrue(
            findings.stream()
                .anyMatch(
                    f -> f.subject().startsWith("pg_hba.conf:") && f.what().contains("(trust)")),
            findings::toString);
        assertTrue(
            findings.stream().noneMatch(f -> f.remedy().contains("quorate.conf")),
            "the cluster's own settings are no finding");
      }
    }
  }

  @Test
  void aStoppedServerIsLookedAtFromOutside() throws Exception {
    assumeTrue(TestServers.available());
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      try (TinyCluster cluster = new TinyCluster(List.of(a))) {
        assertEquals(
            List.of("server"),
            cluster.instance(a.node()).examine().stream().map(Finding::subject).toList());
      }
    }
  }

  @Test
  void anEmptyDirectoryIsNoFault() throws Exception {
    assumeTrue(TestServers.available());
    try (TestServers servers = new TestServers()) {
      Server a = servers.empty("a", "127.0.0.2");
      try (TinyCluster cluster = new TinyCluster(List.of(a))) {
        assertEquals(
            List.of("data"),
            cluster.instance(a.node()).examine().stream().map(Finding::subject).toList());
      }
    }
  }
}
