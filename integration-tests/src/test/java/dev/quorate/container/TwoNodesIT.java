package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two bare machines, made a cluster by typing what the page for two says, which ends with the loss
/// and the return of the primary.
class TwoNodesIT {
  @RegisterExtension
  static final SharedSite SITE = SharedSite.fromNothing("two-nodes.md", "db1", "db2");

  @Test
  void thePageLeavesTheStandbyInThePrimarysPlace() {
    Site site = SITE.get();
    assertEquals("db2", site.thePrimary().name());
    assertEquals(List.of(), site.power().cut(), "the machine was off when it was fenced");
    site.machine(2).must("hactl", "cluster", "verify");
  }
}
