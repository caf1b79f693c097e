package dev.quorate.resource.cib.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.ConstraintElement.Colocation;
import dev.quorate.resource.ConstraintElement.Location;
import dev.quorate.resource.ConstraintElement.Order;
import dev.quorate.resource.Role;
import dev.quorate.resource.Rule;
import dev.quorate.resource.Rule.DateComparison;
import dev.quorate.resource.Rule.Range;
import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.AttributeBlock.Entry;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.CibConfiguration.FencingLevel;
import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.Element;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.cib.ResourceElement.Operation;
import dev.quorate.resource.cib.ResourceElement.Primitive;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CibReaderTest {
  private final Cib cib = Documents.cib(Examples.EVERYTHING);
  private final CibConfiguration configuration = cib.configuration();

  private <T extends ResourceElement> T resource(String id, Class<T> type) {
    return type.cast(
        configuration.resources().stream()
            .filter(resource -> resource.id().equals(id))
            .findFirst()
            .orElseThrow());
  }

  private <T> T constraint(String id, Class<T> type) {
    return type.cast(
        configuration.constraints().stream()
            .filter(constraint -> constraint.id().equals(id))
            .findFirst()
            .orElseThrow());
  }

  @Test
  void onlyTheUnknownSectionIsNoticed() {
    int start = Examples.EVERYTHING.indexOf("<future-things");
    long line = Examples.EVERYTHING.substring(0, start).lines().count();
    assertEquals(
        List.of(
            "line "
                + line
                + ": the element \"future-things\" in configuration is kept and ignored"),
        Documents.notices(Examples.EVERYTHING));
    assertEquals(
        List.of("alerts", "acls", "future-things"),
        configuration.kept().stream().map(Element::name).toList());
    assertEquals("some text", configuration.kept().getLast().text());
  }

  @Test
  void operationsAreNormalised() {
    Primitive first = resource("a", Primitive.class);

    assertEquals(
        List.of("a-start", "a-monitor", "t-monitor"),
        first.operations().stream().map(Operation::id).toList());
    assertEquals(
        List.of(0L, 1_500L, 10_000L),
        first.operations().stream().map(Operation::intervalMillis).toList());
    assertEquals(
        Map.of("role", "Promoted", "enabled", "false"), first.operations().get(1).attributes());
    assertEquals(Map.of("role", "Unpromoted"), first.operations().get(2).attributes());
    assertEquals(
        first.operations(),
        resource("g", ResourceElement.Group.class).members().getFirst().operations());
  }

  @Test
  void referencesHaveTheContentOfWhatTheyReferTo() {
    Primitive member = resource("g", ResourceElement.Group.class).members().getFirst();

    AttributeBlock meta = member.meta().getFirst();
    assertTrue(meta.reference());
    assertEquals("a-meta", meta.id());
    assertEquals(List.of(new Entry("a-1", "priority", "5")), meta.entries());
    String value = "line\ntwo \"x\" <";
    assertEquals(
        List.of(new Entry("a-2", "text", value), new Entry("a-2", "other", value)),
        member.parameters().getFirst().entries());
    assertEquals(
        constraint("l2", Location.class).rules(),
        constraint("l3", Location.class).rules().subList(0, 1));
  }

  @Test
  void theOldMasterIsAClone() {
    assertTrue(resource("m", ResourceElement.Clone.class).promotable());
    assertFalse(resource("c", ResourceElement.Clone.class).promotable());
    assertInstanceOf(
        ResourceElement.Group.class, resource("m", ResourceElement.Clone.class).child());
  }

  @Test
  void constraints() {
    Location pattern = constraint("l2", Location.class);
    assertEquals("^(g.)$", pattern.pattern());
    assertEquals(Optional.of(Role.PROMOTED), pattern.role());
    assertEquals(Optional.of(Role.UNPROMOTED), pattern.rules().getFirst().role());
    assertEquals("pingd", pattern.rules().getFirst().scoreAttribute());
    Colocation apart = constraint("c1", Colocation.class);
    assertEquals(-1_000_000, apart.score());
    assertEquals(Optional.of(false), apart.influence());
    assertEquals(Optional.of(Order.Kind.OPTIONAL), constraint("o-1", Order.class).kind());
    assertEquals("ci:0", constraint("o-2", Order.class).then());
    assertEquals(
        constraint("c2", Colocation.class).sets().getFirst(),
        constraint("c2", Colocation.class).sets().getLast());
  }

  @Test
  void dates() {
    List<Rule.Condition> conditions =
        configuration.properties().getLast().rule().orElseThrow().conditions();

    DateComparison fields = assertInstanceOf(DateComparison.class, conditions.getFirst());
    assertEquals(
        Map.of(
            "hours",
            new Range(22, Integer.MAX_VALUE),
            "weekdays",
            new Range(1, 5),
            "months",
            new Range(0, 6),
            "years",
            new Range(2005, 2005)),
        fields.fields());
    DateComparison month = assertInstanceOf(DateComparison.class, conditions.get(1));
    assertEquals(Rule.DateOperation.IN_RANGE, month.operation());
    assertEquals(Optional.of(Instant.parse("2005-01-01T00:00:00Z")), month.start());
    assertEquals(Map.of("months", 1, "days", 2), month.duration());
    DateComparison both = assertInstanceOf(DateComparison.class, conditions.getLast());
    assertEquals(month.duration(), both.duration());
    assertEquals(fields.fields(), both.fields());
  }

  @Test
  void nodesAndLevels() {
    assertEquals("member", configuration.nodes().getFirst().type());
    assertEquals(10, configuration.nodes().getFirst().score());
    assertEquals("member", configuration.nodes().getLast().type());
    assertEquals(
        List.of(
            new FencingLevel("f1", "target", "n1", "", 1, List.of("dev", "a")),
            new FencingLevel("f2", "target-attribute", "rack", "1", 2, List.of("dev")),
            new FencingLevel("f3", "target-pattern", "n.*", "", 1, List.of("dev"))),
        configuration.fencingLevels());
  }

  @Test
  void history() {
    var states = cib.status().nodes();
    assertEquals("", states.getLast().name());
    assertEquals(Optional.of("offline"), states.getLast().attribute("crmd"));
    assertEquals(2, states.getFirst().transientAttributes().getFirst().entries().size());
    HistoryEntry monitor = states.getFirst().history().getFirst().entries().getLast();
    assertEquals(1_500, monitor.intervalMillis());
    assertEquals(-1, monitor.operationStatus());
    assertEquals(193, monitor.exitCode());
    assertEquals(-1, monitor.callId());
    assertEquals(Map.of("exit-reason", ""), monitor.attributes());
  }

  @Test
  void aBundleKeepsItsElement() {
    ResourceElement.Bundle bundle = resource("b", ResourceElement.Bundle.class);
    assertEquals("podman", bundle.element().children().getFirst().name());
    assertEquals("bi", bundle.child().orElseThrow().id());
  }

  /// Counted, not timed: with anything but linear effort this would not end.
  @Test
  void manyResourcesAndConstraints() {
    int resources = 10_000;
    int constraints = 100_000;
    StringBuilder text = new StringBuilder("<resources>\n");
    for (int i = 0; i < resources; i++) {
      text.append(Documents.primitive("r" + i)).append('\n');
    }
    text.append("</resources><constraints>\n");
    for (int i = 0; i < constraints; i++) {
      int first = i % (resources - 1);
      text.append("<rsc_order id='o" + i + "' first='r" + first + "' then='r" + (first + 1))
          .append("'/>\n");
    }
    text.append("</constraints>");

    Cib large = Documents.cib(Documents.configuration(text.toString()));

    assertEquals(resources, large.configuration().resources().size());
    assertEquals(constraints, large.configuration().constraints().size());
    assertEquals(large, Documents.cib(CibWriter.write(large)));
  }

  @Test
  void manyUsersOfOneBlock() {
    int users = 10_000;
    StringBuilder text =
        new StringBuilder(
            "<resources><primitive id='x' class='lsb' type='y'><meta_attributes id='m'>");
    for (int i = 0; i < users; i++) {
      text.append("<nvpair id='p" + i + "' name='n" + i + "' value='v'/>");
    }
    text.append("</meta_attributes></primitive>");
    for (int i = 0; i < users; i++) {
      text.append("<primitive id='u" + i + "' class='lsb' type='y'><meta_attributes id-ref='m'/>");
      text.append("</primitive>");
    }

    Cib large = Documents.cib(Documents.configuration(text + "</resources>"));

    assertEquals(
        users, large.configuration().resources().getLast().meta().getFirst().entries().size());
  }
}
