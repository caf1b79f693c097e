package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two bare machines, made a cluster by typing what the page for two says, which ends with the loss
/// and the return of the primary; then with the loss of both.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoNodesIT {
  @RegisterExtension
  static final SharedSite SITE = SharedSite.fromNothing("two-nodes.md", "db1", "db2");

  @Order(1)
  @Test
  void thePageLeavesTheStandbyInThePrimarysPlace() {
    Site site = SITE.get();
    assertEquals("db2", site.thePrimary().name());
    assertEquals(List.of(), site.power().cut(), "the machine was off when it was fenced");
    site.machine(2).must("hactl", "cluster", "verify");
    Steps steps = Steps.since(Instant.EPOCH, List.of(site.machine(2)));
    List<Duration> times =
        steps.inOrder(
            "two-node: db1 is not heard",
            "two-node: fences db1",
            "two-node: goes on without db1",
            "fencing of db1 confirmed",
            "node db1 is fenced",
            "begun: promote pgsqld on db2",
            "finished: promote pgsqld on db2, succeeded",
            "begun: start pgsql-vip on db2",
            "finished: start pgsql-vip on db2, succeeded",
            "node db1 is online",
            "finished: start pgsqld on db1, succeeded");
    System.out.println(
        "== two nodes from nothing, after the loss was felt: "
            + times.stream().map(t -> t.minus(times.getFirst()).toMillis() + " ms").toList());
  }

  @Order(2)
  @Test
  void oneIsStoppedInPeaceAndTheOtherGoesOn() throws IOException {
    List<String> cut = SITE.get().power().cut();
    new Walkthrough(SITE.get()).follow("two-nodes.md", "Take one away for a while");
    assertEquals(cut, SITE.get().power().cut());
  }

  /// The standby's machine, and then the primary's.
  @Order(3)
  @Test
  void aMachineThatIsSwitchedOffProperlyIsNotMissed() throws IOException {
    Site site = SITE.get();
    site.letClientsIn();
    List<String> cut = site.power().cut();
    for (Machine down : List.of(site.standbys().getFirst(), site.thePrimary())) {
      try (Trial trial = new Trial("two nodes, one is shut down", site)) {
        trial.strike(() -> down.run("systemctl", "poweroff", "--no-block"));
        Wait.until(down.name() + " to be off", Duration.ofMinutes(2), () -> !down.running());
        trial.awaitWriting(Duration.ofSeconds(60));
        trial.withoutGap(Duration.ofSeconds(5));
        System.out.println(trial.steps());
        down.powerOn();
        site.awaitWhole(Duration.ofMinutes(2));
        trial.judge();
      }
    }
    assertEquals(cut, site.power().cut(), "nobody was fenced");
  }

  @Order(4)
  @Test
  void whoIsLeftOfBothGoesOnByAnOath() throws IOException {
    new Walkthrough(SITE.get()).follow("two-nodes.md", "If both lose power");
    assertEquals("db2", SITE.get().thePrimary().name());
  }
}
