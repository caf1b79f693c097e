package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a daemon says that cannot start, and what it exits with.
class QuoratedTest {
  @TempDir Path directory = Path.of("");

  private record Ended(int exit, List<String> lines) {
    /// One line for each problem, each with the place and the remedy.
    void says(int expected, String... parts) {
      assertEquals(expected, exit, lines::toString);
      assertEquals(parts.length / 2, lines.size(), lines::toString);
      for (int i = 0; i < lines.size(); i++) {
        assertTrue(lines.get(i).startsWith("quorated: " + parts[2 * i]), lines::toString);
        assertTrue(lines.get(i).contains(parts[2 * i + 1]), lines::toString);
      }
    }
  }

  @Test
  void everyProblemOfAConfigurationIsNamedAndNothingIsTouched() throws Exception {
    Path state = directory.resolve("state");
    Path file =
        configuration("state.directory = " + state + "\nnonsense\nadmin.prot = 1\nlog.level = x\n");
    quorated("--config", file.toString())
        .says(
            78,
            file + ":2: 'nonsense' is not 'key = value'",
            "add the '='",
            file + ":3: unknown key 'admin.prot'",
            "did you mean 'admin.port'?",
            file + ":4: 'x' is not a level",
            "use error");
    assertFalse(Files.exists(state), "the state directory was made");
  }

  @Test
  void aConfigurationThatIsNoTextIsNamed() throws Exception {
    Path file = directory.resolve("quorate.conf");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    quorated("--config", file.toString()).says(78, file + ": cannot be read", "a text file");
    Path none = Files.createDirectory(directory.resolve("directory"));
    quorated("--config", none.toString()).says(78, none + ": cannot be read", "a text file");
  }

  @Test
  void aWrongCommandLineIsNamed() throws Exception {
    quorated("--cofnig", "x").says(64, "unknown option '--cofnig'", "usage is quorated");
    quorated("--config").says(64, "--config needs a file", "");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
    Path taken = Files.createFile(directory.resolve("taken"));
    Path file = configuration("state.directory = " + taken + "/state\nrun.directory = /nowhere\n");
    quorated("--config", file.toString())
        .says(69, taken + "/state cannot be made", "set 'state.directory' in " + file);
    assertFalse(Files.exists(Path.of("/nowhere")), "the second directory was made");
  }

  private Path configuration(String text) throws IOException {
    return Files.writeString(directory.resolve("quorate.conf"), text);
  }

  private Ended quorated(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Quorated.class.getName());
    command.addAll(List.of(arguments));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("it did not end");
    }
    return new Ended(process.exitValue(), Files.readAllLines(output, StandardCharsets.UTF_8));
  }
}
