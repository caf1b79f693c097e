package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.comparison.Row;
import dev.quorate.lab.Wait;
import dev.quorate.packaging.DebianPackage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Three bare machines, made a cluster by typing what the documentation says, then broken: one
/// scenario after another.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PackagedClusterIT {
  @RegisterExtension
  static final SharedSite SITE = SharedSite.fromNothing("quick-start.md", "db1", "db2", "db3");

  private static Site site() {
    return SITE.get();
  }

  @Order(0)
  @Test
  void nothingIsLeftToMend() {
    site().machine(1).must("hactl", "pg", "doctor");
    site().machine(1).must("hactl", "cluster", "verify");
  }

  @Order(1)
  @Test
  void aMachineThatLosesPowerIsReplacedAndReturns() {
    Site site = site();
    Machine lost = site.primary().orElseThrow();
    lost.powerOff();
    Wait.until(
        "another primary",
        Duration.ofSeconds(30),
        () -> site.primary().filter(m -> m != lost).isPresent());
    lost.powerOn();
    site.awaitWhole(Duration.ofMinutes(2));
    assertEquals(
        List.of(), site().power().cut(), "what is seen to be off needs not be switched off");
  }

  @Order(2)
  @Test
  void aRestartOfTheServiceRestartsNoPostgres() {
    Site site = site();
    List<Optional<String>> before = site.postmasters();
    List<String> cut = site().power().cut();
    for (Machine machine : site.machines()) {
      machine.must("systemctl", "restart", "quorate.service");
      site.awaitWhole(Duration.ofSeconds(60));
    }
    assertEquals(before, site.postmasters());
    assertEquals(cut, site().power().cut());
  }

  /// Systemd starts it again before anybody misses the node.
  @Order(3)
  @Test
  void aDaemonThatIsKilledTakesNothingWithIt() {
    Site site = site();
    List<Optional<String>> before = site.postmasters();
    List<String> cut = site.power().cut();
    for (Machine machine : site.machines()) {
      machine.must("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "quorate.service");
      site.awaitWhole(Duration.ofSeconds(60));
    }
    assertEquals(before, site.postmasters());
    assertEquals(cut, site.power().cut());
  }

  /// The services move first, so that nobody is fenced, and clients wait as at a switchover.
  @Order(4)
  @Test
  void aMachineThatShutsDownLeavesFirst() {
    Site site = site();
    Machine down = site.thePrimary();
    List<String> cut = site.power().cut();
    site.letClientsIn();
    try (Trial trial = new Trial("orderly shutdown", site)) {
      trial.strike(() -> down.run("systemctl", "poweroff"));
      trial.awaitWriting(Duration.ofSeconds(60));
      Wait.until(down.name() + " to be off", Duration.ofMinutes(2), () -> !down.running());
      trial.withoutGap(Duration.ofSeconds(3));
      System.out.println(trial.steps());
      down.powerOn();
      site.awaitWhole(Duration.ofMinutes(2));
      trial.judge();
    }
    assertEquals(cut, site.power().cut());
  }

  @Order(5)
  @Test
  void thePageOfOperations() throws IOException {
    new Walkthrough(site()).follow("operations.md");
    site().awaitWhole(Duration.ofMinutes(2));
  }

  @Order(6)
  @Test
  void thePageOfTroubles() throws IOException {
    new Walkthrough(site()).follow("troubleshooting.md");
    site().awaitWhole(Duration.ofMinutes(2));
  }

  @Order(7)
  @Test
  void aThousandActionsLeaveTheDaemonsSmall() {
    Footprint.thousandActions(site().machine(1), "hactl");
    List<Double> resident =
        site().machines().stream()
            .map(each -> Footprint.Usage.of(each, List.of("quorate.service")).resident() / 1024)
            .toList();
    System.out.println("resident after 1,000 actions, MiB: " + resident);
    resident.forEach(each -> assertTrue(each > 0 && each <= Row.RESIDENT.budget(), each + " MiB"));
    site().awaitWhole(Duration.ofMinutes(1));
  }

  @Order(8)
  @Test
  void removedItLeavesADatabaseThatWorks() throws IOException {
    new Walkthrough(site()).follow("install.md", "Remove");
    Machine machine = site().machine(1);
    machine.shell("runuser -u postgres -- psql --command='create table works ()'");
    assertEquals("0", site().ask(machine, "select count(*) from pg_replication_slots").orElse(""));
    assertEquals("", machine.shell("ls -d /etc/quorate /var/lib/quorate 2>/dev/null || true"));
  }

  @Order(9)
  @Test
  void theArchiveIsEnoughWhereThereAreNoPackages() throws IOException {
    Machine machine = site().machine(1);
    machine.receive(DebianPackage.archive(), "/opt/quorate.tar.gz");
    new Walkthrough(site()).follow("install.md", "Without apt-get");
    assertTrue(machine.must("hactl", "status").contains("belongs to no cluster"));
  }
}
