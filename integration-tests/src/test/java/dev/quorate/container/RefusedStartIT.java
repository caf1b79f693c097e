package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What keeps a daemon from starting is said in one sentence, by the journal and by `systemctl
/// status`, and nothing of the node's state is touched.
class RefusedStartIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String STATE = "/var/lib/quorate";

  private static @Nullable Rack rack;

  @BeforeAll
  static void foundACluster() throws IOException {
    NodeImage.assumeEngine();
    rack = Rack.of(NodeImage.installed(), "n1");
    machine().shell("hactl cluster setup alone n1=" + machine().address());
    awaitWell();
  }

  @AfterAll
  static void remove() {
    if (rack != null) {
      rack.close();
    }
  }

  private static Machine machine() {
    return Objects.requireNonNull(rack).machine(1);
  }

  private static void awaitWell() {
    Wait.until(
        "the node to lead its cluster",
        SOON,
        () -> machine().run("hactl", "status").getStdout().contains("partition with quorum"));
  }

  @BeforeEach
  void keep() {
    machine()
        .shell(
            "systemctl stop quorate; journalctl --show-cursor --lines=0 --quiet | sed 's/.*: //' > /srv/cursor;"
                + " rm -rf /srv/kept; cp -a %s /srv/kept; cp /etc/quorate/quorate.conf /srv/"
                    .formatted(STATE));
  }

  @AfterEach
  void putBack() {
    machine()
        .shell(
            "systemctl stop quorate; umount -q %1$s || true; rm -rf %1$s; cp -a /srv/kept %1$s; cp /srv/quorate.conf /etc/quorate/"
                .formatted(STATE));
  }

  /// @param again whether systemd tries again: what is wrong may pass by itself
  private static void refused(boolean again, String sentence) {
    machine().run("systemctl", "start", "quorate.service");
    Wait.until(
        "systemd to give up or to wait",
        SOON,
        () ->
            machine()
                .shell("systemctl show --value --property=SubState quorate")
                .strip()
                .equals(again ? "auto-restart" : "failed"));
    said("quorate", !again, sentence);
  }

  /// @param once whether nothing tried again
  private static void said(String unit, boolean once, String sentence) {
    String journal =
        machine()
            .shell(
                "journalctl --unit=%s --output=cat --no-pager --after-cursor=\"$(cat /srv/cursor)\""
                    .formatted(unit));
    List<String> told = journal.lines().filter(l -> l.startsWith("quorated: ")).toList();
    assertTrue(!told.isEmpty() && told.stream().allMatch(l -> l.contains(sentence)), journal);
    if (once) {
      assertEquals(1, told.size(), journal);
    }
    String status = machine().run("systemctl", "status", unit).getStdout();
    assertTrue(status.contains(sentence), status);
  }

  @Test
  void aSecondDaemonOnTheSameDirectory() {
    machine().shell("systemctl start quorate");
    awaitWell();
    machine()
        .shell(
            "sed 's/^run.directory.*//' /etc/quorate/quorate.conf > /srv/second.conf; echo 'run.directory = /run/second' >> /srv/second.conf");
    machine()
        .run(
            "systemd-run",
            "--unit=second",
            "--property=Type=notify",
            "/usr/sbin/quorated",
            "--config",
            "/srv/second.conf");
    said("second", true, STATE + " is in use by another quorated");
    assertEquals(
        "69", machine().shell("systemctl show --value --property=ExecMainStatus second").strip());
    machine().shell("systemctl reset-failed second");
    awaitWell();
  }

  @Test
  void aDirectoryOfAnotherCluster() {
    machine().shell("sed -i 's/^cluster *=.*/cluster = other/' /etc/quorate/quorate.conf");
    refused(false, STATE + " belongs to cluster 'alone'");
  }

  @Test
  void aFullDisk() {
    machine()
        .shell(
            "mkdir -p /mnt/full && mount -t tmpfs -o size=24m,mode=700 tmpfs /mnt/full && cp -a %1$s/. /mnt/full/ && mount --move /mnt/full %1$s && (dd if=/dev/zero of=%1$s/filler bs=64k 2>/dev/null || true)"
                .formatted(STATE));
    refused(true, "the disk of " + STATE + " is full");
  }

  @ParameterizedTest
  @CsvSource({
    "chown nobody, belongs to nobody and has the mode rwx------",
    "chmod 0750, belongs to root and has the mode rwxr-x---"
  })
  void anotherOwnerOrMode(String spoil, String sentence) {
    machine()
        .shell(
            "mkdir -m 0700 /srv/state && cp -a %1$s/. /srv/state/ && %2$s /srv/state"
                .formatted(STATE, spoil));
    machine()
        .shell(
            "sed -i '/^state.directory/d' /etc/quorate/quorate.conf; echo 'state.directory = /srv/state' >> /etc/quorate/quorate.conf");
    try {
      refused(false, "/srv/state " + sentence);
    } finally {
      machine().shell("rm -rf /srv/state");
    }
  }

  /// Where the packages put it, systemd mends it before the daemon begins.
  @Test
  void theOwnDirectoryIsMendedBySystemd() {
    machine().shell("chown nobody %1$s && chmod 0775 %1$s".formatted(STATE));
    machine().must("systemctl", "start", "quorate.service");
    awaitWell();
    assertEquals("0700 root", machine().shell("stat --format='0%a %U' " + STATE).strip());
  }

  @ParameterizedTest
  @CsvSource({
    "5415, SOCK_DGRAM, UDP port 5415",
    "5416, SOCK_STREAM, :5416: Address already in use",
    "5417, SOCK_STREAM, TCP port 5417",
    "5418, SOCK_STREAM, TCP port 5418"
  })
  void aPortInUse(int port, String kind, String sentence) {
    machine()
        .shell(
            "systemd-run --unit=squatter --quiet python3 -c 'import socket,time; s=socket.socket(type=socket.%s); s.bind((\"%s\",%d)); %s time.sleep(600)'; sleep 1"
                .formatted(
                    kind,
                    machine().address(),
                    port,
                    kind.equals("SOCK_STREAM") ? "s.listen();" : ""));
    try {
      refused(true, sentence);
    } finally {
      machine().shell("systemctl stop squatter");
    }
  }

  @Test
  void aDirectoryThatANewerVersionWrote() {
    machine().shell("echo 2 > %s/format".formatted(STATE));
    refused(false, STATE + " was written by a newer version (format 2");
  }

  /// As after the battery of the machine's clock has failed, or a typing error.
  @ParameterizedTest
  @CsvSource({
    "-40y, and the certificate of n1 is valid from 20",
    "+40y, the certificate of n1 expired at 20"
  })
  void aClockThatIsDecadesOff(String off, String sentence) {
    String override = "/etc/systemd/system/quorate.service.d/clock.conf";
    machine()
        .shell(
            "printf '[Service]\\nEnvironment=LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1 FAKETIME=%s FAKETIME_DONT_FAKE_MONOTONIC=1\\n' > %s && systemctl daemon-reload"
                .formatted(off, override));
    try {
      refused(true, sentence);
    } finally {
      machine().shell("rm %s && systemctl daemon-reload".formatted(override));
    }
  }
}
