import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// Sums up the reports of all modules, and fails if a test did not run that could have run here, or
/// one did not pass that stands for a row of the source documents.
///
/// Usage: java .ci/TestReport.java STATUS-OF-THE-BUILD SECONDS [--root=DIRECTORY]
public class TestReport {
  private static final Pattern ABSTRACT = Pattern.compile("(?m)^\\s*(public )?(abstract class|interface|sealed interface) ");

  private final Path root;
  private final SourceRows rows;
  private int run;
  private int failed;
  private final List<String> failures = new ArrayList<>();
  private final List<String> flaky = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  TestReport(Path root) {
    this.root = root;
    this.rows = new SourceRows(root);
  }

  public static void main(String[] arguments) throws Exception {
    boolean built = arguments[0].equals("0");
    long seconds = Long.parseLong(arguments[1]);
    Path root = Path.of(arguments.length > 2 ? arguments[2].substring("--root=".length()) : ".");
    TestReport report = new TestReport(root);
    report.read();
    report.judgeSkips();
    if (built) {
      report.findUnreported();
      report.refused.addAll(report.rows.print());
    }
    System.exit(report.print(built, seconds) ? 0 : 1);
  }

  private void read() throws Exception {
    for (Path file : find("*/target/{surefire,failsafe}-reports/TEST-*.xml")) {
      var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      NodeList cases = builder.parse(file.toFile()).getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        Element test = (Element) cases.item(i);
        String name = test.getAttribute("classname") + "#" + test.getAttribute("name");
        rows.note(test.getAttribute("classname"), test.getAttribute("name"), result(test));
        if (has(test, "skipped")) {
          Element skip = (Element) test.getElementsByTagName("skipped").item(0);
          skipped.add(name + ": " + skip.getAttribute("message"));
          continue;
        }
        run++;
        if (has(test, "flakyFailure") || has(test, "flakyError")) {
          flaky.add(name);
        }
        if (has(test, "failure") || has(test, "error")) {
          failed++;
          failures.add(name);
        }
      }
    }
  }

  private static String result(Element test) {
    if (has(test, "failure") || has(test, "error")) {
      return "failed";
    }
    return has(test, "skipped") ? "skipped" : "passed";
  }

  private static boolean has(Element test, String outcome) {
    return test.getElementsByTagName(outcome).getLength() > 0;
  }

  private void judgeSkips() throws IOException {
    List<String> allowed =
        Files.readAllLines(root.resolve(".ci/skips-allowed")).stream().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    for (String skip : skipped) {
      boolean excused =
          allowed.stream()
              .map(line -> line.split("\\s+", 3))
              .anyMatch(line -> Pattern.compile(line[0]).matcher(skip).lookingAt() && isMissing(line[1]));
      if (!excused) {
        refused.add("skipped without need: " + skip);
      }
    }
  }

  private boolean isMissing(String capability) {
    return switch (capability) {
      case "root" -> !"root".equals(System.getProperty("user.name"));
      case "namespaces" -> !"root".equals(System.getProperty("user.name")) || !onPath("ip");
      case "postgresql" -> !Files.isDirectory(Path.of("/usr/lib/postgresql"));
      case "engine" -> "impossible".equals(System.getenv("QUORATE_ENGINE"));
      case "crm_simulate" -> !onPath("crm_simulate");
      case "scheduler-cases" -> !Files.isDirectory(root.resolve("../shared/scheduler-cases"));
      default -> false;
    };
  }

  private static boolean onPath(String program) {
    return Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin").anyMatch(home -> Files.isExecutable(Path.of(home, program)));
  }

  /// A test class without a report was never run: wrong name, wrong tag, or a runner that gave up.
  private void findUnreported() throws IOException {
    for (Path source : find("*/src/test/java/**{Test,IT}.java")) {
      String path = root.relativize(source).toString().replace('\\', '/');
      String type = path.replaceFirst("^[^/]+/src/test/java/", "").replaceFirst("\\.java$", "").replace('/', '.');
      Path target = root.resolve(path.substring(0, path.indexOf('/'))).resolve("target");
      String report = "TEST-" + type + ".xml";
      if (!Files.exists(target.resolve("surefire-reports").resolve(report))
          && !Files.exists(target.resolve("failsafe-reports").resolve(report))
          && !ABSTRACT.matcher(Files.readString(source)).find()) {
        refused.add("never ran: " + type);
      }
    }
  }

  private List<Path> find(String glob) throws IOException {
    var matcher = root.getFileSystem().getPathMatcher("glob:" + glob);
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> matcher.matches(root.relativize(file))).sorted().toList();
    }
  }

  private boolean print(boolean built, long seconds) {
    flaky.forEach(name -> System.out.println("passed only at the second try: " + name));
    skipped.forEach(skip -> System.out.println("skipped: " + skip));
    failures.forEach(failure -> System.out.println("failed: " + failure));
    refused.forEach(System.out::println);
    boolean good = built && failed == 0 && refused.isEmpty() && run > 0;
    System.out.printf(
        "== %s: %d tests run, %d failed, %d skipped%s, %d s%n",
        good ? "all checks passed" : "CHECKS FAILED",
        run,
        failed,
        skipped.size(),
        built ? "" : " (the build itself failed, see above)",
        seconds);
    return good;
  }
}
