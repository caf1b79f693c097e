package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;

/// The cluster of document 001: three nodes and two addresses, one for replication and one for
/// clients, typed as the document does.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Document001IT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String REPLICATION = Rack.address(163);
  private static final String CLIENTS = Rack.address(164);

  private static @Nullable Rack rack;

  @RegisterExtension
  static final TestWatcher SHOWN =
      new TestWatcher() {
        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
          new Site(rack()).show();
        }
      };

  @BeforeAll
  static void typeTheDocument() throws IOException {
    NodeImage.assumeEngine();
    rack = Rack.of(NodeImage.installed(), "node1", "node2", "node3");
    new Walkthrough(rack.machines()).followOwn("document-001.md");
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

  /// The names of the machines that have an address.
  private static List<String> holders(String address) {
    return rack().machines().stream()
        .filter(Machine::running)
        .filter(m -> m.shell("ip -4 addr show").contains(address + "/"))
        .map(Machine::name)
        .toList();
  }

  private static String holder(String address) {
    Wait.until(address + " to be on one machine", SOON, () -> holders(address).size() == 1);
    return holders(address).getFirst();
  }

  @Order(1)
  @Test
  void twoAddressesLandOnDifferentNodes() {
    assertNotEquals(holder(REPLICATION), holder(CLIENTS));
    String status = rack().machine(2).must("hactl", "status");
    assertTrue(status.contains("Online: [ node1 node2 node3 ]"), status);
    assertTrue(
        status.lines().anyMatch(l -> l.matches(".*pgrepvip.*Started " + holder(REPLICATION))),
        status);
    String why = rack().machine(3).must("hactl", "explain", "pgclivip");
    assertTrue(why.contains(holder(CLIENTS)), why);
  }

  @Order(2)
  @Test
  @Tag("S1-27")
  void aMovePutsTheAddressWhereItWasToldAndLeavesNoConstraint() {
    Machine asked = rack().machine(2);
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
    Machine holder =
        rack().machines().stream()
            .filter(m -> m.name().equals(holder(CLIENTS)))
            .findFirst()
            .orElseThrow();
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
    Machine lost =
        rack().machines().stream()
            .filter(m -> m.name().equals(holder(CLIENTS)))
            .findFirst()
            .orElseThrow();
    lost.powerOff();
    lost.powerOn();
    Wait.until(
        "both addresses and all nodes to be back",
        Duration.ofMinutes(2),
        () ->
            holders(CLIENTS).size() == 1
                && holders(REPLICATION).size() == 1
                && rack()
                    .machine(1)
                    .run("hactl", "status")
                    .getStdout()
                    .contains("Online: [ node1 node2 node3 ]"));
  }
}
