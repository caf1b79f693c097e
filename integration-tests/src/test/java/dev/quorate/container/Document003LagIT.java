package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Document 003's sixth scenario in its strict form: every standby lags by more than its bound of
/// 16 MB when the primary's machine dies.
class Document003LagIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String FILL =
      "select count(pg_logical_emit_message(false, 'fill', repeat('x', 1048576)))"
          + " from generate_series(1, 24)";

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
  private static void letThemLag(Machine primary) {
    List<Machine> standbys = site().standbys();
    standbys.getFirst().drop(primary.address(), 5432);
    site().ask(primary, FILL);
    standbys.getLast().drop(primary.address(), 5432);
    site().ask(primary, FILL);
    Wait.pass(Duration.ofSeconds(3));
  }

  @Test
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
      String status = others.getFirst().must("hactl", "status");
      assertTrue(status.contains("every candidate lacks more"), status);

      others.forEach(Machine::allow);
      lost.powerOn();
      trial.awaitWriting(LONG);
      site().awaitWhole(LONG);
      trial.judge();
    }
  }
}
