package dev.quorate.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a program to its end.
///
/// @param exit its exit code
/// @param output what it wrote, both streams together
record Command(int exit, String output) {
  /// Runs and waits, at most two minutes.
  static Command run(List<String> words) {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new LabException("'" + String.join(" ", words) + "' did not end within 2 minutes");
      }
      return new Command(process.exitValue(), output.stripTrailing());
    } catch (IOException e) {
      throw new LabException("could not run '" + words.getFirst() + "': " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while running '" + words.getFirst() + "'", e);
    }
  }

  /// Runs and insists on success.
  static String must(String... words) {
    Command done = run(List.of(words));
    if (done.exit() != 0) {
      throw new LabException(
          "'" + String.join(" ", words) + "' failed with " + done.exit() + ": " + done.output());
    }
    return done.output();
  }

  boolean ok() {
    return exit == 0;
  }
}
