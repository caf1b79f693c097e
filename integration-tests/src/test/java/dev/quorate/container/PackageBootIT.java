package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import dev.quorate.packaging.DebianPackage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The package's life on one machine: installed, booted, removed, purged.
class PackageBootIT {
  private static final String WAITS =
      "waiting: 'hactl cluster setup' founds a cluster, 'hactl cluster join' enters one";
  private static final long READY_MICROS = 3_000_000;
  private static final Duration SOON = Duration.ofSeconds(60);

  @BeforeAll
  static void engine() {
    NodeImage.assumeEngine();
  }

  private static long micros(Machine machine, String property) {
    return Long.parseLong(show(machine, property));
  }

  @Test
  void aFreshNodeBootsAndWaitsToBeJoined() throws IOException {
    try (Rack rack = Rack.of(NodeImage.installed(), "n1")) {
      Machine machine = rack.machine(1);

      assertEquals("active", machine.must("systemctl", "is-active", "quorate.service").strip());
      assertEquals("enabled", machine.must("systemctl", "is-enabled", "quorate.service").strip());
      assertEquals(WAITS, show(machine, "StatusText"));
      assertTrue(machine.run("hactl", "status").getStdout().contains("belongs to no cluster"));
      long took =
          micros(machine, "ActiveEnterTimestampMonotonic")
              - micros(machine, "ExecMainStartTimestampMonotonic");
      System.out.println("ready " + took / 1000 + " ms after its start");
      assertTrue(took <= READY_MICROS, () -> "ready after " + took + " us");

      machine.shell("hactl cluster setup alone n1=" + machine.address());
      assertLeads(machine);
      awaitStatus(machine, "node n1 of cluster alone: quorum, hears nobody else");
    }
  }

  private static void awaitStatus(Machine machine, String text) {
    Wait.until("systemd to know: " + text, SOON, () -> show(machine, "StatusText").equals(text));
  }

  private static String show(Machine machine, String property) {
    return machine
        .must("systemctl", "show", "--value", "--property=" + property, "quorate.service")
        .strip();
  }

  /// They are used: without them, `java` ends.
  @Test
  void theCommandLineAndTheDaemonHaveTheirStartCaches() throws IOException {
    try (Rack rack = Rack.of(NodeImage.installed(), "n1")) {
      Machine machine = rack.machine(1);
      List<String> caches = machine.must("ls", "/var/cache/quorate").lines().toList();
      assertEquals(2, caches.size(), caches::toString);
      assertStrict(machine, "/usr/bin/hactl", caches.getFirst(), "status", "belongs to no cluster");
      assertStrict(machine, "/usr/sbin/quorated", caches.getLast(), "--version", "quorated ");
    }
  }

  private static void assertStrict(
      Machine machine, String program, String cache, String word, String answer) {
    String name = program.substring(program.lastIndexOf('/') + 1);
    assertTrue(cache.matches(name + "-.+-[0-9a-f]{16}[.]aot"), cache);
    machine.must("grep", "--fixed-strings", "/var/cache/quorate/" + cache, program);
    String strict = "sed 's/-XX:AOTCache=/-XX:AOTMode=on -XX:AOTCache=/' " + program;
    String said =
        machine.shell("%s > /tmp/%s && sh /tmp/%2$s %s || true".formatted(strict, name, word));
    assertTrue(said.contains(answer), said);
    machine.shell("truncate --size 4096 /var/cache/quorate/" + cache);
    String without = machine.shell("sh /tmp/%s %s 2>&1 || true".formatted(name, word));
    assertFalse(without.contains(answer), () -> "runs without its cache: " + without);
    String lenient = machine.shell("sh %s %s 2>&1 || true".formatted(program, word));
    assertTrue(lenient.contains(answer), lenient);
  }

  @Test
  void theCommandLineIsForTheGroupAndIsCompleted() throws IOException {
    try (Rack rack = Rack.of(NodeImage.installed(), "n1")) {
      Machine machine = rack.machine(1);
      machine.shell("useradd --groups quorate member && useradd stranger");
      assertTrue(
          machine
              .run("runuser", "--user", "member", "--", "hactl", "status")
              .getStdout()
              .contains("belongs to no cluster"));
      assertEquals(
          6,
          machine.run("runuser", "--user", "stranger", "--", "hactl", "status").getExitCode(),
          "no permission");
      assertEquals(
          "standby",
          machine
              .must(
                  "bash",
                  "-c",
                  ". /usr/share/bash-completion/completions/hactl; COMP_WORDS=(hactl node stan)"
                      + " COMP_CWORD=2; _hactl; echo ${COMPREPLY[@]}")
              .strip());
    }
  }

