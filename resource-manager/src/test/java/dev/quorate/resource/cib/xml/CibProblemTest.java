package dev.quorate.resource.cib.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused and what is noticed, each with its place.
class CibProblemTest {
  private static void refused(String text, String problem) {
    assertEquals(List.of(problem), Documents.problems(text));
  }

  private static void noticed(String text, String notice) {
    assertEquals(List.of(notice), Documents.notices(text));
  }

  @Test
  void everythingWrongIsToldAtOnce() {
    List<String> problems =
        Documents.problems(
            Documents.constraints(
                """
                <rsc_location id='l' rsc='x' node='n' score='much'/>
                <rsc_order id='l' first='a' then='y' kind='Sometimes'/>\
                """));

    assertEquals(
        List.of(
            "line 3, id \"l\": the attribute \"rsc\" names \"x\", which is no resource, template or tag",
            "line 3, id \"l\": the attribute \"score\" is \"much\", not a score",
            "line 4, id \"l\": the id of this rsc_order in constraints is already that of the"
                + " rsc_location in line 3",
            "line 4, id \"l\": the attribute \"then\" names \"y\", which is no resource, template or tag",
            "line 4, id \"l\": the attribute \"kind\" is \"Sometimes\", not one of [mandatory, optional,"
                + " serialize]"),
        problems);
  }

  @Test
  void tooManyProblemsAreCounted() {
    int count = Problems.LIMIT + 5;
    List<CibProblem> problems =
        Documents.read(
                Documents.configuration("<nodes>" + "<node uname='x'/>".repeat(count) + "</nodes>"))
            .problems();

    assertEquals(Problems.LIMIT + 1, problems.size());
    assertEquals("document: 5 more", problems.getLast().toString());
  }

  @Test
  void notACib() {
    refused("<bic/>", "line 1: the document is a \"bic\", not a cib");
    refused("<cib/>", "line 1: there is no configuration");
    refused(
        "<cib><configuration/><configuration/></cib>",
        "line 1: there is more than one configuration");
  }

  @Test
  void resourceInTwoGroups() {
    refused(
        Documents.configuration(
            "<resources><group id='g'>\n"
                + Documents.primitive("p")
                + "</group><group id='h'>\n"
                + Documents.primitive("p")
                + "</group></resources>"),
        "line 4, id \"p\": the id of this primitive in group is already that of the primitive in"
            + " line 3");
  }

  @Test
  void identities() {
    refused(
        Documents.configuration(
            "<nodes>\n<node id='1' uname='a'/>\n<node id='1' uname='b'/></nodes>"),
        "line 4, id \"1\": the id of this node in nodes is already that of the node in line 3");
    assertEquals(
        List.of(),
        Documents.problems(
            Documents.configuration(
                "<nodes><node id='a' uname='a'/></nodes><resources>"
                    + Documents.primitive("a")
                    + "</resources>")));
    refused(
        Documents.configuration(
            "<resources><primitive id='p' class='lsb' type='x'>\n<meta_attributes id='p'/>"
                + "</primitive></resources>"),
        "line 3, id \"p\": the id of this meta_attributes in primitive is already that of the primitive"
            + " in line 2");
    refused(
        Documents.configuration("<resources>\n<primitive class='lsb' type='x'/></resources>"),
        "line 3: this primitive needs the attribute \"id\"");
  }

