package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import dev.quorate.packaging.DebianPackage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The cluster of document 003 and what happens to it there, scenario after scenario, on one
/// cluster: what one leaves behind, the next finds.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Document003IT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String CONF = "/var/lib/pgsql/16/data/postgresql.conf";
  private static final String POSTMASTER = "head -n 1 /var/lib/pgsql/16/data/postmaster.pid";

  @RegisterExtension
  static final SharedSite SITE =
      SharedSite.typed("document-003.md", "fence_ipmilan", "node1", "node2", "node3");

  private static Site site() {
    return SITE.get();
  }

  private static Machine primary() {
    return site().thePrimary();
  }

  private static Machine standby() {
    return site().standbys().getFirst();
  }

  @Order(1)
  @Test
  void theDocumentsFirstStart() {
    Machine first = site().machines().getFirst();
    String history = first.must("hactl", "history");
    assertTrue(
        history.contains("election 1 ended: Won[round=1, winner=node1,"),
        "the one that was shut down as a primary");
    first.must("hactl", "cluster", "verify");
  }

  @Order(2)
  @Test
  @Tag("S2+14")
  @Tag("S3-28")
  @Tag("S3-29")
  void coldStart() {
    try (Trial trial = new Trial("cold start", site())) {
      site().machines().parallelStream().forEach(Machine::powerOff);
      trial.strike(() -> site().machines().parallelStream().forEach(Machine::powerOn));
      Wait.until("clients to write", LONG, trial::writing);
      trial.awaitWriting(SOON);
      site().awaitWhole(SOON);
      Machine primary = primary();
      System.out.println(trial.steps());
      trial
          .steps()
          .inOrder(
              "pgsql-ha on node. is stopped, unknown: not looked at in this boot",
              "begun: start pgsql-ha",
              "finished: start pgsql-ha.*succeeded",
              "election \\d+ ended: Won",
              "finished: promote pgsql-ha on " + primary.name() + ", succeeded",
              "finished: start pgsql-vip on " + primary.name() + ", succeeded");
      String status = primary.must("hactl", "status");
      assertTrue(status.contains("Online: [ node1 node2 node3 ]"), status);
      assertTrue(status.contains("Promoted: [ " + primary.name() + " ]"), status);
      assertTrue(status.contains("Unpromoted: [ "), status);
      trial.judge();
      trial.within(SOON);
    }
  }

  @Order(3)
  @Test
  void steadyState() {
    List<Optional<String>> before = site().postmasters();
    try (Trial trial = new Trial("steady state", site())) {
      trial.strike(() -> {});
      Wait.pass(Duration.ofSeconds(20));
      trial.withoutGap(Duration.ofSeconds(1));
      trial.steps().without("lost", "failed", "election", "begun", "epoch");
      trial.judge();
    }
    assertEquals(before, site().postmasters());
  }

  @Order(4)
  @Test
  @Tag("S3-30")
  @Tag("S3-32")
  @Tag("S3-36")
  @Tag("S3-37")
  void plannedSwitchover() {
    Machine old = primary();
    Machine next = standby();
    List<Optional<String>> before = site().postmasters();
    try (Trial trial = new Trial("switchover", site())) {
      trial.strike(
          () -> old.must("hactl", "resource", "move", "pgsql-ha-clone", next.name(), "--master"));
      trial.awaitWriting(SOON);
      site().awaitWhole(SOON);
      assertEquals(next, primary());
      System.out.println(trial.steps());
      trial
          .steps()
          .inOrder(
              "finished: stop pgsql-vip on " + old.name() + ", succeeded",
              "begun: start pgsql-vip on " + next.name());
      trial
          .steps()
          .inOrder(
              "finished: demote pgsql-ha on " + old.name() + ", succeeded",
              "begun: promote pgsql-ha on " + next.name(),
              "finished: promote pgsql-ha on " + next.name() + ", succeeded",
              "finished: start pgsql-vip on " + next.name() + ", succeeded");
      trial.steps().without("is lost", "fencing of");
      trial.judge();
      trial.within(Duration.ofSeconds(3));
    }
    assertNotEquals(before, site().postmasters(), "the old primary was restarted as a standby");
    noConstraintIsLeft();
  }

  @Order(5)
  @Test
  @Tag("S3-30")
  void switchoverInOurOwnWords() {
    Machine next = standby();
    try (Trial trial = new Trial("pg switchover", site())) {
      trial.strike(() -> next.must("hactl", "pg", "switchover", next.name(), "--wait"));
      trial.awaitWriting(SOON);
      site().awaitWhole(SOON);
      assertEquals(next, primary());
      trial.judge();
      trial.within(Duration.ofSeconds(3));
    }
    noConstraintIsLeft();
  }

  private static void noConstraintIsLeft() {
    String constraints = site().machines().getFirst().must("hactl", "constraint");
    assertFalse(constraints.contains("prefers") || constraints.contains("avoids"), constraints);
  }

  @Order(6)
  @Test
  @Tag("S3-41")
  void nodeFailure() {
    Machine lost = primary();
    List<Machine> others = site().standbys();
    try (Trial trial = new Trial("node failure", site())) {
      trial.strike(lost::powerOff);
      trial.awaitWriting(SOON);
      Steps steps = trial.steps();
      System.out.println(steps);
      Machine next = primary();
      steps.inOrder(
          "node " + lost.name() + " is lost",
          "begun: fence " + lost.name(),
          "fencing of " + lost.name() + " confirmed",
          "begun: promote pgsql-ha on " + next.name(),
          "finished: promote pgsql-ha on " + next.name() + ", succeeded",
          "begun: start pgsql-vip on " + next.name());
      for (Machine voter : others) {
        steps.inOrder("election \\d+ opened", voter.name() + " offers", "election \\d+ ended: Won");
      }
      lost.powerOn();
      site().awaitWhole(LONG);
      assertEquals(next, primary(), "who comes back takes nothing back");
      trial.judge();
      trial.within(Duration.ofSeconds(9));
    }
  }

  @Order(7)
  @Test
  @Tag("S3-43")
  void crashOfPostgresWithARestartInPlace() {
    Machine struck = primary();
    List<Optional<String>> others =
        site().standbys().stream()
            .map(m -> site().ask(m, "select pg_postmaster_start_time()"))
            .toList();
    List<String> cut = site().power().cut();
    try (Trial trial = new Trial("crash of PostgreSQL, restart", site())) {
      trial.strike(() -> struck.shell("kill -KILL $(%s)".formatted(POSTMASTER)));
      trial.awaitWriting(SOON);
      site().awaitWhole(SOON);
      assertEquals(struck, primary());
      System.out.println(trial.steps());
      trial
          .steps()
          .inOrder(
              "pgsql-ha on " + struck.name() + " failed at",
              "begun: start pgsql-ha on " + struck.name(),
              "finished: promote pgsql-ha on " + struck.name() + ", succeeded");
      trial
          .steps()
          .without("is lost", "fencing of", "promote pgsql-ha on (?!" + struck.name() + ")");
      trial.judge();
      trial.within(Duration.ofSeconds(6));
    }
    assertEquals(cut, site().power().cut(), "nobody was fenced");
    assertEquals(
        others,
        site().standbys().stream()
            .map(m -> site().ask(m, "select pg_postmaster_start_time()"))
            .toList());
    struck.must("hactl", "resource", "cleanup", "pgsql-ha-clone");
  }

  @Order(8)
  @Test
  @Tag("S3-44")
  void crashOfPostgresWithRestartsThatFail() {
    Machine struck = primary();
    struck.must("hactl", "property", "set", "start-failure-is-fatal=false");
    try (Trial trial = new Trial("crash of PostgreSQL, restarts fail", site())) {
      trial.strike(() ->
          struck.shell(
              "echo 'nonsense = 1' >> %s && kill -KILL $(%s)".formatted(CONF, POSTMASTER)));
      trial.awaitWriting(LONG);
      Machine next = primary();
      assertNotEquals(struck, next);
      Steps steps = trial.steps();
      System.out.println(steps);
      String failed = "pgsql-ha on " + struck.name() + " failed at ";
      steps.inOrder(
          failed + "monitor \\(1\\)",
          failed + "start \\(2\\)",
          failed + "start \\(3\\)",
          "election \\d+ opened: .* may not start there",
          "finished: promote pgsql-ha on " + next.name() + ", succeeded",
          "finished: start pgsql-vip on " + next.name() + ", succeeded");
      steps.without("is lost", "fencing of");
      struck.shell("sed -i '/^nonsense/d' " + CONF);
      struck.must("hactl", "resource", "cleanup", "pgsql-ha-clone");
      site().awaitWhole(LONG);
      trial.judge();
      trial.within(Duration.ofSeconds(20));
    } finally {
      struck.shell("sed -i '/^nonsense/d' " + CONF);
      struck.must("hactl", "property", "unset", "start-failure-is-fatal");
    }
  }

  @Order(9)
  @Test
  @Tag("S3-45")
  void partition() {
    Machine alone = primary();
    try (Trial trial = new Trial("partition", site())) {
      trial.strike(alone::cutOff);
      trial.awaitWriting(SOON);
      Machine next = primary();
      Steps steps = trial.steps();
      System.out.println(steps);
      steps.inOrder(
          "node " + alone.name() + " is lost",
          "fencing of " + alone.name() + " confirmed",
          "begun: promote pgsql-ha on " + next.name(),
          "finished: promote pgsql-ha on " + next.name() + ", succeeded",
          "begun: start pgsql-vip on " + next.name());
      assertEquals(alone.name(), site().power().cut().getLast(), "it was switched off");
      alone.powerOn();
      site().awaitWhole(LONG);
      trial.judge();
      trial.within(Duration.ofSeconds(12));
    }
  }

  @Order(10)
  @Test
  @Tag("S3-46")
  void quorumLost() {
    Machine alone = primary();
    List<Machine> others = site().standbys();
    List<String> cut = site().power().cut();
    try (Trial trial = new Trial("quorum lost", site())) {
      trial.strike(() -> others.forEach(Machine::powerOff));
      Wait.until(
          "everything to be stopped where no quorum is",
          SOON,
          () -> site().ask(alone, "select 1").isEmpty() && !holdsAddress(alone));
      System.out.printf(
          "== quorum lost: all stopped after %d ms%n",
          Duration.between(trial.fault(), java.time.Instant.now()).toMillis());
      String status = alone.run("hactl", "status").getStdout();
      assertTrue(status.contains("WITHOUT quorum"), status);
      others.forEach(Machine::powerOn);
      trial.awaitWriting(LONG);
      site().awaitWhole(LONG);
      trial.judge();
    }
    assertEquals(cut, site().power().cut(), "a minority fences nobody");
  }

  private static boolean holdsAddress(Machine machine) {
    return machine.shell("ip -4 addr show").contains(site().vip() + "/");
  }

  @Order(11)
  @Test
  @Tag("S3-49")
  @Tag("S3-50")
  void fenceDeviceThatDoesNotAnswer() {
    Machine lost = primary();
    Machine asked = standby();
    try (Trial trial = new Trial("fence device unreachable", site())) {
      site().standbys().forEach(m -> m.refuse(Rack.gateway(), site().power().port()));
      trial.strike(lost::freeze);
      String failed = "fencing of " + lost.name() + " failed";
      Wait.until(
          "two attempts at fencing to fail",
          Duration.ofSeconds(90),
          () -> trial.steps().toString().split(failed, -1).length > 2);
      String status = asked.must("hactl", "status");
      assertTrue(status.contains("is promoted because"), status);
      assertTrue(status.contains("stonith confirm " + lost.name()), status);
      assertTrue(status.contains("ipmi-fence-" + lost.name()), status);
      trial.steps().without("begun: promote");
      assertFalse(trial.writing(), "nobody writes before the proof");

      lost.powerOff();
      asked.must("hactl", "stonith", "confirm", lost.name(), "--force");
      trial.awaitWriting(SOON);
      Machine next = primary();
      Steps steps = trial.steps();
      System.out.println(steps);
      List<Duration> times =
          steps.inOrder(
              "node " + lost.name() + " is lost",
              "fencing of " + lost.name() + " failed",
              "fencing of " + lost.name() + " confirmed",
              "finished: promote pgsql-ha on " + next.name() + ", succeeded",
              "begun: start pgsql-vip on " + next.name());
      assertTrue(
          times.get(4).minus(times.get(2)).compareTo(Duration.ofSeconds(3)) < 0, () -> "" + times);
      String history = asked.must("hactl", "stonith", "history");
      assertTrue(history.contains("operator"), history);
      site().standbys().forEach(m -> m.allow());
      next.allow();
      lost.powerOn();
      site().awaitWhole(LONG);
      trial.judge();
    } finally {
      site().machines().forEach(Machine::allow);
    }
  }

  /// The daemon that has just begun its run must vote like any other.
  @Order(12)
  @Test
  void nodeFailureJustAfterADaemonsRestart() {
    Machine lost = primary();
    Machine restarted = standby();
    try (Trial trial = new Trial("node failure after a restart", site())) {
      restarted.must("systemctl", "restart", "quorate.service");
      Wait.pass(Duration.ofMillis(1500));
      trial.strike(lost::powerOff);
      trial.awaitWriting(SOON);
      System.out.println(trial.steps());
      lost.powerOn();
      site().awaitWhole(LONG);
      trial.judge();
      trial.within(Duration.ofSeconds(12));
    }
  }

  /// The package of a next version comes onto one machine after the other.
  @Order(13)
  @Test
  void anUpgradeUnderLoad() throws IOException {
    List<Optional<String>> before = site().postmasters();
    for (Machine machine : site().machines()) {
      machine.receive(DebianPackage.built(), "/opt/quorate.deb");
      machine.shell(
          """
          cd /opt; rm -rf next; dpkg-deb --raw-extract quorate.deb next
          sed -i 's/^Version: .*/&+next/' next/DEBIAN/control
          dpkg-deb --build --root-owner-group next next.deb >/dev/null
          """);
    }
    try (Trial trial = new Trial("upgrade", site())) {
      trial.strike(() -> {});
      for (Machine machine : site().machines()) {
        machine.shell("dpkg --install /opt/next.deb");
        site().awaitWhole(LONG);
        String version = machine.must("dpkg-query", "--show", "--showformat=${Version}", "quorate");
        assertTrue(version.endsWith("+next"), version);
      }
      trial.withoutGap(Duration.ofSeconds(1));
      trial.steps().without(" is lost", "begun: promote", "fencing of");
      trial.judge();
    }
    assertEquals(before, site().postmasters(), "PostgreSQL ran on everywhere");
  }
}
