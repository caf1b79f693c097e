package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The cluster of document 000: two nodes, built by typing its own commands.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Document000IT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofMinutes(2);

  /// How old the last position may be that the other heard, on a busy machine.
  private static final Duration HEARD = Duration.ofSeconds(2);

  @RegisterExtension
  static final SharedSite SITE =
      SharedSite.typed("document-000.md", "fence_virsh", "server1", "server2");

  @BeforeAll
  static void bothCanFenceTheOther() {
    for (Machine machine : site().machines()) {
      Wait.until(
          machine.name() + " to be able to fence the other",
          SOON,
          () ->
              machine
                  .run("hactl", "quorum", "status")
                  .getStdout()
                  .contains("Two nodes:    protected"));
    }
  }

  private static Site site() {
    return SITE.get();
  }

  @Order(1)
  @Test
  @Tag("S0-51")
  @Tag("S0-52")
  @Tag("S0-57")
  void whatTheDocumentShowsAtItsEnd() {
    Machine primary = site().thePrimary();
    assertEquals("server1", primary.name(), "the one that was shut down as a primary");
    String status = primary.must("hactl", "status");
    assertTrue(status.contains("Online: [ server1 server2 ]"), status);
    assertTrue(status.contains("2 nodes configured"), status);
    assertTrue(status.contains("5 resource instances configured"), status);
    assertTrue(status.contains("Promoted: [ server1 ]"), status);
    assertTrue(status.contains("Unpromoted: [ server2 ]"), status);
    assertTrue(
        status.lines().anyMatch(l -> l.matches(".*pgsql-master-ip.*Started server1")), status);
    assertTrue(holdsAddress(primary));
    assertFalse(holdsAddress(site().standbys().getFirst()));
    String doctor = primary.run("hactl", "pg", "doctor").getStdout();
    assertTrue(doctor.contains("recovery.conf.pcmk is not used"), doctor);
  }

  @Order(2)
  @Test
  @Tag("S0-58")
  void psqlThroughTheAddress() {
    Machine standby = site().standbys().getFirst();
    assertEquals(
        "server2|streaming|t|async",
        standby
            .shell(
                "psql -XAt -U postgres -h pgsql-vip -c \"select application_name, state, sent_lsn = flush_lsn and sent_lsn = replay_lsn, sync_state from pg_stat_replication\" postgres")
            .strip());
    assertEquals(
        "f",
        standby
            .shell("psql -XAt -U postgres -h pgsql-vip -c 'select pg_is_in_recovery()' postgres")
            .strip());
  }

  /// The document says nothing of durability, and two nodes promise none: what commits last may be
  /// lost, and how much that is must be on the record.
  @Order(3)
  @Test
  void thePrimarysMachineLosesItsPower() {
    Machine lost = site().thePrimary();
    Machine next = site().standbys().getFirst();
    assertEquals("server1", lost.name());
    try (Trial trial = new Trial("two nodes, primary's power", site())) {
      trial.strike(lost::powerOff);
      trial.awaitWriting(LONG);
      Steps steps = trial.steps();
      System.out.println(steps);
      steps.inOrder(
          "two-node: fences " + lost.name(),
          "fencing of " + lost.name() + " confirmed",
          "finished: promote pgsqld on " + next.name() + ", succeeded",
          "begun: start pgsql-master-ip on " + next.name());
      Loss loss = Loss.announced(steps);
      loss.shownIn(next.must("hactl", "pg", "status"));
      assertFalse(lost.running(), "the document's devices leave a machine off");
      lost.powerOn();
      site().awaitWhole(LONG);
      assertEquals(next, site().thePrimary());
      int commits = trial.judge(loss.time().plus(HEARD));
      System.out.printf(
          "== two nodes, primary's power: %d commits are lost, announced is %s%n", commits, loss);
    }
  }

  @Order(4)
  @Test
  @Tag("S0-53")
  @Tag("S0-54")
  @Tag("S0-55")
  void switchover() {
    Machine old = site().thePrimary();
    Machine next = site().standbys().getFirst();
    assertEquals("server1", next.name(), "back to where the document has it");
    try (Trial trial = new Trial("two nodes, switchover", site())) {
      trial.strike(
          () -> old.must("hactl", "resource", "move", "pgsql-ha", next.name(), "--master"));
      trial.awaitWriting(SOON);
      site().awaitWhole(SOON);
      assertEquals(next, site().thePrimary());
      Steps steps = trial.steps();
      System.out.println(steps);
      steps.inOrder(
          "begun: demote pgsqld on " + old.name(),
          "finished: demote pgsqld on " + old.name() + ", succeeded",
          "begun: stop pgsql-master-ip on " + old.name(),
          "finished: stop pgsql-master-ip on " + old.name() + ", succeeded",
          "begun: start pgsql-master-ip on " + next.name());
      steps.inOrder(
          "finished: promote pgsqld on " + next.name() + ", succeeded",
          "begun: start pgsql-master-ip on " + next.name());
      steps.without("fencing of", "is lost");
      trial.judge();
    }
    assertTrue(holdsAddress(next));
    assertFalse(holdsAddress(old));
  }

  @Order(5)
  @Test
  void theStandbysMachineLosesItsPower() {
    Machine primary = site().thePrimary();
    Machine lost = site().standbys().getFirst();
    assertEquals("server2", lost.name());
    bothCanFenceTheOther();
    List<Optional<String>> before =
        List.of(site().ask(primary, "select pg_postmaster_start_time()"));
    try (Trial trial = new Trial("two nodes, standby's power", site())) {
      trial.strike(lost::powerOff);
      Wait.until(
          "the standby's node to be shown to be off",
          SOON,
          () -> trial.steps().toString().contains("node " + lost.name() + " is fenced"));
      trial.awaitWriting(SOON);
      assertEquals(
          before, List.of(site().ask(primary, "select pg_postmaster_start_time()")), "it went on");
      lost.powerOn();
      site().awaitWhole(LONG);
      assertEquals(primary, site().thePrimary());
      Steps steps = trial.steps();
      System.out.println(steps);
      steps.inOrder(
          "two-node: fences " + lost.name(),
          "two-node: goes on without " + lost.name(),
          "fencing of " + lost.name() + " confirmed",
          "node " + lost.name() + " is fenced",
          "node " + lost.name() + " is online",
          "finished: start pgsqld on " + lost.name() + ", succeeded");
      steps.without(
          "begun: demote", "begun: promote", "begun: stop pgsql-master-ip on " + primary.name());
      trial.judge();
    }
  }

  private static boolean holdsAddress(Machine machine) {
    return machine.shell("ip -4 addr show").contains(site().vip() + "/");
  }
}
