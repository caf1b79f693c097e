package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
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

/// The cluster of document 001: three nodes and two addresses, one for replication and one for
/// clients, typed as the document does.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Document001IT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String REPLICATION = Rack.address(163);
  private static final String CLIENTS = Rack.address(164);
  private static final List<String> ADDRESSES = List.of(REPLICATION, CLIENTS);

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
    assertEquals("node1", holder(REPLICATION));
    assertEquals("node2", holder(CLIENTS));
    List<String> warnings =
        site()
            .machine(3)
            .run("hactl", "cluster", "verify", "-V")
            .getStdout()
            .lines()
            .filter(line -> !line.startsWith("The configuration is valid"))
            .toList();
    assertTrue(warnings.stream().allMatch(w -> w.contains("Fencing is disabled")), "" + warnings);
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
  void standbysAreClonedAndFollowThroughTheAddressForReplication() throws IOException {
    new Walkthrough(site()).followOwn("document-001-postgresql.md");
    Machine original = site().machine(1);
    assertEquals(original.name(), holder(REPLICATION));
    Wait.until("both standbys to stream", SOON, () -> site().streaming() == 2);
    assertEquals(original, site().thePrimary());
    assertEquals(
        Optional.of("node2|replicator|streaming|async\nnode3|replicator|streaming|async"),
        site()
            .ask(
                original,
                "select application_name, usename, state, sync_state"
                    + " from pg_stat_replication order by 1"));
    assertTrue(site().ask(original, "create table cloned as select 4711 as what").isPresent());
    for (Machine standby : site().standbys()) {
      assertEquals(
          Optional.of(REPLICATION),
          site().ask(standby, "select sender_host from pg_stat_wal_receiver"));
      Wait.until(
          standby.name() + " to have what was written",
          SOON,
          () -> site().ask(standby, "select what from cloned").equals(Optional.of("4711")));
    }
  }

  /// Without fencing only a person can say that a machine is off. Whether it is cut off or off, it
  /// must give its addresses up by itself before anybody else has them.
  @Order(5)
  @Test
  void anAddressIsNeverOnTwoNodes() {
    Machine lost = machineWith(REPLICATION);
    Machine asked = site().machine(lost == site().machine(2) ? 3 : 2);
    if (!holder(CLIENTS).equals(lost.name())) {
      asked.must("hactl", "resource", "move", "pgclivip", lost.name(), "--wait");
    }
    assertEquals(lost.name(), holder(CLIENTS));
    try (KernelWatch kernel = new KernelWatch(site().machines(), ADDRESSES)) {
      kernel.start();
      Wait.pass(Duration.ofSeconds(1));
      Instant fault = Instant.now();
      kernel.strike(fault);
      lost.cutOff();
      Wait.until(
          "both addresses to be given up, and the loss to be seen",
          SOON,
          () ->
              nobodyHoldsAny()
                  && since(fault, asked).toString().contains(lost.name() + " is lost"));
      Steps own = since(fault, lost);
      System.out.println(own);
      own.inOrder("the log has no quorum", "stopping resources on this node reason=quorum lost");
      ADDRESSES.forEach(
          a -> Trial.bounded("giving up " + a, kernel.lastWith(a, lost), Duration.ofSeconds(10)));
      since(fault, asked).without("begun: start");

      lost.powerOff();
      asked.must("hactl", "stonith", "confirm", lost.name(), "--force");
      ADDRESSES.forEach(a -> assertNotEquals(lost.name(), holder(a)));
      Steps steps = since(fault, asked);
      System.out.println(steps);
      for (String resource : List.of("pgrepvip", "pgclivip")) {
        steps.inOrder(
            "node " + lost.name() + " is lost",
            "fencing of " + lost.name() + " confirmed",
            "begun: start " + resource,
            "finished: start " + resource + " on .*, succeeded");
      }
      lost.powerOn();
      awaitAll();
      assertEquals(List.of(), kernel.violations());
      System.out.println(
          "== addresses last seen on who was cut off: "
              + ADDRESSES.stream().map(a -> kernel.lastWith(a, lost).toMillis() + " ms").toList());
    }
  }

  private static Steps since(Instant fault, Machine machine) {
    return Steps.since(fault, List.of(machine));
  }

  private static boolean nobodyHoldsAny() {
    return ADDRESSES.stream().allMatch(a -> holders(a).isEmpty());
  }

  @Order(6)
  @Test
  void aMachineThatBootsAgainTakesPartInHoldingThem() {
    Machine lost = machineWith(CLIENTS);
    lost.powerOff();
    lost.powerOn();
    awaitAll();
  }

  private static void awaitAll() {
    Wait.until(
        "both addresses and all nodes to be back",
        Duration.ofMinutes(2),
        () ->
            ADDRESSES.stream().allMatch(a -> holders(a).size() == 1)
                && site()
                    .machine(1)
                    .run("hactl", "status")
                    .getStdout()
                    .contains("Online: [ node1 node2 node3 ]"));
  }
}