  /// Once it is gone with all that it can catch, once it stands still.
  @Test
  void aDaemonThatDiesOrHangsIsStartedAgain() throws IOException {
    try (Rack rack = Rack.of(NodeImage.installed(), "n1")) {
      Machine machine = rack.machine(1);
      machine.shell("hactl cluster setup alone n1=" + machine.address());
      assertLeads(machine);
      machine.must("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "quorate.service");
      Wait.until("a second run", SOON, () -> show(machine, "NRestarts").equals("1"));
      assertLeads(machine);
      machine.must("systemctl", "kill", "--kill-whom=main", "--signal=STOP", "quorate.service");
      Wait.until("a third run", SOON, () -> show(machine, "NRestarts").equals("2"));
      assertLeads(machine);
      machine.must("systemctl", "kill", "--kill-whom=main", "--signal=TERM", "quorate.service");
      Wait.until("a fourth run", SOON, () -> show(machine, "NRestarts").equals("3"));
      assertLeads(machine);
      String journal = machine.shell("journalctl --unit=quorate --output=cat --no-pager");
      assertTrue(journal.contains("Watchdog timeout"), journal);
      machine.must("systemctl", "stop", "quorate.service");
      assertEquals("ended; the services go on", show(machine, "StatusText"));
    }
  }

  @Test
  void removedAndInstalledAgainItGoesOn() throws IOException {
    try (Rack rack = Rack.of(NodeImage.bare(), "n1")) {
      Machine machine = rack.machine(1);
      machine.receive(DebianPackage.built(), "/opt/quorate.deb");
      machine.must("dpkg", "--install", "/opt/quorate.deb");
      machine.shell("hactl cluster setup alone n1=" + machine.address());
      assertLeads(machine);

      machine.shell("echo '# mine' >> /etc/default/quorate");
      machine.must("dpkg", "--remove", "quorate");
      assertEquals("", machine.shell("pgrep --list-full java || true"));
      machine.must("dpkg", "--install", "/opt/quorate.deb");
      assertLeads(machine);
      machine.must("grep", "--line-regexp", "# mine", "/etc/default/quorate");

      machine.shell("systemctl stop quorate && dpkg --install /opt/quorate.deb");
      assertEquals("inactive", show(machine, "ActiveState"), "who stopped it has his reasons");
    }
  }

  /// What a daemon started that is gone would be left to itself.
  @Test
  void itStaysWhileServicesRunWithoutTheirDaemon() throws IOException {
    try (Rack rack = Rack.of(NodeImage.installed(), "n1")) {
      Machine machine = rack.machine(1);
      machine.shell("systemctl stop quorate; mkdir -p /run/systemd/system/quorate.service.d");
      machine.shell(
          "printf '[Service]\\nExecStartPost=/bin/sh -c \"setsid sleep 600 &\"\\n' > /run/systemd/system/quorate.service.d/left.conf");
      machine.shell("systemctl daemon-reload && systemctl start quorate && systemctl stop quorate");
      var removal = machine.run("dpkg", "--remove", "quorate");
      assertEquals(1, removal.getExitCode(), removal.toString());
      assertTrue(
          removal.getStderr().contains("still runs, and the daemon does not"), removal::toString);
    }
  }

  @Test
  void theArchiveIsEnoughWhereThereAreNoPackages() throws IOException {
    try (Rack rack = Rack.of(NodeImage.bare(), "n1")) {
      Machine machine = rack.machine(1);
      machine.receive(DebianPackage.archive(), "/opt/quorate.tar.gz");

      machine.shell("tar -C / -xzf /opt/quorate.tar.gz && groupadd --system quorate");
      machine.shell("systemctl daemon-reload && systemctl enable --now quorate.service");

      assertTrue(machine.run("hactl", "status").getStdout().contains("belongs to no cluster"));
      assertEquals("0700 root", machine.shell("stat --format='0%a %U' /var/lib/quorate").strip());
      machine.shell("hactl cluster setup alone n1=" + machine.address());
      assertLeads(machine);
    }
  }

  private static void assertLeads(Machine machine) {
    Wait.until(
        "the node to lead its cluster",
        Duration.ofSeconds(30),
        () -> machine.run("hactl", "status").getStdout().contains("partition with quorum"));
  }

  @Test
  void purgedItLeavesNoTrace() throws IOException {
    try (Rack rack = Rack.of(NodeImage.bare(), "n1")) {
      Machine machine = rack.machine(1);
      SortedSet<String> before = files(machine);
      machine.receive(DebianPackage.built(), "/opt/quorate.deb");

      machine.must("dpkg", "--install", "/opt/quorate.deb");
      assertEquals("active", machine.must("systemctl", "is-active", "quorate.service").strip());
      machine.shell("hactl cluster setup alone n1=" + machine.address());
      assertLeads(machine);
      machine.must("dpkg", "--purge", "quorate");

      SortedSet<String> left = files(machine);
      left.removeAll(before);
      assertEquals(List.of("/opt/quorate.deb"), List.copyOf(left));
      assertEquals("", machine.shell("getent group quorate || true"));
      assertEquals("", machine.shell("pgrep --list-full java || true"));
    }
  }

  /// What an installation could leave: not the journal, nor what packages in general keep.
  private static SortedSet<String> files(Machine machine) {
    return new TreeSet<>(
        machine
            .shell(
                "find /etc /lib /opt /root /run/quorate /srv /usr /var -xdev"
                    + " -not -path '/var/log/*' -not -path '/var/lib/dpkg/*'"
                    + " -not -path '/etc/group*' -not -path '/etc/gshadow*' 2>/dev/null || true")
            .lines()
            .toList());
  }
}
