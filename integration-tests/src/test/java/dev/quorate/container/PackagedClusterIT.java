package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  @Order(3)
  @Test
  void thePageOfOperations() throws IOException {
    new Walkthrough(site()).follow("operations.md");
    site().awaitWhole(Duration.ofMinutes(2));
  }

  @Order(4)
  @Test
  void thePageOfTroubles() throws IOException {
    new Walkthrough(site()).follow("troubleshooting.md");
    site().awaitWhole(Duration.ofMinutes(2));
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
