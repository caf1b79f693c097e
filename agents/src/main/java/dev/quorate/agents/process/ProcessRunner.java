package dev.quorate.agents.process;

import dev.quorate.agents.linux.LinuxCalls;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs programs in sessions of their own, so that each can be ended with all that it started.
///
/// Children get ordinary scheduling and an ordinary OOM score whatever this process has.
/// Thread-safe.
public final class ProcessRunner {
  private static final Duration DRAIN = Duration.ofMillis(500);
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Map<String, String> groups = new ConcurrentHashMap<>();

  /// Runs a program to its end. Blocks.
  ///
  /// @param call what to run
  /// @return what came of it
  public ProcessOutcome run(ProgramCall call) {
    Process process;
    try {
      process = builder(call).start();
    } catch (IOException | IllegalStateException e) {
      return new ProcessOutcome.NotStarted(String.valueOf(e.getMessage()));
    }
    CompletableFuture<String> output = drain(process.getInputStream(), call.outputLimit());
    CompletableFuture<String> errors = drain(process.getErrorStream(), call.outputLimit());
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It is gone already and will be waited for below.
    }
    boolean ended;
    try {
      ended = process.waitFor(call.deadline().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    if (!ended) {
      killTree(process);
      return new ProcessOutcome.TimedOut(call.deadline(), text(output), text(errors));
    }
    return new ProcessOutcome.Exited(process.exitValue(), text(output), text(errors));
  }

  /// Starts a program that outlives its caller; its output goes to a file.
  ///
  /// @param call what to run; its deadline does not matter
  /// @param log where its output is appended
  /// @return the process; it is the leader of its own session
  /// @throws IOException if it cannot be started
  public Process launch(ProgramCall call, Path log) throws IOException {
    File file = log.toFile();
    return builder(call)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(file))
        .redirectErrorStream(true)
        .start();
  }

  private ProcessBuilder builder(ProgramCall call) throws IOException {
    List<String> line = new ArrayList<>();
    line.add("setsid");
    if (isSpecial()) {
      line.addAll(List.of("chrt", "--other", "0", "choom", "-n", "0", "--"));
      line.addAll(List.of("prlimit", "--memlock=8388608:8388608", "--rtprio=0:0"));
    }
    if (!call.user().isEmpty() && !call.user().equals(System.getProperty("user.name"))) {
      line.addAll(List.of("setpriv", "--reuid=" + call.user(), "--regid=" + group(call.user())));
      line.addAll(List.of("--init-groups", "--"));
    }
    line.addAll(call.arguments());
    ProcessBuilder builder = new ProcessBuilder(line).directory(new File("/"));
    builder.environment().clear();
    builder.environment().put("PATH", PATH);
    builder.environment().put("LC_ALL", "C");
    builder.environment().putAll(call.environment());
    return builder;
  }

  /// Whether a child would inherit more than an ordinary process has.
  private static boolean isSpecial() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
      List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
      // Fields 3 to 52 of proc(5); 41 is the scheduling policy.
      boolean ordinary = fields.size() < 39 || fields.get(38).equals("0");
      String oom = Files.readString(Path.of("/proc/self/oom_score_adj")).strip();
      return !ordinary || !oom.equals("0");
    } catch (IOException e) {
      return true;
    }
  }

  /// The primary group of a user, as the system's name service knows it.
  private String group(String user) throws IOException {
    String known = groups.get(user);
    if (known != null) {
      return known;
    }
    ProcessOutcome outcome =
        run(ProgramCall.of("", Duration.ofSeconds(5), List.of("id", "-g", user)));
    if (!outcome.ok()) {
      throw new IOException("user '" + user + "': " + outcome.problem());
    }
    groups.put(user, outcome.text().strip());
    return outcome.text().strip();
  }

  private static void killTree(Process process) {
    List<ProcessHandle> strays = process.descendants().toList();
    LinuxCalls.killGroup(process.pid());
    strays.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static CompletableFuture<String> drain(InputStream stream, int limit) {
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("drain")
        .start(() -> {
          ByteArrayOutputStream kept = new ByteArrayOutputStream();
          try (stream) {
            byte[] buffer = new byte[4096];
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
              kept.write(buffer, 0, Math.min(n, limit - kept.size()));
            }
          } catch (IOException e) {
            // The pipe broke because the process was killed: what was read stands.
          }
          result.complete(kept.toString(StandardCharsets.UTF_8));
        });
    return result;
  }

  /// What was read; a grandchild that keeps the pipe open is not waited for long.
  private static String text(CompletableFuture<String> stream) {
    try {
      return stream.get(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    } catch (ExecutionException | TimeoutException e) {
      return "";
    }
  }
}
