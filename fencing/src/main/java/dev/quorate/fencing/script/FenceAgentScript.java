package dev.quorate.fencing.script;

import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FenceAgent;
import dev.quorate.fencing.FenceAgentCall;
import dev.quorate.fencing.FenceAgentResult;
import dev.quorate.fencing.FenceDevice;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Runs an unmodified fence-agent program: parameters as `name=value` lines on its standard input,
/// never on the command line; a clean environment; its own session, so that it can be ended with
/// all its children; a deadline; bounded output.
public final class FenceAgentScript implements FenceAgent {
  /// Where and how programs are started.
  ///
  /// @param directories where a program that is given by name is looked for, in this order
  /// @param launcher what starts the program in a session of its own (and may give up privileges of
  ///   time); its first element is an absolute path
  public record Settings(List<Path> directories, List<String> launcher) {
    /// The places where distributions install fence agents.
    public static final Settings DEFAULT =
        new Settings(
            List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin")), List.of("/usr/bin/setsid"));

    /// Copies the lists.
    public Settings {
      directories = List.copyOf(directories);
      launcher = List.copyOf(launcher);
    }
  }

  /// Where a program is.
  public sealed interface Location {
    /// It can be started.
    record Found(Path program) implements Location {}

    /// It cannot; the message says where it was looked for and what to do.
    record Missing(String message) implements Location {}
  }

  private static final Duration OUTPUT_PATIENCE = Duration.ofMillis(300);
  private static final String NO_ARGUMENT = "none";

  private final Settings settings;

  /// Makes a runner with these settings.
  public FenceAgentScript(Settings settings) {
    this.settings = settings;
  }

  /// Finds the program of a device, for a check before anything depends on it.
  public Location locate(String agent) {
    if (agent.startsWith("/")) {
      var program = Path.of(agent);
      return usable(program)
          ? new Location.Found(program)
          : new Location.Missing(
              "fence agent "
                  + agent
                  + " is not an executable file; correct the path or install it");
    }
    for (var directory : settings.directories) {
      var program = directory.resolve(agent);
      if (!agent.contains("/") && usable(program)) {
        return new Location.Found(program);
      }
    }
    return new Location.Missing(
        "fence agent '"
            + agent
            + "' is not in "
            + String.join(", ", settings.directories.stream().map(Path::toString).toList())
            + "; install the package that holds it (fence-agents) or give its absolute path");
  }

  private static boolean usable(Path program) {
    return Files.isRegularFile(program) && Files.isExecutable(program);
  }

  @Override
  public FenceAgentResult run(FenceAgentCall call) throws InterruptedException {
    return switch (locate(call.device().agent())) {
      case Location.Missing(var message) -> new FenceAgentResult.NotStarted(message);
      case Location.Found(var program) -> start(program, call);
    };
  }

  private FenceAgentResult start(Path program, FenceAgentCall call) throws InterruptedException {
    var command = new ArrayList<>(settings.launcher);
    command.add(program.toString());
    var builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
    setEnvironment(builder);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new FenceAgentResult.NotStarted(
          program + " could not be started: " + Objects.requireNonNullElse(e.getMessage(), "?"));
    }
    var errors = new OutputTail(process.getErrorStream());
    var output = new OutputTail(process.getInputStream());
    var input = input(call).getBytes(StandardCharsets.UTF_8);
    Thread.ofVirtual().name("fence-input").start(() -> feed(process.getOutputStream(), input));
    try {
      boolean ended = process.waitFor(call.timeout().toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        ProcessGroup.kill(process);
        return new FenceAgentResult.Killed(said(call.device(), errors, output));
      }
      return new FenceAgentResult.Exited(process.exitValue(), said(call.device(), errors, output));
    } catch (InterruptedException e) {
      ProcessGroup.kill(process);
      throw e;
    }
  }

  private static void setEnvironment(ProcessBuilder builder) {
    var environment = builder.environment();
    String home = environment.getOrDefault("HOME", "/");
    environment.clear();
    environment.put("HOME", home);
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("PCMK_service", "pacemaker-fenced");
  }

  private static String said(FenceDevice device, OutputTail errors, OutputTail output) {
    String text = errors.text(device, OUTPUT_PATIENCE);
    return text.isEmpty() ? output.text(device, OUTPUT_PATIENCE) : text;
  }

  private static void feed(OutputStream stream, byte[] input) {
    try (stream) {
      stream.write(input);
    } catch (IOException e) {
      // The agent ended without reading everything; its exit code tells the rest.
    }
  }

  /// What the agent reads. The device's name for the target stands in the parameter that the device
  /// names, unless the administrator fixed that one.
  static String input(FenceAgentCall call) {
    var device = call.device();
    var lines = new TreeMap<>(device.parameters());
    String argument = device.hostArgument();
    boolean concernsTarget = call.action() != FenceAction.MONITOR;
    if (concernsTarget && !argument.equals(NO_ARGUMENT) && !lines.containsKey(argument)) {
      lines.put(argument, device.hostMap().portOf(call.target()));
    }
    if (concernsTarget) {
      lines.put("nodename", call.target().name());
    }
    var text = new StringBuilder();
    lines.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.append("action=").append(device.wordFor(call.action())).append('\n').toString();
  }
}
