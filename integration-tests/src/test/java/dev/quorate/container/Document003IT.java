package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import dev.quorate.packaging.DebianPackage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
  private static final String STOPPING = "stopping resources on this node reason=quorum lost";

  /// How long a client may be without its database, on a machine that is not too busy.
  private static final Duration AWAY = Duration.ofSeconds(12);

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
      switchedOver(trial.steps(), old, next);
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
    Machine old = primary();
    Machine next = standby();
    try (Trial trial = new Trial("pg switchover", site())) {
      trial.strike(() -> next.must("hactl", "pg", "switchover", next.name(), "--wait"));
      trial.awaitWriting(SOON);
      site().awaitWhole(SOON);
      assertEquals(next, primary());
      switchedOver(trial.steps(), old, next);
      trial.judge();
      trial.within(Duration.ofSeconds(3));
    }
    noConstraintIsLeft();
  }

  private static void switchedOver(Steps steps, Machine old, Machine next) {
    System.out.println(steps);
    steps.inOrder(
        "finished: stop pgsql-vip on " + old.name() + ", succeeded",
        "begun: start pgsql-vip on " + next.name());
    steps.inOrder(
        "finished: demote pgsql-ha on " + old.name() + ", succeeded",
        "begun: promote pgsql-ha on " + next.name(),
        "finished: promote pgsql-ha on " + next.name() + ", succeeded",
        "finished: start pgsql-vip on " + next.name() + ", succeeded");
    steps.without("is lost", "fencing of");
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
    site().outside().begin(Duration.ofSeconds(25));
    try (Trial trial = new Trial("node failure", site())) {
      trial.strike(lost::powerOff);
      trial.awaitWriting(SOON);
      Machine next = tookOver(trial.steps(), lost, others);
      lost.powerOn();
      site().awaitWhole(LONG);
      assertEquals(next, primary(), "who comes back takes nothing back");
      trial.judge();
      trial.within(Duration.ofSeconds(9));
    }
    Trial.bounded("node failure, seen from outside", site().outside().end(), AWAY);
  }

  /// The loss of a primary is noticed and shown before another one is promoted, for which the
  /// others have voted.
  ///
  /// @return the new primary
  private static Machine tookOver(Steps steps, Machine lost, List<Machine> voters) {
    System.out.println(steps);
    Machine next = primary();
    steps.inOrder(
        "node " + lost.name() + " is lost",
        "begun: fence " + lost.name(),
        "fencing of " + lost.name() + " confirmed",
        "begun: promote pgsql-ha on " + next.name(),
        "finished: promote pgsql-ha on " + next.name() + ", succeeded",
        "begun: start pgsql-vip on " + next.name());
    for (Machine voter : voters) {
      steps.inOrder("election \\d+ opened", voter.name() + " offers", "election \\d+ ended: Won");
    }
    return next;
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
    List<Machine> others = site().standbys();
    site().outside().begin(Duration.ofSeconds(25));
    try (Trial trial = new Trial("partition", site())) {
      trial.strike(alone::cutOff);
      trial.awaitWriting(SOON);
      tookOver(trial.steps(), alone, others);
      assertEquals(alone.name(), site().power().cut().getLast(), "it was switched off");
      alone.powerOn();
      site().awaitWhole(LONG);
      trial.judge();
      trial.within(Duration.ofSeconds(12));
    }
    Trial.bounded("partition, seen from outside", site().outside().end(), AWAY);
  }

  /// Nobody shows that the primary is off, and the primary must not need anybody for being so.
  @Order(10)
  @Test
  @Tag("S3-45")
  void partitionWhileTheFenceDeviceRefuses() {
    Machine alone = primary();
    List<Machine> others = site().standbys();
    String refuse =
        "iptables -I OUTPUT -p tcp -d %s --dport %d -j REJECT --reject-with tcp-reset"
            .formatted(Rack.gateway(), site().power().port());
    try (Trial trial = new Trial("partition, fence device refuses", site())) {
      others.forEach(m -> m.shell(refuse));
      trial.strike(alone::cutOff);
      awaitStopped(alone);
      stoppedByItself(trial, alone, Duration.ZERO);
      awaitFailedFencing(trial, alone);
      trial.steps().without("begun: promote", "begun: start pgsql-vip", "fencing of .* confirmed");
      assertTrue(site().primary().isEmpty(), "nobody takes writes");
      assertFalse(trial.writing(), "nobody writes before the proof");
      swear(trial, alone, others.getFirst());
    } finally {
      site().machines().forEach(Machine::allow);
    }
  }

  @Order(11)
  @Test
  @Tag("S3-46")
  void quorumLost() {
    Machine alone = primary();
    List<Machine> others = site().standbys();
    List<String> cut = site().power().cut();
    alone.must("hactl", "property", "set", "stonith-action=off");
    try (Trial trial = new Trial("quorum lost", site())) {
      String first = others.getFirst().name();
      trial.strike(others.getFirst()::powerOff);
      Wait.until(
          "the first to be shown to be off",
          SOON,
          () -> trial.steps().toString().contains("node " + first + " is fenced"));
      Wait.pass(Duration.between(Instant.now(), trial.fault().plusSeconds(5)));
      assertTrue(trial.writing(), "one standby is enough");
      Duration second = Duration.between(trial.fault(), Instant.now());
      others.getLast().powerOff();
      awaitStopped(alone);
      Steps own = stoppedByItself(trial, alone, second);
      own.inOrder("node " + first + " is lost", "fencing of " + first + " confirmed", STOPPING);
      own.without("fence " + others.getLast().name(), "begun: promote");
      String status = alone.run("hactl", "status").getStdout();
      assertTrue(status.contains("WITHOUT quorum"), status);
      others.forEach(Machine::powerOn);
      trial.awaitWriting(LONG);
      site().awaitWhole(LONG);
      trial.judge();
    }
    primary().must("hactl", "property", "unset", "stonith-action");
    assertEquals(cut, site().power().cut(), "a minority switches nobody off");
  }

  private static void awaitStopped(Machine alone) {
    Wait.until(
        "everything to be stopped where no quorum is",
        SOON,
        () -> site().ask(alone, "select 1").isEmpty() && !holdsAddress(alone));
  }

  /// A machine that has lost the quorum takes its address and its server away in bounded time: five
  /// seconds to be sure of it, and five for the stop, of which the address waits for nothing.
  ///
  /// @param lost when the quorum was lost, after the fault
  /// @return what it tells itself
  private static Steps stoppedByItself(Trial trial, Machine alone, Duration lost) {
    Steps own = Steps.since(trial.fault(), List.of(alone));
    System.out.println(own);
    Duration begun = own.inOrder("the log has no quorum", STOPPING).getLast();
    Duration address = trial.lastWithAddress(alone);
    Duration server = trial.lastWithServer(alone);
    System.out.printf(
        "== without quorum since %d ms: stop begun %d ms, address last seen %d ms, server %d ms%n",
        lost.toMillis(), begun.toMillis(), address.toMillis(), server.toMillis());
    Duration last = address.compareTo(server) > 0 ? address : server;
    Trial.bounded("being sure", begun.minus(lost), Duration.ofSeconds(5));
    Trial.bounded("stopping", last.minus(lost), Duration.ofSeconds(10));
    assertTrue(
        address.minus(server).compareTo(Duration.ofSeconds(1)) < 0, "the address outlived it");
    return own;
  }

  private static boolean holdsAddress(Machine machine) {
    return machine.shell("ip -4 addr show").contains(site().vip() + "/");
  }

  @Order(12)
  @Test
  @Tag("S3-49")
  @Tag("S3-50")
  void fenceDeviceThatDoesNotAnswer() {
    Machine lost = primary();
    Machine asked = standby();
    try (Trial trial = new Trial("fence device unreachable", site())) {
      site().standbys().forEach(m -> m.refuse(Rack.gateway(), site().power().port()));
      trial.strike(lost::freeze);
      awaitFailedFencing(trial, lost);
      String status = asked.must("hactl", "status");
      assertTrue(status.contains("is promoted because"), status);
      assertTrue(status.contains("stonith confirm " + lost.name()), status);
      assertTrue(status.contains("ipmi-fence-" + lost.name()), status);
      trial.steps().without("begun: promote");
      assertFalse(trial.writing(), "nobody writes before the proof");
      swear(trial, lost, asked);
    } finally {
      site().machines().forEach(Machine::allow);
    }
  }

  private static void awaitFailedFencing(Trial trial, Machine lost) {
    String failed = "fencing of " + lost.name() + " failed";
    Wait.until(
        "two attempts at fencing to fail",
        Duration.ofSeconds(90),
        () -> trial.steps().toString().split(failed, -1).length > 2);
  }

  /// Makes sure that a machine is off and swears to it, and all is well again.
  private static void swear(Trial trial, Machine lost, Machine asked) {
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
    site().machines().forEach(Machine::allow);
    lost.powerOn();
    site().awaitWhole(LONG);
    trial.judge();
  }

  /// The daemon that has just begun its run must vote like any other.
  @Order(13)
  @Test
  void nodeFailureJustAfterADaemonsRestart() {
    Machine lost = primary();
    List<Machine> others = site().standbys();
    Machine restarted = standby();
    try (Trial trial = new Trial("node failure after a restart", site())) {
      restarted.must("systemctl", "restart", "quorate.service");
      Wait.pass(Duration.ofMillis(1500));
      trial.strike(lost::powerOff);
      trial.awaitWriting(SOON);
      tookOver(trial.steps(), lost, others);
      lost.powerOn();
      site().awaitWhole(LONG);
      trial.judge();
      trial.within(Duration.ofSeconds(12));
    }
  }

  /// The package of a next version comes onto one machine after the other.
  @Order(14)
  @Test
  void anUpgradeUnderLoad() throws IOException {
    List<Optional<String>> before = site().postmasters();
    for (Machine machine : site().machines()) {
      machine.receive(DebianPackage.built(), "/opt/quorate.deb");
    }
    site().machines().parallelStream()
        .forEach(machine ->
            machine.shell(
                """
                cd /opt; rm -rf next; dpkg-deb --raw-extract quorate.deb next
                sed -i 's/^Version: .*/&+next/' next/DEBIAN/control
                dpkg-deb -Znone --build --root-owner-group next next.deb >/dev/null
                """));
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
