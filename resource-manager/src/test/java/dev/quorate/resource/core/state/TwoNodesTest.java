package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.LeaveNode;
import dev.quorate.resource.ClusterCommand.SetAttribute;
import dev.quorate.resource.ConfigurationChange.PutFenceDevice;
import dev.quorate.resource.ConfigurationChange.PutNode;
import dev.quorate.resource.ConfigurationChange.SetNodeAttribute;
import dev.quorate.resource.ConfigurationChange.SetProperty;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.TwoNodes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// When two voters may be arbitrated, and whose word counts then.
class TwoNodesTest {
  private static PutFenceDevice device(Map<String, String> parameters) {
    return new PutFenceDevice(
        new FenceDeviceDefinition(
            new ResourceId("power"), "fence_ipmilan", new TreeMap<>(parameters)));
  }

  private static void begins(Ledger ledger, NodeId node, long run) {
    ledger.accept(
        new SetAttribute(node, Ledger.life("a", run), TwoNodes.ARBITER, Long.toString(run)));
  }

  private static Ledger two() {
    Ledger ledger = Ledger.of(2);
    begins(ledger, N1, 1);
    begins(ledger, N2, 1);
    return ledger;
  }

  private static Ledger arbitrated() {
    Ledger ledger = two();
    ledger.configure(device(Map.of("pcmk_host_list", "n1 n2")), new SetProperty("two_node", "yes"));
    return ledger;
  }

  @Test
  void isForTwoVotersWithResources() {
    Ledger three = Ledger.three();
    three.configure(device(Map.of()));
    String message =
        three.misconfigure("HA-CONF-073", new SetProperty("two-node", "true")).message();
    assertTrue(message.contains("n3"), message);
    assertTrue(TwoNodes.wanted(arbitrated().state.configuration()));
    arbitrated().misconfigure("HA-CONF-073", new SetNodeAttribute(N2, "witness", "on"));
    NodeDefinition listener =
        new NodeDefinition(new NodeId("n3"), "n3.example", false, new TreeMap<>());
    arbitrated().misconfigure("HA-CONF-073", new PutNode(listener));
  }

  @Test
  void needsADeviceForEachNode() {
    Ledger ledger = two();
    ledger.misconfigure("HA-CONF-074", new SetProperty("two-node", "true"));
    ledger.configure(device(Map.of("pcmk_host_map", "n1:7")));
    String message =
        ledger.misconfigure("HA-CONF-074", new SetProperty("two-node", "true")).message();
    assertTrue(message.contains("for n2"), message);
    assertFalse(message.contains("for n1"), message);
    ledger.configure(device(Map.of("pcmk_host_map", "n1:7;n2:8")));
    ledger.configure(new SetProperty("two-node", "true"));
    ledger.misconfigure(
        "HA-CONF-074", device(Map.of("pcmk_host_map", "n1:7;n2:8", "target-role", "Stopped")));
  }

  @Test
  void isSwitchedOnWhereBothDaemonsCanArbitrateNow() {
    Ledger ledger = Ledger.of(2);
    SetProperty on = new SetProperty("two-node", "true");
    ledger.configure(device(Map.of()));
    begins(ledger, N1, 1);
    String message = ledger.misconfigure("HA-CONF-077", on).message();
    assertTrue(message.contains("that of n2 began as one of more nodes"), message);
    assertFalse(message.contains("n1"), message);

    begins(ledger, N2, 1);
    ledger.accept(new JoinNode(N2, Ledger.life("a", 2), 1));
    ledger.misconfigure("HA-CONF-077", on);
    begins(ledger, N2, 2);
    ledger.configure(on);
    ledger.accept(new JoinNode(N2, Ledger.life("a", 3), 1));
    ledger.configure(new SetProperty("priority-fencing-delay", "7s"));

    Ledger away = two();
    away.configure(device(Map.of()));
    away.accept(new LeaveNode(N2, Ledger.life("a", 1)));
    message = away.misconfigure("HA-CONF-077", on).message();
    assertTrue(message.contains("n2 does not take part now"), message);
  }

  @Test
  void theDelayExceedsTheSpreadOfTheDevices() {
    Ledger ledger = arbitrated();
    assertEquals(Duration.ofSeconds(5), TwoNodes.delay(ledger.state.configuration()));
    ledger.misconfigure("HA-CONF-075", device(Map.of("pcmk_delay_max", "3s")));
    ledger.misconfigure("HA-CONF-075", new SetProperty("priority-fencing-delay", "0"));
    ledger.configure(
        new SetProperty("priority-fencing-delay", "10s"), device(Map.of("pcmk_delay_max", "3s")));
    assertEquals(Duration.ofSeconds(10), TwoNodes.delay(ledger.state.configuration()));
  }

  @Test
  void onlyTheWordOfASurvivorCounts() {
    Ledger ledger = arbitrated();
    ledger.see(N1, N2);
    assertEquals(Presence.ONLINE, ledger.state.node(N2).orElseThrow().presence());
    assertEquals(
        List.of(N1, N2), TwoNodes.voters(ledger.state.configuration(), ledger.state.attributes()));

    ledger.accept(new SetAttribute(N1, Ledger.life("a", 1), TwoNodes.ALONE, "epoch 2"));
    assertEquals(
        List.of(N1), TwoNodes.voters(ledger.state.configuration(), ledger.state.attributes()));
    assertEquals(Optional.of("epoch 2"), TwoNodes.how(ledger.state.attributes(), N1));
    ledger.see(N1, N2);
    assertEquals(Presence.LOST, ledger.state.node(N2).orElseThrow().presence());
  }

  @Test
  void isNotTakenBackWhileOneGoesOnAlone() {
    Ledger ledger = arbitrated();
    ledger.see(N1, N2);
    ledger.accept(new SetAttribute(N1, Ledger.life("a", 1), TwoNodes.ALONE, "epoch 2"));
    ledger.misconfigure("HA-CONF-076", new SetProperty("two-node", "false"));
    ledger.misconfigure("HA-CONF-076", new SetProperty("two-node", ""));
    ledger.accept(new SetAttribute(N1, Ledger.life("a", 1), TwoNodes.ALONE, ""));
    ledger.configure(new SetProperty("two-node", "false"));
  }

  @Test
  void theFirstNameIsFavouredWhereNobodyIsPromoted() {
    Ledger ledger = arbitrated();
    assertTrue(TwoNodes.favoured(ledger.state, N1, "a"));
    assertFalse(TwoNodes.favoured(ledger.state, N2, "a"));
  }
}
