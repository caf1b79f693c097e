package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.CLONE;
import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static dev.quorate.resource.core.state.Ledger.N3;
import static dev.quorate.resource.core.state.Ledger.PG;
import static dev.quorate.resource.core.state.Ledger.VIP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ConfigurationChange.CreateResource;
import dev.quorate.resource.ConfigurationChange.DeleteResource;
import dev.quorate.resource.ConfigurationChange.PutConstraint;
import dev.quorate.resource.ConfigurationChange.PutGroup;
import dev.quorate.resource.ConfigurationChange.RemoveGroup;
import dev.quorate.resource.ConfigurationChange.ReplaceResource;
import dev.quorate.resource.ConfigurationChange.SetMeta;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Groups and plain clones in the configuration.
class GroupsTest {
  private static final ResourceId WEB = new ResourceId("web");
  private static final ResourceId FRONT = new ResourceId("front");
  private static final ResourceId FRONT_CLONE = new ResourceId("front-clone");

  private final Ledger ledger = Ledger.three();

  private static ResourceDefinition primitive(ResourceId id) {
    return new ResourceDefinition(
        id,
        AgentType.parse("ocf:heartbeat:apache"),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        new Form.Primitive());
  }

  private static GroupDefinition group(Form form, ResourceId... members) {
    return new GroupDefinition(FRONT, Arrays.asList(members), new TreeMap<>(), form);
  }

  private static GroupDefinition group(ResourceId... members) {
    return group(new Form.Primitive(), members);
  }

  private static Constraint location(ResourceId resource) {
    return new Constraint.Location("l", resource, Role.STARTED, N1, Score.MUST);
  }

  private ClusterConfiguration configuration() {
    return ledger.state.configuration();
  }

  private void made(Form form) {
    ledger.configure(
        new CreateResource(primitive(WEB)),
        new PutGroup(group(form, VIP, WEB)),
        new PutConstraint(location(FRONT)));
    for (NodeId node : List.of(N1, N2, N3)) {
      ledger.run(OperationKind.MONITOR, VIP, node);
      ledger.run(OperationKind.MONITOR, WEB, node);
    }
  }

  @Test
  void aGroupStandsForItsMembers() {
    made(new Form.Primitive());
    assertEquals(
        List.of(VIP, WEB),
        configuration().named(FRONT).stream().map(ResourceDefinition::id).toList());
    assertEquals(FRONT, configuration().publicId(FRONT));
    assertTrue(configuration().covers(FRONT, primitive(WEB)));
    assertFalse(configuration().cloned(primitive(WEB)));
    ledger.configure(new SetMeta(FRONT, new TreeMap<>(Map.of("target-role", "Stopped"))));
    assertEquals("Stopped", configuration().meta(primitive(WEB), "target-role").orElseThrow());
    ledger.configure(new SetMeta(WEB, new TreeMap<>(Map.of("target-role", "Started"))));
    ResourceDefinition web = configuration().resource(WEB).orElseThrow();
    assertEquals("Started", configuration().meta(web, "target-role").orElseThrow(), "nearer");
  }

  @Test
  void theLastMemberTakesTheGroupAndItsConstraintsAlong() {
    made(new Form.Primitive());
    ledger.configure(new DeleteResource(WEB));
    assertEquals(List.of(group(VIP)), configuration().groups());
    assertEquals(1, configuration().constraints().size());
    ledger.configure(new DeleteResource(VIP));
    assertEquals(List.of(), configuration().groups());
    assertEquals(List.of(), configuration().constraints());
  }

  @Test
  void membersOutliveTheirGroup() {
    made(new Form.Primitive());
    ledger.configure(new RemoveGroup(FRONT));
    assertEquals(List.of(), configuration().groups());
    assertEquals(List.of(), configuration().constraints());
    assertEquals(3, configuration().resources().size());
    ledger.misconfigure("HA-CONF-036", new RemoveGroup(FRONT));
  }

