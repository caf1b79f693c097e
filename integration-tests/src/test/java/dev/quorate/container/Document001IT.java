package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The cluster of document 001: three nodes and two addresses, one for replication and one for
/// clients, typed as the document does.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Document001IT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String REPLICATION = Rack.address(163);
  private static final String CLIENTS = Rack.address(164);

  @RegisterExtension
  static final SharedSite SITE =
      new SharedSite(
          NodeImage::installed,
          site -> new Walkthrough(site).followOwn("document-001.md"),
          "node1",
          "node2",
          "node3");

  private static Site site() {
    return SITE.get();
  }

  /// The names of the machines that have an address.
  private static List<String> holders(String address) {
    return site().machines().stream()
        .filter(Machine::running)
        .filter(m -> m.shell("ip -4 addr show").contains(address + "/"))
        .map(Machine::name)
        .toList();
  }

  private static String holder(String address) {
    Wait.until(address + " to be on one machine", SOON, () -> holders(address).size() == 1);
    return holders(address).getFirst();
  }

  private static Machine machineWith(String address) {
    String name = holder(address);
    return site().machines().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  @Order(1)
  @Test
  void twoAddressesLandOnDifferentNodes() {
    assertNotEquals(holder(REPLICATION), holder(CLIENTS));
    String status = site().machine(2).must("hactl", "status");
    assertTrue(status.contains("Online: [ node1 node2 node3 ]"), status);
    assertTrue(
        status.lines().anyMatch(l -> l.matches(".*pgrepvip.*Started " + holder(REPLICATION))),
        status);
    String why = site().machine(3).must("hactl", "explain", "pgclivip");
    assertTrue(why.contains(holder(CLIENTS)), why);
  }

  @Order(2)
  @Test
  @Tag("S1-27")
  void aMovePutsTheAddressWhereItWasToldAndLeavesNoConstraint() {
    Machine asked = site().machine(2);
    String target = holder(REPLICATION);
    asked.must("hactl", "resource", "move", "pgclivip", target, "--wait");
    assertEquals(target, holder(CLIENTS));
    assertEquals(target, holder(REPLICATION));
    String constraints = asked.must("hactl", "constraint");
    assertFalse(constraints.contains("pgclivip"), constraints);
  }

  @Order(3)
  @Test
  @Tag("S1-24")
  void anAddressWithALabelIsWatchedEverySecond() {
    Machine holder = machineWith(CLIENTS);
    assertTrue(holder.shell("ip -4 addr show").contains(":pgclivip"), "the label");

    holder.shell("ip addr del %s/24 dev eth0".formatted(CLIENTS));
    long taken = System.nanoTime();
    Wait.until("the address to be back", SOON, () -> holders(CLIENTS).size() == 1);
    long missed = (System.nanoTime() - taken) / 1_000_000;
    System.out.println("== an address that was taken away is back after " + missed + " ms");
    assertTrue(missed < 5000, () -> "back after " + missed + " ms");
  }

  @Order(4)
  @Test
  void aMachineThatBootsAgainTakesPartInHoldingThem() {
    Machine lost = machineWith(CLIENTS);
    lost.powerOff();
    lost.powerOn();
    Wait.until(
        "both addresses and all nodes to be back",
        Duration.ofMinutes(2),
        () ->
            holders(CLIENTS).size() == 1
                && holders(REPLICATION).size() == 1
                && site()
                    .machine(1)
                    .run("hactl", "status")
                    .getStdout()
                    .contains("Online: [ node1 node2 node3 ]"));
  }
}
