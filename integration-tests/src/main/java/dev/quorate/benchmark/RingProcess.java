package dev.quorate.benchmark;

import dev.quorate.membership.RingPeer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A node of a ring in a process of its own, with the flags, the real-time threads and the locked
/// memory of the daemon. Times of its clock and ours are of one kind: the system's monotonic one.
final class RingProcess implements AutoCloseable {
  private static final long PATIENCE = 60_000_000_000L;

  private final Process process;
  private final PrintStream words;
  private volatile int members;
  private volatile long viewAt;
  private volatile long silentAt;
  private volatile boolean begun;
  private volatile boolean present;
  private final LinkedBlockingQueue<String[]> said = new LinkedBlockingQueue<>();
  private volatile Optional<Report> report = Optional.empty();

  /// What a node has to say about itself.
  ///
  /// @param views installed since it was told to begin
  /// @param tokensLost since its start
  /// @param pauses times that it found that it had not run
  /// @param worstNap by how much a sleep was too long at most, in nanoseconds
  /// @param worstRotation how long it waited at most for a token that came, in nanoseconds
  /// @param realTime whether its threads are real-time
  /// @param memory whether its memory is locked
  record Report(
      long views,
      long tokensLost,
      long pauses,
      long worstNap,
      long worstRotation,
      String realTime,
      String memory) {
    private static Report of(String[] parts) {
      return new Report(
          Long.parseLong(parts[1]),
          Long.parseLong(parts[2]),
          Long.parseLong(parts[3]),
          Long.parseLong(parts[4]),
          Long.parseLong(parts[5]),
          parts[6],
          parts[7]);
    }
  }

  /// Starts a process.
  ///
  /// @param where words before the command, as those that lead into a namespace
  /// @param program its main class and what that is told
  private RingProcess(List<String> where, List<String> program) throws IOException {
    process =
        new ProcessBuilder(command(where, program))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    words = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("reader").start(this::listen);
  }

  /// Starts so many and waits until they are one ring.
  static List<RingProcess> ring(int size) throws IOException {
    var directory = Files.createTempDirectory("quorate-ring");
    var peers = RingStation.peers(size);
    var nodes = new ArrayList<RingProcess>();
    for (var peer : peers) {
      nodes.add(of(peer, peers, List.of(), directory));
    }
    RingStation.await(() -> nodes.stream().allMatch(n -> n.members() == size));
    return nodes;
  }

  /// A node of a ring.
  static RingProcess of(RingPeer self, List<RingPeer> peers, List<String> where, Path directory)
      throws IOException {
    var program = new ArrayList<String>();
    program.addAll(List.of(RingProgram.class.getName(), directory.toString(), self.node().name()));
    peers.forEach(p -> program.add(p.node() + "=" + p.links().getFirst()));
    return new RingProcess(where, program);
  }

  /// A client of corosync.
  static RingProcess ofCorosync(List<String> where) throws IOException {
    return new RingProcess(where, List.of(CpgProgram.class.getName()));
  }

  /// A command that runs a program as the daemon runs.
  ///
  /// @param where words before the command, as those that lead into a namespace
  /// @param program its main class and what that is told
  static List<String> command(List<String> where, List<String> program) throws IOException {
    var command = new ArrayList<>(where);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(daemonFlags());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(program);
    return command;
  }

  private static List<String> daemonFlags() throws IOException {
    try (InputStream in =
        RingProcess.class.getResourceAsStream("/dev/quorate/daemon/quorated.jvmflags")) {
      if (in == null) {
        throw new IOException("the daemon's JVM flags are missing from the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    }
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(Recital.MARK)) {
          heard(line.substring(Recital.MARK.length()).split(" ", -1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void heard(String[] parts) {
    switch (parts[0]) {
      case "view" -> {
        present = true;
        viewAt = Long.parseLong(parts[2]);
        members = Integer.parseInt(parts[1]);
      }
      case "silent" -> silentAt = Long.parseLong(parts[1]);
      case "begun" -> begun = true;
      case "flood", "listen", "ready", "tell" -> said.add(parts);
      case "report" -> report = Optional.of(Report.of(parts));
      default -> throw new IllegalStateException(String.join(" ", parts));
    }
  }

  /// Members of its present view.
  int members() {
    return members;
  }

  /// When its present view was installed.
  long viewAt() {
    return viewAt;
  }

  /// Gives a word and waits for the answer to it.
  String[] ask(String word) {
    words.println(word);
    return answer();
  }

  /// Waits for the next answer.
  String[] answer() {
    try {
      var end = System.nanoTime() + PATIENCE;
      while (true) {
        var answer = said.poll(1, TimeUnit.SECONDS);
        if (answer != null) {
          return answer;
        }
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IllegalStateException("no answer; alive: " + process.isAlive());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// Whether it takes part.
  boolean isReady() {
    return present;
  }

  /// Falls silent: nothing leaves it and nothing reaches it.
  ///
  /// @return just before it did
  long silence() {
    silentAt = 0;
    words.println("silent");
    RingStation.await(() -> silentAt != 0);
    return silentAt;
  }

  void speak() {
    words.println("speak");
  }

  /// Counts from now on.
  void begin() {
    words.println("begin");
    RingStation.await(() -> begun);
  }

  Report report() {
    report = Optional.empty();
    words.println("report");
    RingStation.await(() -> report.isPresent());
    return report.orElseThrow();
  }

  @Override
  public void close() {
    words.close();
    process.destroy();
  }
}
