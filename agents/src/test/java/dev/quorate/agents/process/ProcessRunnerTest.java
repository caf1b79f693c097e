package dev.quorate.agents.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProcessRunnerTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final ProcessRunner runner = new ProcessRunner();

  private ProcessOutcome sh(Duration deadline, String script) {
    return runner.run(ProgramCall.of("", deadline, List.of("sh", "-c", script)));
  }

  @Test
  void saysHowAProgramEnded() {
    assertEquals(
        new ProcessOutcome.Exited(3, "out\n", "err\n"), sh(LONG, "echo out; echo err >&2; exit 3"));
    assertEquals("exit code 3: err", sh(LONG, "echo err >&2; exit 3").problem());
    ProcessOutcome missing = runner.run(ProgramCall.of("", LONG, List.of("/no/such/program")));
    assertFalse(missing.ok());
    assertTrue(missing.problem().contains("/no/such/program"), missing::problem);
  }

  @Test
  void passesArgumentsAsTheyAreAndInheritsNothing() {
    ProcessOutcome outcome =
        runner.run(ProgramCall.of("", LONG, List.of("printf", "%s", "a b; $(id) *")));
    assertEquals("a b; $(id) *", outcome.text());
    List<String> names =
        runner.run(ProgramCall.of("", LONG, List.of("env"))).text().lines().sorted().toList();
    assertEquals(2, names.size(), names::toString);
  }

  @Test
  void killsEverythingThatWasStarted() {
    String script = "sleep 300 & setsid sleep 300 & echo $$ $!; wait";
    ProcessOutcome outcome = sh(Duration.ofMillis(500), script);
    ProcessOutcome.TimedOut late = assertInstanceOf(ProcessOutcome.TimedOut.class, outcome);
    for (String pid : late.output().strip().split(" ", -1)) {
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(p -> p.onExit().join());
    }
  }

  @Test
  void childrenGetNoMoreThanOrdinaryTime() {
    String script = "cat /proc/self/oom_score_adj; cut -d' ' -f41 /proc/self/stat";
    assertEquals("0\n0\n", sh(LONG, script).text());
  }

  @Test
  void keepsABoundedPartOfTheOutput() {
    ProgramCall flood =
        new ProgramCall(
            List.of("sh", "-c", "yes | head -c 10000000; echo end >&2"),
            "",
            new TreeMap<>(),
            LONG,
            1000);
    ProcessOutcome.Exited outcome =
        assertInstanceOf(ProcessOutcome.Exited.class, runner.run(flood));
    assertEquals(1000, outcome.output().length());
    assertEquals("end\n", outcome.errors());
  }

  @Test
  void becomesTheUser() {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can become another user");
    ProcessOutcome outcome =
        runner.run(ProgramCall.of("nobody", LONG, List.of("sh", "-c", "id -un; id -gn")));
    assertEquals("nobody\nnogroup\n", outcome.text());
    assertFalse(runner.run(ProgramCall.of("no-such-user", LONG, List.of("id"))).ok());
  }
}