  @Test
  void whatCannotBeAMemberIsRefused() {
    ledger.configure(new CreateResource(primitive(WEB)));
    ledger.misconfigure("HA-CONF-064", new PutGroup(group(VIP, PG)));
    ledger.misconfigure("HA-CONF-066", new PutGroup(group()));
    ledger.misconfigure("HA-CONF-062", new PutGroup(group(VIP, VIP)));
    ledger.misconfigure("HA-CONF-063", new PutGroup(group(VIP, new ResourceId("none"))));
    ledger.misconfigure(
        "HA-CONF-061",
        new PutGroup(group(new Form.Promotable(FRONT_CLONE, 0, 1, new TreeMap<>()), VIP)));
    ledger.misconfigure(
        "HA-CONF-042",
        new PutGroup(
            new GroupDefinition(WEB, List.of(VIP), new TreeMap<>(), new Form.Primitive())));
    ResourceDefinition data = primitive(WEB);
    ledger.misconfigure(
        "HA-CONF-065",
        new SetMeta(WEB, new TreeMap<>(Map.of("holds-data", "true"))),
        new PutGroup(group(VIP, data.id())));
    ledger.configure(new PutGroup(group(VIP)));
    ledger.misconfigure(
        "HA-CONF-062",
        new PutGroup(
            new GroupDefinition(
                new ResourceId("other"), List.of(VIP), new TreeMap<>(), new Form.Primitive())));
    ledger.misconfigure(
        "HA-CONF-053",
        new PutConstraint(
            new Constraint.Colocation("c", FRONT, Role.STARTED, VIP, Role.STARTED, Score.MUST)));
    ledger.misconfigure(
        "HA-CONF-054",
        new PutConstraint(new Constraint.Location("c", FRONT, Role.PROMOTED, N1, Score.MUST)));
  }

  @Test
  void constraintsFollowTheName() {
    made(new Form.Clone(FRONT_CLONE, 0, new TreeMap<>()));
    ledger.configure(new PutConstraint(location(FRONT_CLONE)));
    assertTrue(configuration().cloned(primitive(WEB)));
    ledger.configure(new PutGroup(group(VIP, WEB)));
    assertEquals(location(FRONT), configuration().constraints().getFirst());
    ResourceId clone = new ResourceId("web-clone");
    ledger.configure(
        new RemoveGroup(FRONT),
        new ReplaceResource(primitive(WEB).as(new Form.Clone(clone, 0, new TreeMap<>()))),
        new PutConstraint(location(clone)));
    ledger.configure(new ReplaceResource(primitive(WEB)));
    assertEquals(location(WEB), configuration().constraints().getFirst());
  }

  @Test
  void countsOfInstancesAreWhatTheFormSays() {
    ResourceId id = new ResourceId("web-clone");
    ledger.configure(
        new CreateResource(
            primitive(WEB)
                .as(
                    new Form.Clone(
                        id,
                        0,
                        new TreeMap<>(
                            Map.of(
                                "clone-max", "2", "clone-node-max", "1", "interleave", "yes"))))));
    assertEquals(
        new Form.Clone(id, 2, new TreeMap<>(Map.of("interleave", "true"))),
        configuration().resource(WEB).orElseThrow().form());
    ledger.configure(new SetMeta(id, new TreeMap<>(Map.of("clone-max", "", "interleave", ""))));
    assertEquals(
        new Form.Clone(id, 0, new TreeMap<>()), configuration().resource(WEB).orElseThrow().form());
    for (String no : List.of("globally-unique=true", "clone-node-max=2", "notify=true")) {
      String[] parts = no.split("=", 2);
      ledger.misconfigure(
          "HA-CONF-047", new SetMeta(id, new TreeMap<>(Map.of(parts[0], parts[1]))));
    }
    ledger.misconfigure(
        "HA-CONF-048", new SetMeta(id, new TreeMap<>(Map.of("holds-data", "true"))));
    ledger.configure(new SetMeta(CLONE, new TreeMap<>(Map.of("clone-max", "3"))));
    assertEquals(
        new Form.Promotable(CLONE, 3, 1, new TreeMap<>()),
        configuration().resource(PG).orElseThrow().form());
  }

  @Test
  void instancesOfACloneStartOnSeveralNodesAndThoseOfASingleResourceDoNot() {
    made(new Form.Primitive());
    ledger.run(OperationKind.START, WEB, N1);
    ledger.refuse("HA-ACT-008", ledger.operation(OperationKind.START, WEB, N2));
    ledger.configure(new PutGroup(group(new Form.Clone(FRONT_CLONE, 0, new TreeMap<>()), WEB)));
    ledger.run(OperationKind.START, WEB, N2);
    ledger.misconfigure("HA-CONF-014", new PutGroup(group(WEB)));
    ledger.run(OperationKind.STOP, WEB, N2);
    ledger.configure(new PutGroup(group(WEB)));
  }
}
