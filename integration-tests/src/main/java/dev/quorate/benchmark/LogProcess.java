package dev.quorate.benchmark;

import dev.quorate.consensus.tls.ClusterAuthority;
import dev.quorate.membership.NodeId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A member of a log in a process of its own, with the daemon's flags, real-time threads, locked
/// memory and mutual TLS. It can be killed and started again. Times of its clock and ours are of
/// one kind: the system's monotonic one.
final class LogProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 300;

  /// What it said last of its part in the log.
  ///
  /// @param at by its clock; 0 before it said anything
  record Part(boolean leads, String leader, long term, long at) {}

  /// The first command of a term that it has applied.
  record First(long term, long at) {}

  private final String name;
  private final List<String> command;
  private final LinkedBlockingQueue<String[]> said = new LinkedBlockingQueue<>();
  private Process process;
  private PrintStream words;
  private volatile Part part = new Part(false, "", 0, 0);
  private volatile First first = new First(0, 0);
  private volatile long openedAt;

  private LogProcess(String name, List<String> command) throws IOException {
    this.name = name;
    this.command = command;
    this.process = launched();
    this.words = wordsTo(process);
  }

  /// Starts the members of a log, each with its keys.
  static List<LogProcess> log(int size) throws IOException {
    var directory = Files.createTempDirectory("quorate-log");
    var authority = ClusterAuthority.create("bench", Instant.now());
    var names = new ArrayList<String>();
    var places = new ArrayList<String>();
    for (var port : freePorts(size)) {
      var name = "n" + (names.size() + 1);
      names.add(name);
      places.add(name + "=127.0.0.1:" + port);
      var keys = authority.issue(new NodeId(name), List.of("127.0.0.1"), Instant.now());
      var home = Files.createDirectory(directory.resolve(name));
      Files.writeString(home.resolve("authority"), keys.authority());
      Files.writeString(home.resolve("certificate"), keys.certificate());
      Files.writeString(home.resolve("key"), keys.privateKey());
    }
    var members = new ArrayList<LogProcess>();
    for (var name : names) {
      var program =
          new ArrayList<>(List.of(LogProgram.class.getName(), directory.toString(), name));
      program.addAll(places);
      members.add(new LogProcess(name, RingProcess.command(List.of(), program)));
    }
    return members;
  }

  private static List<Integer> freePorts(int count) throws IOException {
    var sockets = new ArrayList<ServerSocket>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1")));
    }
    var ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
    for (var socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private Process launched() throws IOException {
    var launched =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Thread.ofPlatform().daemon().name("reader").start(() -> listen(launched));
    return launched;
  }

  private static PrintStream wordsTo(Process process) {
    return new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  private void listen(Process from) {
    try (BufferedReader lines = from.inputReader(StandardCharsets.UTF_8)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(LogProgram.MARK)) {
          heard(line.substring(LogProgram.MARK.length()).split(" ", -1));
        }
      }
    } catch (IOException e) {
      if (from.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void heard(String[] parts) {
    switch (parts[0]) {
      case "opened" -> openedAt = Long.parseLong(parts[1]);
      case "leads" ->
          part = new Part(true, name, Long.parseLong(parts[1]), Long.parseLong(parts[2]));
      case "follows" ->
          part = new Part(false, parts[3], Long.parseLong(parts[1]), Long.parseLong(parts[2]));
      case "leaderless" -> part = new Part(false, "", Long.parseLong(parts[1]), System.nanoTime());
      case "applied" -> first = new First(Long.parseLong(parts[1]), Long.parseLong(parts[2]));
      case "commit" -> said.add(parts);
      default -> throw new IllegalStateException(String.join(" ", parts));
    }
  }

  String name() {
    return name;
  }

  Part part() {
    return part;
  }

  First first() {
    return first;
  }

  /// When its log was open; 0 before.
  long openedAt() {
    return openedAt;
  }

  /// The CPU time that it has used.
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// Lets it propose all the time.
  void stream() {
    words.println("stream");
  }

  /// Gives a word and waits for the answer to it.
  String[] ask(String word) {
    words.println(word);
    try {
      var answer = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (answer == null) {
        throw new IllegalStateException("no answer to " + word + "; alive: " + process.isAlive());
      }
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// Ends it without a chance to say anything.
  ///
  /// @return just before it did
  long kill() throws IOException {
    var now = System.nanoTime();
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    part = new Part(false, "", part.term(), 0);
    return now;
  }

  /// Starts it again after [#kill].
  void restart() throws IOException {
    openedAt = 0;
    process = launched();
    words = wordsTo(process);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
