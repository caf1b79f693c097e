package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.CLONE;
import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N3;
import static dev.quorate.resource.core.state.Ledger.PG;
import static dev.quorate.resource.core.state.Ledger.VIP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand.ChangeConfiguration;
import dev.quorate.resource.ClusterCommand.LeaveNode;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.ConfigurationChange.CreateResource;
import dev.quorate.resource.ConfigurationChange.DeleteResource;
import dev.quorate.resource.ConfigurationChange.PutConstraint;
import dev.quorate.resource.ConfigurationChange.PutFenceDevice;
import dev.quorate.resource.ConfigurationChange.RemoveConstraint;
import dev.quorate.resource.ConfigurationChange.RemoveNode;
import dev.quorate.resource.ConfigurationChange.SetMeta;
import dev.quorate.resource.ConfigurationChange.SetNodeAttribute;
import dev.quorate.resource.ConfigurationChange.SetProperty;
import dev.quorate.resource.ConfigurationChange.SetResourceDefault;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.transition.TransitionExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
  @Test
  void allProblemsAreToldAtOnceAndNothingIsDone() {
    Ledger ledger = Ledger.three();
    long version = ledger.state.configuration().version();
    var refused =
        ledger.misconfigure(
            "HA-CONF-020",
            new SetProperty("stonith-enabeld", "false"),
            new SetProperty("maintenance-mode", "perhaps"),
            new SetProperty("no-quorum-policy", "panic"),
            new SetResourceDefault("migration-treshold", "3"),
            new SetMeta(new ResourceId("x"), new TreeMap<>()),
            new RemoveConstraint("c9"),
            new CreateResource(Ledger.address()),
            new PutConstraint(
                new Constraint.Location("l1", VIP, Role.PROMOTED, new NodeId("n9"), Score.MUST)));
    for (String part :
        List.of(
            "'stonith-enabeld'",
            "maintenance-mode=perhaps",
            "no-quorum-policy=panic: must be one of",
            "'migration-treshold'",
            "resource x",
            "c9",
            "the name vip",
            "node n9",
            "cannot be promoted")) {
      assertTrue(refused.message().contains(part), () -> part + " in " + refused.message());
    }
    assertTrue(refused.hint().contains("'stonith-enabled'"), refused::hint);
    assertEquals(version, ledger.state.configuration().version());
  }

  @Test
  void versionsAreComparedIfAsked() {
    Ledger ledger = Ledger.three();
    ledger.refuse(
        "HA-CONF-001",
        new ChangeConfiguration(7, "test", List.of(new SetProperty("batch-limit", "1"))));
    ledger.accept(new ChangeConfiguration(1, "bob", List.of(new SetProperty("batch-limit", "1"))));
    assertEquals(2, ledger.state.configuration().version());
    assertEquals("bob", ledger.state.lastChangeBy());
  }

  @Test
  void namesAndValuesAreStoredInOneForm() {
    Ledger ledger = Ledger.three();
    ledger.configure(
        new SetProperty("fencing-enabled", "no"),
        new SetMeta(CLONE, new TreeMap<>(Map.of("target-role", "Master", "my-own", "1"))));
    assertEquals("false", ledger.state.configuration().properties().get("stonith-enabled"));
    var resource = ledger.state.configuration().resource(CLONE).orElseThrow();
    assertEquals("Promoted", resource.metaAttribute("target-role").orElse(""));
    assertEquals("1", resource.metaAttribute("my-own").orElse(""));
    ledger.configure(
        new SetProperty("fencing-enabled", ""),
        new SetMeta(CLONE, new TreeMap<>(Map.of("target-role", ""))));
    assertTrue(ledger.state.configuration().properties().isEmpty());
  }

  @Test
  void aNodeLeavesBeforeItIsRemoved() {
    Ledger ledger = Ledger.three();
    ledger.configure(
        new PutConstraint(new Constraint.Location("l1", VIP, Role.STARTED, N3, Score.MUST)),
        new SetNodeAttribute(N3, "standby", "on"));
    ledger.misconfigure("HA-CONF-010", new RemoveNode(N3));
    ledger.accept(new LeaveNode(N3, ledger.status(N3).incarnation()));
    ledger.configure(new RemoveNode(N3));
    assertTrue(ledger.state.node(N3).isEmpty());
    assertTrue(ledger.state.instance(PG, N3).isEmpty());
    assertTrue(ledger.state.configuration().constraints().isEmpty());
    ledger.misconfigure("HA-CONF-030", new RemoveNode(N3));
  }

  @Test
  void whereAnInstanceIsFoundStaysWhileItMayRun() {
    Ledger ledger = Ledger.running();
    var vip = Ledger.address();
    var moved = new TreeMap<>(Map.of("ip", "10.0.0.9"));
    var change =
        new ConfigurationChange.ReplaceResource(
            new ResourceDefinition(
                vip.id(), vip.agent(), moved, vip.meta(), vip.operations(), vip.form()));
    var refused = ledger.misconfigure("HA-CONF-013", change);
    assertTrue(refused.hint().contains("hactl resource disable vip"), refused::hint);
    ledger.run(OperationKind.STOP, VIP, N1);
    ledger.configure(change);
  }

  @Test
  void whatIsNotDoneIsRefusedUnlessItHappensAnyway() {
    Ledger ledger = Ledger.three();
    ledger.configure(
        new SetProperty("have-watchdog", "no"),
        new SetProperty("shutdown-lock", "false"),
        new SetProperty("placement-strategy", "balanced"),
        new SetProperty("no-quorum-policy", "freeze"),
        new SetMeta(PG, new TreeMap<>(Map.of("critical", "true"))));
    for (var wanted :
        List.of(
            new SetProperty("have-watchdog", "true"),
            new SetProperty("startup-fencing", "true"),
            new SetProperty("shutdown-lock", "true"),
            new SetProperty("daemon-grace", "20s"))) {
      String message = ledger.misconfigure("HA-CONF-020", wanted).message();
      assertTrue(message.contains("is not supported yet"), message);
    }
    for (var meta :
        List.of(
            Map.of("critical", "false"),
            Map.of("requires", "nothing"),
            Map.of("multiple-active", "block"))) {
      String message =
          ledger.misconfigure("HA-CONF-022", new SetMeta(PG, new TreeMap<>(meta))).message();
      assertTrue(message.contains("is not supported yet"), message);
    }
  }

  @Test
  void timesOfFencingHaveUnits() {
    Ledger ledger = Ledger.three();
    ledger.configure(new SetProperty("stonith-timeout", "2min"));
    assertEquals(
        Duration.ofMinutes(2),
        TransitionExecutor.timeout(
            ledger.state.configuration(), new Action.FenceAction(N1, "a", true)));
  }

  @Test
  void aResourceStopsBeforeItIsDeleted() {
    Ledger ledger = Ledger.running();
    var refused = ledger.misconfigure("HA-CONF-011", new DeleteResource(CLONE));
    assertTrue(refused.hint().contains("hactl resource disable pgsql-clone"), refused::hint);
    ledger.misconfigure(
        "HA-CONF-012", new SetMeta(PG, new TreeMap<>(Map.of("holds-data", "false"))));
    ledger.configure(
        new PutConstraint(
            new Constraint.Colocation("c1", VIP, Role.STARTED, CLONE, Role.PROMOTED, Score.MUST)));
    for (NodeId node : List.copyOf(ledger.state.nodes().keySet())) {
      ledger.run(OperationKind.STOP, PG, node);
    }
    ledger.configure(new DeleteResource(CLONE));
    assertFalse(ledger.state.primacies().containsKey(PG));
    assertFalse(ledger.state.instances().containsKey(PG));
    assertTrue(ledger.state.configuration().constraints().isEmpty());
  }

  @Test
  void namesAreUniqueAmongResourcesClonesAndDevices() {
    Ledger ledger = Ledger.three();
    ledger.misconfigure(
        "HA-CONF-042",
        new PutFenceDevice(new FenceDeviceDefinition(CLONE, "fence_lab", new TreeMap<>())));
    ledger.configure(
        new PutFenceDevice(
            new FenceDeviceDefinition(new ResourceId("power"), "fence_lab", new TreeMap<>())));
  }

  @Test
  void constraintsNameWhatExists() {
    Ledger ledger = Ledger.three();
    ResourceId x = new ResourceId("x");
    ledger.misconfigure(
        "HA-CONF-051",
        new PutConstraint(
            new Constraint.Colocation("c", VIP, Role.STARTED, x, Role.STARTED, Score.MUST)));
    ledger.misconfigure(
        "HA-CONF-053",
        new PutConstraint(
            new Constraint.Colocation("c", PG, Role.STARTED, CLONE, Role.STARTED, Score.MUST)));
    ledger.misconfigure(
        "HA-CONF-055",
        new PutConstraint(
            new Constraint.Ordering(
                "o",
                CLONE,
                OperationKind.MONITOR,
                VIP,
                OperationKind.START,
                Constraint.Ordering.Kind.MANDATORY,
                true)));
    ledger.misconfigure(
        "HA-CONF-052",
        new PutConstraint(
            new Constraint.Location("l", VIP, Role.STARTED, new NodeId("n9"), Score.NEVER)));
    ledger.configure(
        new PutConstraint(new Constraint.Location("l", VIP, Role.STARTED, N1, Score.NEVER)));
  }

  @Test
  void linksHaveAddressesOfTheirOwn() {
    Ledger ledger = Ledger.three();
    String taken = ledger.state.configuration().nodes().firstEntry().getValue().address();
    for (String bad : List.of("10.1.0.3,", "10.1.0.3 10.2.0.3", "a,b,c,d,e,f,g,h")) {
      ledger.misconfigure("HA-CONF-077", new SetNodeAttribute(N3, "links", bad));
    }
    for (String bad : List.of("10.1.0.3,10.1.0.3", taken)) {
      ledger.misconfigure("HA-CONF-078", new SetNodeAttribute(N3, "links", bad));
    }
    ledger.configure(new SetNodeAttribute(N3, "links", "10.1.0.3,10.2.0.3"));
    ledger.misconfigure("HA-CONF-078", new SetNodeAttribute(N1, "links", "10.1.0.1,10.2.0.3"));
  }
}
