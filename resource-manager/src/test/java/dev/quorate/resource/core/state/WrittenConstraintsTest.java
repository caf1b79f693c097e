package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.CLONE;
import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static dev.quorate.resource.core.state.Ledger.N3;
import static dev.quorate.resource.core.state.Ledger.PG;
import static dev.quorate.resource.core.state.Ledger.VIP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand.PassTime;
import dev.quorate.resource.ConfigurationChange.CreateResource;
import dev.quorate.resource.ConfigurationChange.DeleteResource;
import dev.quorate.resource.ConfigurationChange.PutConstraint;
import dev.quorate.resource.ConfigurationChange.ReplaceResource;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Rule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Constraints in the words of a document.
class WrittenConstraintsTest {
  private static final ResourceId WEB = new ResourceId("web");

  private final Ledger ledger = Ledger.three();

  private static ResourceDefinition web() {
    return new ResourceDefinition(
        WEB,
        AgentType.parse("ocf:heartbeat:apache"),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        new Form.Primitive());
  }

  private static ResourceSet set(String action, Optional<Role> role, String... resources) {
    return new ResourceSet(
        "o-set",
        Arrays.asList(resources),
        Optional.empty(),
        Optional.empty(),
        "",
        action,
        role,
        Optional.empty(),
        "");
  }

  private static PutConstraint order(String id, ResourceSet... sets) {
    return new PutConstraint(
        new Constraint.Written(
            new ConstraintElement.Order(
                id,
                "",
                "",
                "",
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Arrays.asList(sets))));
  }

  private static PutConstraint location(
      String resource, String pattern, Rule.Condition... conditions) {
    return new PutConstraint(
        new Constraint.Written(
            new ConstraintElement.Location(
                "l",
                resource,
                pattern,
                List.of(),
                conditions.length == 0 ? "n1" : "",
                Optional.empty(),
                Optional.empty(),
                "",
                conditions.length == 0
                    ? List.of()
                    : List.of(
                        new Rule(
                            "l-rule",
                            true,
                            Optional.of(1),
                            "",
                            Optional.empty(),
                            Arrays.asList(conditions))))));
  }

  private static Rule.Condition comparison(Rule.ValueSource source) {
    return new Rule.Comparison("l-expr", "rack", Rule.Operation.EQ, Optional.empty(), source, "a");
  }

  private List<Constraint> constraints() {
    return ledger.state.configuration().constraints();
  }

  @Test
  void setsGoOnWithoutAResourceThatIsDeleted() {
    ledger.configure(
        new CreateResource(web()), order("o", set("", Optional.empty(), "vip", "web", "pgsql")));
    for (NodeId node : List.of(N1, N2, N3)) {
      ledger.run(OperationKind.MONITOR, WEB, node);
      ledger.run(OperationKind.MONITOR, VIP, node);
    }
    ledger.configure(new DeleteResource(WEB));
    assertEquals(
        List.of(order("o", set("", Optional.empty(), "vip", "pgsql")).constraint()), constraints());
    ledger.configure(location("vip", "", comparison(Rule.ValueSource.LITERAL)));
    ledger.configure(new DeleteResource(VIP));
    assertEquals(
        List.of(order("o", set("", Optional.empty(), "pgsql")).constraint()), constraints());
  }

  @Test
  void namesFollowAClone() {
    ledger.configure(new CreateResource(web()));
    ResourceId clone = new ResourceId("web-clone");
    ledger.configure(
        new ReplaceResource(web().as(new Form.Clone(clone, 0, new TreeMap<>()))),
        order("o", set("", Optional.empty(), "vip", "web-clone")));
    for (NodeId node : List.of(N1, N2, N3)) {
      ledger.run(OperationKind.MONITOR, WEB, node);
    }
    ledger.configure(new ReplaceResource(web()));
    assertEquals(
        List.of(order("o", set("", Optional.empty(), "vip", "web")).constraint()), constraints());
  }

  @Test
  void whatCannotBeIsRefused() {
    ledger.misconfigure("HA-CONF-051", order("o", set("", Optional.empty(), "vip", "no such")));
    ledger.misconfigure(
        "HA-CONF-054", order("o", set("promote", Optional.empty(), "vip", CLONE.name())));
    ledger.misconfigure(
        "HA-CONF-054", order("o", set("", Optional.of(Role.PROMOTED), "vip", PG.name())));
    ledger.misconfigure("HA-CONF-055", order("o", set("monitor", Optional.empty(), "vip")));
    ledger.misconfigure("HA-CONF-058", order("o", set("", Optional.of(Role.STOPPED), "vip")));
    ledger.misconfigure("HA-CONF-056", order("vip", set("", Optional.empty(), "vip")));
    ledger.misconfigure("HA-CONF-056", order("a b", set("", Optional.empty(), "vip")));
    ledger.misconfigure("HA-CONF-059", location("", "("));
    ledger.misconfigure("HA-CONF-071", location("", "^pg"));
    ledger.misconfigure(
        "HA-CONF-071", location(PG.name(), "", comparison(Rule.ValueSource.LITERAL)));
    ledger.misconfigure("HA-CONF-072", location("vip", "", comparison(Rule.ValueSource.META)));
    ledger.misconfigure(
        "HA-CONF-072",
        location("vip", "", new Rule.OperationMatch("l-op", "start", Optional.empty())));
    ledger.misconfigure(
        "HA-CONF-070",
        new PutConstraint(
            new Constraint.Written(
                new ConstraintElement.Ticket("t", "vip", Optional.empty(), "T", "", List.of()))));
    ledger.configure(location("", "^v"));
  }

  @Test
  void aMomentPasses() {
    ledger.accept(new PassTime(5_000_000));
    assertEquals(5_000_000, ledger.state.wallMillis());
    ledger.accept(new PassTime(1));
    assertEquals(5_000_000, ledger.state.wallMillis(), "time never goes back");
  }
}
