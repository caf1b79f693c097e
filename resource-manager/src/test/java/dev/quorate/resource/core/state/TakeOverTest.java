package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.CLONE;
import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static dev.quorate.resource.core.state.Ledger.PG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand.SetAttribute;
import dev.quorate.resource.ClusterCommand.SetSyncPromise;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.ConfigurationChange.SetMeta;
import dev.quorate.resource.ConfigurationChange.SetNodeAttribute;
import dev.quorate.resource.ConfigurationChange.SetProperty;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.SyncPromise;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The database is promoted on n1.
class TakeOverTest {
  private final Ledger ledger = promised(List.of(N2), 1);

  private static Ledger promised(List<NodeId> members, int required) {
    Ledger ledger = Ledger.of(2);
    ledger.startStandbys();
    ledger.elect(1, N1, ledger.vote(N1, 1, 100), ledger.vote(N2, 1, 100));
    ledger.run(OperationKind.PROMOTE, PG, N1);
    ledger.accept(new SetSyncPromise(PG, 1, N1, 0, new SyncPromise(0, members, required)));
    ledger.configure(meta("durability", "sync"));
    return ledger;
  }

  private static SetMeta meta(String name, String value) {
    return new SetMeta(CLONE, new TreeMap<>(Map.of(name, value)));
  }

  private static String obstacle(Ledger ledger, NodeId node) {
    return TakeOver.obstacle(ledger.state, node, _ -> true).orElse("");
  }

  private void barred(String why, ConfigurationChange change, ConfigurationChange back) {
    assertEquals("", obstacle(ledger, N2));
    ledger.configure(change);
    assertTrue(obstacle(ledger, N2).contains(why), obstacle(ledger, N2));
    ledger.configure(back);
  }

  @Test
  void whoIsPromisedToHaveEverythingCould() {
    assertEquals("", obstacle(ledger, N2));
    assertEquals("", obstacle(ledger, N1), "it has it itself");
  }

  @Test
  void whoMayLackSomethingCouldOnlyWhereThatIsTaken() {
    Ledger degraded = promised(List.of(N2), 0);
    assertTrue(obstacle(degraded, N2).contains("not promised"), obstacle(degraded, N2));
    degraded.configure(meta("durability", "async"));
    assertEquals("", obstacle(degraded, N2));
  }

  @Test
  void whoMayHostNothingCouldNot() {
    barred(
        "may host nothing",
        new SetNodeAttribute(N2, "standby", "on"),
        new SetNodeAttribute(N2, "standby", ""));
    barred(
        "may host nothing",
        new SetNodeAttribute(N2, "maintenance", "on"),
        new SetNodeAttribute(N2, "maintenance", ""));
    barred(
        "starts nothing",
        new SetProperty("maintenance-mode", "true"),
        new SetProperty("maintenance-mode", "false"));
    barred("may not be promoted", meta("is-managed", "false"), meta("is-managed", ""));
    assertTrue(TakeOver.obstacle(ledger.state, N2, _ -> false).isPresent(), "only keeps a copy");
    ledger.accept(new SetAttribute(N2, Ledger.life("a", 1), "shutdown", "on"));
    assertTrue(obstacle(ledger, N2).contains("leave"), obstacle(ledger, N2));
  }

  @Test
  void whoseInstanceDoesNotRunWellCouldNot() {
    ledger.run(OperationKind.STOP, PG, N2);
    assertTrue(obstacle(ledger, N2).contains("does not run"), obstacle(ledger, N2));
  }
}
