package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Document 003's sixth scenario in both its forms: every standby lags by more than its bound of 16
/// MB when the primary's machine dies.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Document003LagIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String FILL =
      "select count(pg_logical_emit_message(false, 'fill', repeat('x', 1048576)))"
          + " from generate_series(1, 24)";

  /// How much of the primary's WAL may come between what is asked here and what others heard.
  private static final long NEAR = 1 << 20;

  /// How old the last position may be that others heard, on a busy machine.
  private static final Duration HEARD = Duration.ofSeconds(2);

  private static final String ONLY_THERE = "select count(*) from only_there";

  @RegisterExtension
  static final SharedSite SITE =
      SharedSite.typed("document-003.md", "fence_ipmilan", "node1", "node2", "node3");

  @BeforeAll
  static void commitsWaitForNobody() {
    site().thePrimary().must("hactl", "resource", "meta", "pgsql-ha", "durability=async");
    Wait.until(
        "commits to wait for nobody",
        SOON,
        () ->
            site()
                .ask(site().thePrimary(), "show synchronous_standby_names")
                .filter(String::isEmpty)
                .isPresent());
  }

  private static Site site() {
    return SITE.get();
  }

  /// Lets one standby fall behind by 48 MB and the other by 24 MB; how the primary learns of it
  /// takes a second or two.
  ///
  /// @return the one that lags least
  private static Machine letThemLag(Machine primary) {
    List<Machine> standbys = site().standbys();
    standbys.getFirst().drop(primary.address(), 5432);
    site().ask(primary, FILL);
    standbys.getLast().drop(primary.address(), 5432);
    site().ask(primary, FILL);
    Wait.pass(Duration.ofSeconds(3));
    return standbys.getLast();
  }

  @Order(1)
  @Test
  @Tag("S3-51")
  @Tag("S3-52")
  void strictNobodyIsPromoted() {
    Machine lost = site().thePrimary();
    List<Machine> others = site().standbys();
    try (Trial trial = new Trial("lag, strict", site())) {
      letThemLag(lost);
      trial.strike(lost::powerOff);
      Wait.until(
          "the election to be blocked",
          SOON,
          () -> trial.steps().toString().contains("every candidate lacks more"));
      Steps steps = trial.steps();
      System.out.println(steps);
      steps.inOrder(
          "node " + lost.name() + " is lost",
          "election \\d+ ended: Blocked.*every candidate lacks more of what "
              + lost.name()
              + " wrote than maxlag=16777216 allows \\(.*node\\d: .*, node\\d: ");
      steps.without("begun: promote");
      assertTrue(site().primary().isEmpty(), "nobody takes writes");
      Wait.until(
          "status to say why nobody is promoted, once the lost machine is shown to be off",
          SOON,
          () -> others.getFirst().must("hactl", "status").contains("every candidate lacks more"));

      others.forEach(Machine::allow);
      lost.powerOn();
      trial.awaitWriting(LONG);
      site().awaitWhole(LONG);
      trial.judge();
    }
  }

  /// The lost machine stays off until it is switched on here, so that all of its return is seen.
  @Order(2)
  @Test
  @Tag("S3-53")
  void bestEffortTheLeastLaggingIsPromotedAndTheLossIsAnnounced() {
    Machine lost = site().thePrimary();
    lost.must("hactl", "resource", "meta", "pgsql-ha", "no-candidate-policy=best-effort");
    lost.must("hactl", "property", "set", "stonith-action=off");
    site().ask(lost, "create table only_there (what text)");
    try (Trial trial = new Trial("lag, best effort", site())) {
      Machine least = letThemLag(lost);
      site().ask(lost, "insert into only_there values ('what nobody else has')");
      assertEquals(Optional.of("1"), site().ask(lost, ONLY_THERE));
      long written =
          Long.parseLong(
              site().ask(lost, "select pg_current_wal_flush_lsn() - '0/0'").orElseThrow());
      trial.strike(lost::powerOff);
      trial.awaitWriting(SOON);
      assertEquals(least, site().thePrimary(), "the one that lags least");
      Steps steps = trial.steps();
      System.out.println(steps);
      steps.inOrder(
          "node " + lost.name() + " is lost",
          "election \\d+ ended: Won.*best effort: .*although every candidate lacks more",
          "fencing of " + lost.name() + " confirmed",
          "finished: promote pgsql-ha on " + least.name() + ", succeeded");
      Loss loss = Loss.announced(steps);
      loss.shownIn(least.must("hactl", "pg", "status"));
      long lacking = written - loss.end();
      assertTrue(
          Math.abs(loss.bytes() - lacking) < NEAR,
          () -> "the winner lacks %d bytes, and announced is %s".formatted(lacking, loss));
      assertEquals(Optional.of("0"), site().ask(least, ONLY_THERE), "the loss is real");

      comesBackAsACopyOf(least, lost);
      site().awaitWhole(LONG);
      int commits = trial.judge(loss.time().plus(HEARD));
      System.out.printf(
          "== lag, best effort: %d commits are lost, the winner lacks %d bytes, announced is %s%n",
          commits, lacking, loss);
      assertTrue(commits > 0, "the lag was real, and the count finds it");
    }
  }

  /// Switches a former primary on that has what nobody else has. As long as it has that, it answers
  /// nobody, and is shown neither as streaming nor with a lag, as standbys are that follow.
  private static void comesBackAsACopyOf(Machine primary, Machine former) {
    site().machines().forEach(Machine::allow);
    former.powerOn();
    List<String> told = new ArrayList<>();
    Wait.until(
        former.name() + " to be listed as streaming",
        LONG,
        () -> {
          String instance = line(primary, former, "hactl pg list");
          String status = line(primary, former, "hactl pg status");
          boolean streams = instance.matches(".* streaming .*") && !instance.contains("not ");
          boolean follows = status.matches(".* standby +\\S+ +\\d.*");
          Optional<String> own = site().ask(former, ONLY_THERE);
          String moment = "%s | %s | %s".formatted(instance, status, own).replaceAll(" +", " ");
          if (told.isEmpty() || !told.getLast().equals(moment)) {
            told.add(moment);
          }
          assertNotEquals(Optional.of("1"), own, () -> "it answers what is lost: " + told);
          assertTrue(!(streams || follows) || own.equals(Optional.of("0")), told::toString);
          return streams;
        });
    told.forEach(moment -> System.out.println("  " + moment));
    String how =
        former.shell("journalctl --unit=quorate --boot --output=cat | grep 'was brought back'");
    assertTrue(how.contains("rewound to") || how.contains("copied anew"), how);
    former.shell("ls -d /var/lib/pgsql/16/data.quorate-diverged/*");
  }

  /// What a command says of a machine, in one line.
  private static String line(Machine asked, Machine about, String command) {
    return asked
        .shell(command)
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(about.name() + " "))
        .findFirst()
        .orElse("");
  }
}
