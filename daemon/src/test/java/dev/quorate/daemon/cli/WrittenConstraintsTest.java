package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.NodeDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Sets, rules and patterns, as they are typed, shown, written and read.
class WrittenConstraintsTest {
  private final TypedCluster cluster = new TypedCluster();

  private void type(String line) {
    assertEquals(ExitCode.OK, cluster.type(line), () -> line + ": " + cluster.remarks());
  }

  private void refused(String line, String message) {
    assertEquals(ExitCode.USAGE, cluster.type(line), line);
    assertTrue(cluster.remarks().contains(message), cluster.remarks());
  }

  private void build() {
    for (String id : List.of("a", "b", "c", "d")) {
      type("resource create " + id + " ocf:heartbeat:IPaddr2 ip=10.0.0.9");
    }
    type("resource create pg ocf:heartbeat:pgsqlms pgdata=/x promotable");
    type("constraint order set a b sequential=false set c action=start setoptions kind=Mandatory");
    type(
        "constraint colocation set a b set pg-clone role=Promoted setoptions score=100 id=with-primary");
    type("constraint order a then b kind=Serialize");
    type("constraint order pg-clone then d require-all=false");
    type("constraint colocation add c with d -5 node-attribute=rack");
    type(
        "constraint location d rule score=-INFINITY not_defined disk or ( disk lt integer 10 and date"
            + " gt 2027-01-01 )");
    type(
        "constraint location c rule constraint-id=office score-attribute=wish date-spec hours=9-16 weekdays=1-5");
    type("constraint location regexp%^[ab]$ avoids n3");
  }

  private static final String SHOWN =
      """
      Location Constraints:
        resource 'd' (id: location-d)
          Rule: boolean-op=or score=-INFINITY (id: location-d-rule)
            Expression: not_defined disk
            Rule: boolean-op=and (id: location-d-rule-rule)
              Expression: disk lt integer 10
              Expression: date gt 2027-01-01T00:00:00Z
        resource 'c' (id: office)
          Rule: boolean-op=and score-attribute=wish (id: office-rule)
            Expression: date-spec hours=9-16 weekdays=1-5
        resource pattern '^[ab]$' avoids node 'n3' with score INFINITY (id: location-__ab__-n3--INFINITY)
      Colocation Constraints:
        resource sets (id: with-primary)
          score=100
          Resource Set: with-primary-set
            Resources: 'a', 'b'
          Resource Set: with-primary-set-1
            Resources: 'pg-clone'
            role=Promoted
        Started resource 'c' with Started resource 'd' (id: colocation-c-d--5)
          score=-5 node-attribute=rack
      Order Constraints:
        resource sets (id: order-set-a-b-c)
          kind=Mandatory
          Resource Set: order-set-a-b-c-set
            Resources: 'a', 'b'
            sequential=false
          Resource Set: order-set-a-b-c-set-1
            Resources: 'c'
            action=start
        start resource 'a' then start resource 'b' (id: order-a-b-serialize)
          kind=Serialize
        start resource 'pg-clone' then start resource 'd' (id: order-pg-clone-d-mandatory)
          require-all=false kind=Mandatory
      """;

  @Test
  void whatIsTypedIsShown() {
    build();
    type("constraint config");
    assertEquals(SHOWN, cluster.output() + "\n");
    type("constraint ref c");
    assertEquals(
        List.of("  order-set-a-b-c", "  colocation-c-d--5", "  office"),
        cluster.output().lines().toList());
    type("constraint delete order-set-a-b-c with-primary");
    type("constraint ref a");
    assertEquals("  order-a-b-serialize", cluster.output());
  }

