package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.lab.Wait;
import dev.quorate.packaging.DebianPackage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;

/// Three bare machines, made a cluster by typing what the documentation says, then broken: one
/// scenario after another.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PackagedClusterIT {
  private static @Nullable Rack rack;

  @RegisterExtension
  static final TestWatcher SHOWN =
      new TestWatcher() {
        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
          site().show();
        }
      };

  @BeforeAll
  static void followTheQuickStart() throws IOException {
    NodeImage.assumeEngine();
    rack = Rack.of(NodeImage.bare(), "db1", "db2", "db3");
    for (Machine machine : rack.machines()) {
      machine.receive(DebianPackage.built(), "/opt/quorate.deb");
      rack.power().standInFor(machine, "fence_ipmilan");
    }
    Walkthrough walkthrough = new Walkthrough(rack.machines());
    walkthrough.follow("install.md");
    walkthrough.follow("quick-start.md");
    site().awaitWhole(Duration.ofSeconds(60));
  }

  @AfterAll
  static void remove() {
    if (rack != null) {
      rack.close();
    }
  }

  private static Rack rack() {
    return Objects.requireNonNull(rack);
  }

  private static Site site() {
    return new Site(rack());
  }

  @Order(0)
  @Test
  void nothingIsLeftToMend() {
    rack().machine(1).must("hactl", "pg", "doctor");
    rack().machine(1).must("hactl", "cluster", "verify");
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
        List.of(), rack().power().cut(), "what is seen to be off needs not be switched off");
  }

  @Order(2)
  @Test
  void aRestartOfTheServiceRestartsNoPostgres() {
    Site site = site();
    List<Optional<String>> before = site.postmasters();
    List<String> cut = rack().power().cut();
    for (Machine machine : site.machines()) {
      machine.must("systemctl", "restart", "quorate.service");
      site.awaitWhole(Duration.ofSeconds(60));
    }
    assertEquals(before, site.postmasters());
    assertEquals(cut, rack().power().cut());
  }
}
