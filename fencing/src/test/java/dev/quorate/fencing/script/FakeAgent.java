package dev.quorate.fencing.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// The fake fence agent of the test resources.
public final class FakeAgent {
  private FakeAgent() {}

  /// Puts `fence_fake` into the directory and gives a runner that looks there.
  public static FenceAgentScript install(Path directory) throws IOException {
    var program = directory.resolve("fence_fake");
    try (var source = FakeAgent.class.getResourceAsStream("/fence_fake")) {
      Files.write(program, Objects.requireNonNull(source).readAllBytes());
    }
    if (!program.toFile().setExecutable(true)) {
      throw new IOException(program + " cannot be made executable");
    }
    return new FenceAgentScript(
        new FenceAgentScript.Settings(
            List.of(directory), FenceAgentScript.Settings.DEFAULT.launcher()));
  }
}
