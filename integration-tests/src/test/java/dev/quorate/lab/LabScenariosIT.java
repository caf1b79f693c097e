package dev.quorate.lab;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.resource.TwoNodes;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Plays every scenario, one after another, on one cluster: what one leaves behind, the next finds.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LabScenariosIT {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final DemoRun RUN = new DemoRun(3, OUT);

  @BeforeAll
  static void build() throws IOException, SQLException {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "the lab needs root for its namespaces");
    RUN.build("sync");
  }

  @AfterAll
  static void remove() throws IOException {
    Lab.existing().remove();
    assertAll(
        () -> assertTrue(Lab.leftovers().isEmpty(), () -> "left behind: " + Lab.leftovers()),
        () -> assertEquals(List.of(), Lab.existing().nodes()));
  }

  @Order(1)
  @ParameterizedTest
  @EnumSource(value = Scenario.class, names = "LAGGING_STANDBY", mode = EnumSource.Mode.EXCLUDE)
  @Tag("S2+11")
  @Tag("S3-36")
  @Tag("S3-37")
  @Tag("S3-41")
  @Tag("S3-42")
  @Tag("S3-45")
  @Tag("S4-36")
  void nothingAcknowledgedIsLost(Scenario scenario) throws IOException, SQLException {
    DemoRun.Verdict verdict = RUN.play(scenario);

    assertEquals(List.of(), verdict.wrong());
    assertTrue(verdict.acknowledged() > 500, "the clients wrote");
    long took = scenario.feltMillis(verdict.outage());
    assertTrue(took >= 0, "the clients write again");
    assertTrue(
        took <= scenario.limitMillis(),
        () -> scenario + " took " + took + " ms, and may take " + scenario.limitMillis());
  }

  @Order(2)
  @Test
  @Tag("S2+10")
  void aKilledDaemonChangesNothing() throws IOException, SQLException {
    LabNode primary = RUN.cluster().primary();
    for (LabNode node : RUN.lab().nodes()) {
      String postmasters = postmasters();
      long daemon = Daemons.of(RUN.lab(), node).orElseThrow();
      Command.must("kill", "-KILL", Long.toString(daemon));
      Wait.until(
          "another daemon on " + node.name(),
          Duration.ofSeconds(30),
          () -> Daemons.of(RUN.lab(), node).filter(pid -> pid != daemon).isPresent());
      Wait.until(
          node.name() + " to take part again",
          Duration.ofSeconds(60),
          () -> ClusterView.partakes(RUN.hactl(), node));
      RUN.cluster().awaitWhole(Duration.ofSeconds(60));

      assertEquals(postmasters, postmasters(), "no PostgreSQL was restarted");
      assertEquals(primary, RUN.cluster().primary(), "no failover");
      assertTrue(RUN.lab().hasVip(primary), "the address stays");
    }
  }

  @Order(3)
  @Test
  void explainNamesEveryConstraint() {
    String why = RUN.hactl().quietly(RUN.lab().nodes().getFirst(), "explain", "pgsql-vip").output();

    assertTrue(why.contains("colocation-pgsql-vip-pgsqld-clone"), why);
  }

  /// The negative control: clients that lose commits must notice it.
  @Order(4)
  @Test
  void asynchronousReplicationWithLaggingStandbysLosesCommitsAndSaysSo()
      throws IOException, SQLException {
    DemoRun asynchronous = new DemoRun(3, OUT);
    asynchronous.build("async");

    DemoRun.Verdict verdict = asynchronous.play(Scenario.LAGGING_STANDBY);

    assertTrue(verdict.lost() > 0, "the lag was real, and the count found it");
  }

  /// A witness votes, and nothing of the database is ever there.
  @Order(5)
  @Test
  @Tag("S4-24")
  void twoNodesAndAWitnessSurviveTheLossOfThePrimary() throws IOException, SQLException {
    DemoRun two = new DemoRun(Lab.of(2, true), OUT);
    two.build("sync");

    DemoRun.Verdict verdict = two.play(Scenario.NODE_CRASH);

    assertEquals(List.of(), verdict.wrong());
    LabNode witness = two.lab().witness().orElseThrow();
    assertEquals(List.of(), two.lab().postgresProcesses(witness));
    assertTrue(verdict.outage().faultToWritingMillis() <= Scenario.NODE_CRASH.limitMillis());
  }

  /// Whichever of two nodes is lost, the other goes on once it has shown it to be off, and takes it
  /// in again.
  @Order(6)
  @Test
  void oneOfTwoNodesGoesOnAloneAndTakesTheOtherInAgain() throws IOException, SQLException {
    DemoRun two = new DemoRun(2, OUT);
    two.build("sync");
    for (Scenario scenario : List.of(Scenario.NODE_CRASH, Scenario.STANDBY_CRASH)) {
      DemoRun.Verdict verdict = two.play(scenario);

      assertEquals(List.of(), verdict.wrong());
      assertTrue(
          scenario.feltMillis(verdict.outage())
              <= (scenario.losesPrimary() ? TwoNodes.DEFAULT_DELAY.toMillis() : 0)
                  + scenario.limitMillis(),
          scenario.word());
    }
  }

  private static String postmasters() throws IOException {
    StringBuilder all = new StringBuilder();
    for (LabNode node : RUN.lab().nodes()) {
      Path file = node.pgData().resolve("postmaster.pid");
      all.append(node.name()).append(' ').append(Files.readAllLines(file).getFirst()).append('\n');
    }
    return all.toString();
  }
}