  @Test
  void agents() {
    refused(
        Documents.configuration("<resources><primitive id='p' class='lsb'/></resources>"),
        "line 2, id \"p\": this primitive needs the attribute \"type\"");
    refused(
        Documents.configuration("<resources><primitive id='p' template='t'/></resources>"),
        "line 2, id \"p\": there is no template \"t\"");
    refused(
        Documents.configuration("<resources><clone id='c'/></resources>"),
        "line 2, id \"c\": a clone must hold one primitive or one group");
    noticed(
        Documents.configuration("<resources><group id='g'/></resources>"),
        "line 2, id \"g\": this group has no members");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "interval='soon' | the attribute \"interval\" is \"soon\", not an interval",
        "interval='-5' | the attribute \"interval\" is \"-5\", not an interval",
        "role='King' | the attribute \"role\" is \"King\", not a role",
      })
  void operations(String attribute, String message) {
    refused(
        Documents.configuration(
            "<resources><primitive id='p' class='lsb' type='x'><operations>\n<op id='o' name='monitor' "
                + attribute
                + "/></operations></primitive></resources>"),
        "line 3, id \"o\": " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "meta_attributes|<meta_attributes id-ref='x'/>",
        "operations|<operations id-ref='x'/>",
        "op|<operations><op id-ref='x'/></operations>",
        "nvpair|<utilization id='u'><nvpair id-ref='x'/></utilization>",
      })
  void referencesToNothing(String kind, String inside) {
    refused(
        Documents.configuration(
            "<resources><primitive id='x' class='lsb' type='x'>\n"
                + inside
                + "</primitive></resources>"),
        "line 3: refers to the " + kind + " \"x\", which does not exist");
  }

  @Test
  void referencesInCircles() {
    refused(
        Documents.rule("<rule id='s'><rule id-ref='r'/></rule>"),
        "line 4: this rule contains itself");
    refused(
        Documents.configuration(
            "<resources><primitive id='x' class='lsb' type='x'>\n"
                + "<operations id='o' id-ref='o'/></primitive></resources>"),
        "line 3, id \"o\": refers to \"o\", which is itself a reference");
  }

  @Test
  void rulesThatGrowByReference() {
    StringBuilder rules = new StringBuilder("<rule id='r0'><rule id='x'/></rule>");
    for (int i = 1; i < 40; i++) {
      rules.append(
          "<rule id='r" + i + "'>" + ("<rule id-ref='r" + (i - 1) + "'/>").repeat(2) + "</rule>");
    }
    List<String> problems = Documents.problems(Documents.rule(rules.toString()));

    assertTrue(problems.getFirst().contains("too large or too deep"), problems.toString());
    StringBuilder chain = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      chain.append("<rule id='r" + i + "'><rule id-ref='r" + (i + 1) + "'/></rule>");
    }
    problems = Documents.problems(Documents.rule(chain + "<rule id='r1000'/>"));
    assertTrue(problems.getFirst().contains("deeper than 64"), problems.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<rsc_location id='c' rsc='a'/>|a location needs a node or a rule",
        "<rsc_location id='c' node='n' score='1'/>|a location needs one of rsc, rsc-pattern and resource sets",
        "<rsc_location id='c' rsc='a' rsc-pattern='b' node='n'/>"
            + "|a location needs one of rsc, rsc-pattern and resource sets",
        "<rsc_location id='c' rsc='a' node='n' score='1.5'/>|the attribute \"score\" is \"1.5\", not a score",
        "<rsc_location id='c' rsc='a' node='n' resource-discovery='perhaps'/>"
            + "|the attribute \"resource-discovery\" is \"perhaps\", not one of [always, never, exclusive]",
        "<rsc_colocation id='c' rsc='a'/>|this rsc_colocation needs the attribute \"with-rsc\"",
        "<rsc_colocation id='c' rsc='a' with-rsc='a:x'/>"
            + "|the attribute \"with-rsc\" names \"a:x\", which is no resource, template or tag",
        "<rsc_order id='c' first='a' then='b' first-action='dance'/>"
            + "|the attribute \"first-action\" is \"dance\", not one of [start, stop, promote, demote]",
        "<rsc_order id='c' first='a' then='b' symmetrical='maybe'/>"
            + "|the attribute \"symmetrical\" is \"maybe\", not a boolean",
        "<rsc_ticket id='c' rsc='a'/>|this rsc_ticket needs the attribute \"ticket\"",
      })
  void constraints(String constraint, String message) {
    refused(Documents.constraints(constraint), "line 3, id \"c\": " + message);
  }

  @Test
  void sets() {
    refused(
        Documents.constraints(
            "<rsc_order id='o'><resource_set id='s'>\n<resource_ref id='x'/></resource_set></rsc_order>"),
        "line 4, id \"x\": the attribute \"id\" names \"x\", which is no resource, template or tag");
    refused(
        Documents.constraints(
            "<rsc_order id='o' first='a'><resource_set id='s'><resource_ref id='b'/></resource_set></rsc_order>"),
        "line 3, id \"o\": the attribute \"first\" cannot be used with resource sets");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<expression id='e' attribute='x' operation='like' value='1'/>"
            + "|the attribute \"operation\" is \"like\", not one of [defined, not_defined, eq, ne, lt, lte, gt, gte]",
        "<expression id='e' operation='defined'/>|this expression needs the attribute \"attribute\"",
        "<date_expression id='e' start='yesterday'/>|the attribute \"start\" is \"yesterday\", not a date",
        "<date_expression id='e' operation='gt' end='2005-001'/>"
            + "|this date_expression does not say which dates are meant",
        "<op_expression id='e'/>|this op_expression needs the attribute \"name\"",
      })
  void rules(String condition, String message) {
    refused(Documents.rule(condition), "line 4, id \"e\": " + message);
  }

  @Test
  void durationsAndFields() {
    refused(
        Documents.rule(
            "<date_expression id='e' start='2005-001'>\n<duration id='d' years='99999'/></date_expression>"),
        "line 5, id \"d\": the attribute \"years\" is \"99999\", not a number of years up to 10000");
    refused(
        Documents.rule(
            "<date_expression id='e' operation='date_spec'>\n<date_spec id='d' hours='9-5'/></date_expression>"),
        "line 5, id \"d\": the attribute \"hours\" is \"9-5\", not a range");
  }

  @Test
  void tagsLevelsAndNodes() {
    refused(
        Documents.configuration("<tags><tag id='t'>\n<obj_ref id='x'/></tag></tags>"),
        "line 3, id \"x\": the tag refers to what does not exist");
    refused(
        Documents.configuration(
            "<fencing-topology><fencing-level id='f' target='n' index='1' devices='x'/></fencing-topology>"),
        "line 2, id \"f\": there is no fence device \"x\"");
    refused(
        Documents.configuration("<nodes><node id='1' uname='n' type='moon'/></nodes>"),
        "line 2, id \"1\": the attribute \"type\" is \"moon\", not one of [member, normal, ping, remote]");
    noticed(
        Documents.configuration(
            "<nodes><node id='1' uname='n'/>\n<node id='2' uname='N'/></nodes>"),
        "line 3, id \"2\": another node has the name \"N\", too");
  }

  @Test
  void status() {
    refused(
        "<cib><configuration/><status><node_state id='1'><lrm><lrm_resources>"
            + "<lrm_resource id='r'>\n<lrm_rsc_op id='o' operation='start' op-status='0' rc-code='good'"
            + " call-id='1'/></lrm_resource></lrm_resources></lrm></node_state></status></cib>",
        "line 2, id \"o\": the attribute \"rc-code\" is \"good\", not a whole number");
  }

  @Test
  void whatIsNotKnownIsNoticed() {
    noticed(
        Documents.constraints("<rsc_order id='o' first='a' then='b' colour='red'/>"),
        "line 3, id \"o\": the attribute \"colour\" of rsc_order is ignored");
    noticed(
        Documents.constraints("<rsc_order id='o' first='a' then='b'>\n<colour/></rsc_order>"),
        "line 4: the element \"colour\" in rsc_order is ignored");
    noticed(Documents.constraints("text"), "line 2: the text in constraints is ignored");
    noticed(
        Documents.constraints(
            "<rsc_location id='l' rsc='a' node='n' score='1'>\n<lifetime><rule id='x'/></lifetime></rsc_location>"),
        "line 4: a lifetime is ignored: the constraint always holds");
    noticed(
        Documents.constraints("<rsc_colocation id='c' rsc='a' with-rsc='b' influence='so'/>"),
        "line 3, id \"c\": the attribute \"influence\" is \"so\" and is ignored");
  }

  @Test
  void loops() {
    noticed(
        Documents.constraints(
            "<rsc_order id='o1' first='a' then='b'/>\n<rsc_order id='o2' first='b' then='a'/>"),
        "line 4, id \"o2\": mandatory orders form a loop: a, b, a");
    noticed(
        Documents.constraints(
            "<rsc_colocation id='c1' rsc='a' with-rsc='b' score='INFINITY'/>\n"
                + "<rsc_colocation id='c2' rsc='b' with-rsc='a' score='INFINITY'/>"),
        "line 4, id \"c2\": colocations with a score of INFINITY form a loop: a, b, a");
    assertEquals(
        List.of(),
        Documents.notices(
            Documents.constraints(
                "<rsc_order id='o1' first='a' then='b'/>\n"
                    + "<rsc_order id='o2' first='b' then='a' kind='Optional'/>"
                    + "<rsc_order id='o3' first='b' first-action='stop' then='a'/>"
                    + "<rsc_colocation id='c1' rsc='a' with-rsc='b' score='5'/>\n"
                    + "<rsc_colocation id='c2' rsc='b' with-rsc='a' score='5'/>")));
  }
}
