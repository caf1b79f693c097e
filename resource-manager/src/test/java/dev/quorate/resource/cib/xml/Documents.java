package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Cib;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Small documents for tests.
final class Documents {
  private Documents() {}

  static CibReader.Result read(String text) {
    return CibReader.read(text.getBytes(StandardCharsets.UTF_8));
  }

  /// One that must be readable.
  static Cib cib(String text) {
    CibReader.Result result = read(text);
    return result.cib().orElseThrow(() -> new AssertionError(result.problems().toString()));
  }

  /// What is inside `configuration` begins in line 2.
  static String configuration(String inside) {
    return "<cib><configuration>\n" + inside + "\n</configuration></cib>";
  }

  /// Two resources `a` and `b` and, beginning in line 3, constraints.
  static String constraints(String inside) {
    return configuration(
        "<resources>"
            + primitive("a")
            + primitive("b")
            + "</resources><constraints>\n"
            + inside
            + "\n</constraints>");
  }

  /// A rule of a location, with what is inside beginning in line 4.
  static String rule(String inside) {
    return constraints(
        "<rsc_location id='l' rsc='a'><rule id='r' score='1'>\n"
            + inside
            + "</rule></rsc_location>");
  }

  static String primitive(String id) {
    return "<primitive id='" + id + "' class='ocf' provider='heartbeat' type='Dummy'/>";
  }

  static List<String> problems(String text) {
    return read(text).problems().stream().map(CibProblem::toString).toList();
  }

  static List<String> notices(String text) {
    CibReader.Result result = read(text);
    if (result.cib().isEmpty()) {
      throw new AssertionError(result.problems().toString());
    }
    return result.notices().stream().map(CibProblem::toString).toList();
  }
}
