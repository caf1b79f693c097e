package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
            "systemctl stop quorate; journalctl --rotate --quiet; journalctl --vacuum-time=1s --quiet;"
                + " rm -rf /srv/kept; cp -a %s /srv/kept; cp /etc/quorate/quorate.conf /srv/"
                    .formatted(STATE));
  }

  @AfterEach
  void putBack() {
    machine()
        .shell(
            "systemctl stop quorate; umount -q %1$s || true; rm -rf %1$s; cp -a /srv/kept %1$s; cp /srv/quorate.conf /etc/quorate/; systemctl start quorate"
                .formatted(STATE));
    awaitWell();
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
    String journal = machine().shell("journalctl --unit=quorate --output=cat --no-pager");
    assertTrue(
        journal.lines().anyMatch(l -> l.startsWith("quorated: ") && l.contains(sentence)), journal);
    if (!again) {
      assertEquals(1, journal.lines().filter(l -> l.startsWith("quorated: ")).count(), journal);
    }
    String status = machine().run("systemctl", "status", "quorate.service").getStdout();
    assertTrue(status.contains(sentence), status);
  }

  @Test
  void aSecondDaemonOnTheSameDirectory() {
    machine().shell("systemctl start quorate");
    awaitWell();
    machine()
        .shell(
            "sed 's/^run.directory.*//' /etc/quorate/quorate.conf > /srv/second.conf; echo 'run.directory = /run/second' >> /srv/second.conf");
    var second = machine().run("/usr/sbin/quorated", "--config", "/srv/second.conf");
    assertEquals(69, second.getExitCode(), second.toString());
    assertTrue(
        second.getStderr().contains(STATE + " is in use by another quorated"), second.toString());
    assertEquals(1, second.getStderr().lines().filter(l -> l.startsWith("quorated: ")).count());
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

  @Test
  void anotherOwner() {
    machine()
        .shell(
            "mkdir -m 0775 /srv/state && cp -a %s/. /srv/state/ && chown nobody /srv/state && chmod 0775 /srv/state"
                .formatted(STATE));
    machine()
        .shell(
            "sed -i '/^state.directory/d' /etc/quorate/quorate.conf; echo 'state.directory = /srv/state' >> /etc/quorate/quorate.conf");
    refused(false, "/srv/state belongs to nobody and has the mode rwxrwxr-x");
    machine().shell("rm -rf /srv/state");
  }

  @Test
  void aPortInUse() {
    machine()
        .shell(
            "systemd-run --unit=squatter --quiet python3 -c 'import socket,time; s=socket.socket(); s.bind((\"%s\",5417)); s.listen(); time.sleep(600)'; sleep 1"
                .formatted(machine().address()));
    try {
      refused(true, "5417");
    } finally {
      machine().shell("systemctl stop squatter");
    }
  }

  @Test
  void aDirectoryThatANewerVersionWrote() {
    machine().shell("echo 2 > %s/format".formatted(STATE));
    refused(false, STATE + " was written by a newer version (format 2");
  }

  /// As after the battery of the machine's clock has failed.
  @Test
  void aClockThatIsDecadesOff() {
    String override = "/etc/systemd/system/quorate.service.d/clock.conf";
    machine()
        .shell(
            "printf '[Service]\\nEnvironment=LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1 FAKETIME=-40y FAKETIME_DONT_FAKE_MONOTONIC=1\\n' > %s && systemctl daemon-reload"
                .formatted(override));
    try {
      refused(true, "and the certificate of n1 is valid from 20");
    } finally {
      machine().shell("rm %s && systemctl daemon-reload".formatted(override));
    }
  }
}
