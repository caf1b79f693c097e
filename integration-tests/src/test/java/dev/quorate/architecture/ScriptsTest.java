package dev.quorate.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the root scripts say when the machine does not have what they need.
///
/// Each runs with a PATH of our making: nothing is installed, and nobody becomes root.
class ScriptsTest {
  private static final List<String> TOOLS =
      List.of(
          "awk",
          "bash",
          "cat",
          "cut",
          "dirname",
          "env",
          "grep",
          "mktemp",
          "readlink",
          "rm",
          "seq",
          "sha256sum",
          "sleep",
          "sort",
          "tail",
          "uniq");

  /// Asks for an engine as root of a machine that installs nothing, and says what the tests get.
  private static final String NEED_ENGINE =
      """
      set -euo pipefail
      . .ci/host.sh
      . .ci/engine.sh
      is_root() { true; }
      install_packages() { say "E: not reachable"; return 100; }
      refresh_packages() { true; }
      trap stop_engine EXIT
      need_engine
      say "engine: ${QUORATE_ENGINE:-answers}"
      """;

  @TempDir Path scratch;
  private Path programs = Path.of("");

  /// How a script ended and all that it said.
  private record Run(int status, String output) {
    long sentences() {
      return output.lines().count();
    }
  }

  @BeforeEach
  void makePath() throws IOException {
    programs = Files.createDirectory(scratch.resolve("bin"));
    for (String tool : TOOLS) {
      Path real = Path.of("/usr/bin", tool);
      Files.createSymbolicLink(
          programs.resolve(tool), Files.exists(real) ? real : Path.of("/bin", tool));
    }
    script("id", "echo 1000");
  }

  @Test
  void withoutJdkOneSentenceNamesTheRemedy() throws Exception {
    Files.createDirectories(scratch.resolve("jvm/java-17/bin"));
    Run run = run("JVM_DIRECTORY=" + scratch.resolve("jvm"), "JAVA_HOME=/nowhere", "./check");
    assertEquals(3, run.status(), run.output());
    assertEquals(1, run.sentences(), run.output());
    assertTrue(run.output().contains("needs a JDK 25: install"), run.output());
  }

  @Test
  void jdkIsFoundByItsReleaseFile() throws Exception {
    for (String version : List.of("17.0.15", "25.0.3", "250.1")) {
      Path home = Files.createDirectories(scratch.resolve("jvm/jdk-" + version));
      Files.createDirectory(home.resolve("bin"));
      Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
      Path javac = Files.createFile(home.resolve("bin/javac"));
      assertTrue(javac.toFile().setExecutable(true));
    }
    Run run =
        run(
            "JVM_DIRECTORY=" + scratch.resolve("jvm"),
            "JAVA_HOME=" + scratch.resolve("jvm/jdk-17.0.15"),
            "-c",
            ". .ci/host.sh; find_jdk25");
    assertEquals(scratch.resolve("jvm/jdk-25.0.3").toString(), run.output().strip());
  }

  @Test
  void theDemoWithoutRootSaysSo() throws Exception {
    Run run = run("./demo");
    assertEquals(3, run.status(), run.output());
    assertEquals(1, run.sentences(), run.output());
    assertTrue(run.output().contains("needs root or sudo"), run.output());
  }

  @Test
  void anUnknownArgumentOfCheckIsRefused() throws Exception {
    for (List<String> arguments :
        List.of(
            List.of("everything"),
            List.of("fast", "3"),
            List.of("compare", "0"),
            List.of("compare", "many"),
            List.of("compare", "3", "4"))) {
      List<String> words = new ArrayList<>(List.of("./check"));
      words.addAll(arguments);
      Run run = run(words.toArray(String[]::new));
      assertEquals(2, run.status(), run.output());
      assertEquals("usage: ./check [fast | compare [ROUNDS]]", run.output().strip());
    }
  }

  @Test
  void withoutRootThereIsNoEngineAndItsTestsAreExcused() throws Exception {
    Run run = engine(NEED_ENGINE.replace("is_root() { true; }", ""));
    assertEquals(0, run.status(), run.output());
    assertTrue(run.output().contains("TESTS IN CONTAINERS WILL NOT RUN: no engine"), run.output());
    assertTrue(run.output().endsWith("engine: impossible\n"), run.output());
  }

  @Test
  void anEngineThatTheKernelRefusesExcusesItsTests() throws Exception {
    for (String why :
        List.of(
            "failed to start daemon: Devices cgroup isn't mounted",
            "failed to start daemon: error initializing graphdriver: driver not supported",
            "failed to start daemon: x: operation not permitted")) {
      Run run = engineThatSays(why);
      assertEquals(0, run.status(), run.output());
      assertTrue(run.output().contains("WILL NOT RUN: the kernel refuses"), run.output());
      assertTrue(run.output().endsWith("engine: impossible\n"), run.output());
    }
  }

  @Test
  void anEngineThatEndsForAnotherReasonEndsTheRun() throws Exception {
    for (String why :
        List.of(
            "failed to start daemon: mkdir: no space left on device",
            "failed to start daemon: pid file found",
            "level=warning msg='some feature is not supported'")) {
      Run run = engineThatSays(why);
      assertEquals(3, run.status(), run.output());
      assertTrue(run.output().contains("does not start ('" + why + "'): put"), run.output());
    }
  }

  private Run engineThatSays(String last) throws Exception {
    script("dockerd", "echo \"" + last + "\" >&2; exit 1");
    return engine(NEED_ENGINE);
  }