  @Test
  void documentsKeepEveryWord() {
    build();
    ClusterConfiguration before = cluster.state().configuration();
    type("cib export");
    String xml = cluster.output();
    type(push(xml));
    assertEquals("The configuration is already as the document says.", cluster.output());
    TypedCluster other = new TypedCluster();
    assertEquals(ExitCode.OK, other.type(push(xml)), other.remarks());
    assertEquals(before.constraints(), other.state().configuration().constraints());
    type(push(xml.replace("sequential=\"false\"", "sequential=\"true\""), "--dry-run"));
    assertEquals(
        "Would be changed:\n  constraint order-set-a-b-c (order of 'a', 'b', 'c'): changed",
        cluster.output());
  }

  @Test
  void aRuleThatNamesANodeIsAPlainConstraint() {
    build();
    type("constraint delete location-d");
    type("constraint location d rule score=7 #uname eq n2");
    type("cib export");
    String xml = cluster.output();
    TypedCluster other = new TypedCluster();
    assertEquals(ExitCode.OK, other.type(push(xml)), other.remarks());
    Constraint constraint =
        other.state().configuration().constraints().stream()
            .filter(c -> c.id().equals("location-d"))
            .findFirst()
            .orElseThrow();
    assertEquals("n2", ((Constraint.Location) constraint).node().name());
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    build();
    refused("constraint order set a x", "resource 'x' does not exist");
    refused("constraint order set a b colour=red", "there is no option 'colour' here");
    refused("constraint order set a b action=promote", "cannot be promoted");
    refused("constraint order set a b setoptions kind=Sometimes", "'kind' cannot be");
    refused("constraint colocation set a b role=Stopped", "the role Stopped is not supported");
    refused("constraint location pg-clone rule rack eq a", "holds data, and its elections go by");
    refused("constraint location a rule rack like a", "'like' is not a comparison");
    refused("constraint location a rule ( rack eq a", "a ')' is missing");
    refused("constraint location a rule rack eq a b", "'b' is not expected");
    refused("constraint location a rule date gt yesterday", "'yesterday' is not a date");
    refused("constraint location a rule date-spec ours=1", "'ours' is not one of");
    refused("constraint location d rule rack eq a", "there is a constraint 'location-d' already");
    refused("constraint location regexp%( avoids n1", "is not a pattern");
    refused("constraint location regexp%pg avoids n1", "holds data");
  }

  @Test
  void aNameThatWasMadeUpReplacesNothingElse() {
    build();
    refused("constraint order set a set b c", "there is a constraint 'order-set-a-b-c' already");
    type("constraint order set a set b c setoptions id=other");
    type("constraint colocation set a b");
    type("constraint colocation set a b");
    refused("constraint colocation set a set b", "'colocation-set-a-b' already");
    type("constraint location regexp%a.* avoids n1");
    refused("constraint location regexp%a.? avoids n1", "already");
  }

  @Test
  void anImportDropsNoConstraintForItsName() {
    build();
    type("cib export");
    String xml = cluster.output();
    String tagged =
        xml.replace(
                "</constraints>",
                "<rsc_location id='loc' rsc='both' node='n1' score='1'/>"
                    + "<rsc_location id='loc-a' rsc='c' node='n2' score='2'/></constraints>")
            .replace(
                "</configuration>",
                "<tags><tag id='both'><obj_ref id='a'/><obj_ref id='b'/></tag></tags></configuration>");
    refused(push(tagged), "another constraint is or becomes loc-a");
  }

  @Test
  void anImportLeavesAWitnessWhatItIs() {
    type("node attribute n3 witness=on");
    type("node attribute n3 rack=r1");
    type("cib export");
    String xml = cluster.output();
    String plain = xml.replaceAll("<nvpair[^>]*name=\"(witness|rack)\"[^>]*/>", "");
    assertTrue(xml.length() > plain.length(), xml);
    type(push(plain));
    NodeDefinition node = cluster.state().configuration().nodes().get(new NodeId("n3"));
    assertEquals(Map.of("witness", "on"), Objects.requireNonNull(node).attributes());
  }

  private static String push(String xml, String... options) {
    return "cib import --document="
        + PackedDocument.pack(xml.getBytes(StandardCharsets.UTF_8))
        + " "
        + String.join(" ", options);
  }
}