  @Test
  void anEngineThatCannotBeInstalledEndsTheRun() throws Exception {
    Run run = engine(NEED_ENGINE);
    assertEquals(3, run.status(), run.output());
    assertTrue(run.output().contains("E: not reachable\nThe engine"), run.output());
    assertTrue(run.output().contains("cannot be installed: see above"), run.output());
  }

  @Test
  void anImageThatCannotBeMadeEndsTheRun() throws Exception {
    script("docker", "test \"$1\" = version");
    Run noTool = engine(NEED_ENGINE);
    assertEquals(3, noTool.status(), noTool.output());
    assertTrue(noTool.output().contains("E: not reachable\nThe image"), noTool.output());

    script("debootstrap", "exit 1");
    Run noSource = engine(NEED_ENGINE);
    assertEquals(3, noSource.status(), noSource.output());
    assertTrue(noSource.output().contains("add a source of its packages"), noSource.output());
  }

  /// As on a machine whose `apt-get` knows no source of packages.
  private Run engine(String text) throws Exception {
    script("apt-get", "exit 0");
    return run("TMPDIR=" + scratch, "-c", text);
  }

  @Test
  void aRunOfMoreThanAnHourIsCalledSlow() throws Exception {
    String asked = ". .ci/host.sh; . .ci/build.sh; tell_time ";
    Run good = run("-c", asked + "3600");
    assertEquals(0, good.status(), good.output());
    assertEquals("== the whole took 3600 s\n", good.output());

    Run slow = run("-c", asked + "3601");
    assertEquals(0, slow.status(), slow.output());
    assertTrue(slow.output().startsWith("== TOO SLOW: the whole may take 3600 s"), slow.output());
    assertTrue(slow.output().endsWith("== the whole took 3601 s\n"), slow.output());
  }

  @Test
  void theLabNeedsTheNameOfNode() throws Exception {
    Run run = run("./hactl", "--lab");
    assertEquals(2, run.status(), run.output());
    assertTrue(run.output().contains("--lab needs the name of a node"), run.output());
  }

  @Test
  void aSkippedOrForgottenTestFailsTheReport() throws Exception {
    Path reports = Files.createDirectories(scratch.resolve("m/target/surefire-reports"));
    Path sources = Files.createDirectories(scratch.resolve("m/src/test/java/p"));
    Files.createDirectory(scratch.resolve(".ci"));
    Files.writeString(scratch.resolve(".ci/skips-allowed"), "p.ATest#excused nothing why\n");
    Files.writeString(sources.resolve("ATest.java"), "class ATest {}\n");
    Path report = reports.resolve("TEST-p.ATest.xml");

    Files.writeString(report, suite(""));
    assertEquals(0, report().status());

    Files.writeString(report, suite("<skipped message='no mood'/>"));
    Run skipped = report();
    assertEquals(1, skipped.status());
    assertTrue(skipped.output().contains("skipped without need: p.ATest#one: no mood"));

    Files.writeString(report, suite("<failure/>"));
    assertEquals(1, report().status());

    Files.writeString(report, suite(""));
    Files.writeString(sources.resolve("BTest.java"), "class BTest {}\n");
    Run forgotten = report();
    assertEquals(1, forgotten.status());
    assertTrue(forgotten.output().contains("never ran: p.BTest"));
  }

  @Test
  void aRowWhoseTestDidNotPassFailsTheReport() throws Exception {
    Path reports = Files.createDirectories(scratch.resolve("m/target/surefire-reports"));
    Path page = Files.createDirectories(scratch.resolve("docs/reference"));
    Files.createDirectory(scratch.resolve(".ci"));
    Files.writeString(scratch.resolve(".ci/skips-allowed"), "p.ATest# nothing why\n");
    Files.writeString(
        page.resolve("source-rows.md"),
        "| S0-10 | x | `p.ATest#one` |\n| S0-11 | y | open |\n| S0-12 | z | `p.ATest#two` |\n");
    Path report = reports.resolve("TEST-p.ATest.xml");
    String two = "<testcase classname='p.ATest' name='two(int)[1]'/>";

    Files.writeString(report, suite("").replace("</testsuite>", two + "</testsuite>"));
    Run good = report();
    assertEquals(0, good.status(), good.output());
    assertTrue(good.output().contains("S0-10  passed   p.ATest#one"), good.output());
    assertTrue(good.output().contains("2 rows have tests, 1 are open: S0-11"), good.output());

    Files.writeString(report, suite(""));
    Run gone = report();
    assertEquals(1, gone.status());
    assertTrue(gone.output().contains("row S0-12 of the source documents is not shown"));

    Files.writeString(report, suite("<skipped/>").replace("</testsuite>", two + "</testsuite>"));
    Run skipped = report();
    assertEquals(1, skipped.status());
    assertTrue(skipped.output().contains("p.ATest#one: skipped"), skipped.output());
  }

  private static String suite(String outcome) {
    return "<testsuite><testcase classname='p.ATest' name='one'>"
        + outcome
        + "</testcase></testsuite>";
  }

  private Run report() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin/java");
    return start(List.of(java.toString(), ".ci/TestReport.java", "0", "1", "--root=" + scratch));
  }

  private Run run(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/env", "-i", "PATH=" + programs, "HOME=" + scratch));
    List<String> rest = new ArrayList<>(List.of(arguments));
    while (rest.getFirst().matches("[A-Z_]+=.*")) {
      command.add(rest.removeFirst());
    }
    command.add("bash");
    command.addAll(rest);
    return start(command);
  }

  private Run start(List<String> command) throws Exception {
    Path output = scratch.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(Repository.root().toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");
    return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  private void script(String name, String body) throws IOException {
    Path file = programs.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }
}
