package dev.quorate.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A machine of a [BenchNetwork] with processes, a host name and some directories of its own. A
/// shell in it takes commands; with the shell all that was started there ends.
final class BenchMachine implements AutoCloseable {
  private static final String END = "--- ended with ";

  private final Path home;
  private final Process shell;
  private final PrintStream words;
  private final BufferedReader said;
  private final String processes;

  /// Begins with nothing running.
  ///
  /// @param own the directories that it does not share
  /// @param fresh the directories that are empty and in memory
  BenchMachine(int number, List<String> own, List<String> fresh) throws IOException {
    home = Files.createTempDirectory("quorate-machine");
    var command = new ArrayList<>(BenchNetwork.inside(number));
    command.addAll(
        List.of(
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "--uts",
            "sh"));
    shell = new ProcessBuilder(command).redirectErrorStream(true).start();
    words = new PrintStream(shell.getOutputStream(), true, StandardCharsets.UTF_8);
    said = shell.inputReader(StandardCharsets.UTF_8);
    tell("hostname n" + number);
    for (var directory : own) {
      var place = Files.createDirectories(home.resolve(directory.substring(1)));
      tell("mkdir -p " + directory + " && mount --bind " + place + " " + directory);
    }
    for (var directory : fresh) {
      tell("mount -t tmpfs tmpfs " + directory);
    }
    processes = tell("readlink /proc/1/ns/pid").strip();
  }

  /// Where one of its own directories is, seen from outside.
  Path place(String directory) {
    return home.resolve(directory.substring(1));
  }

  /// The kernel's name for what its processes live in.
  String processes() {
    return processes;
  }

  /// Runs a command to its end.
  ///
  /// @return what it said
  /// @throws IOException if it failed, with what it said
  String tell(String command) throws IOException {
    words.println("{\n" + command + "\n} </dev/null; echo; echo '" + END + "'$?");
    var text = new StringBuilder();
    for (var line = said.readLine(); line != null; line = said.readLine()) {
      if (line.equals(END + "0")) {
        return text.toString();
      }
      if (line.startsWith(END)) {
        throw new IOException("'" + command + "': " + text.toString().strip());
      }
      text.append(line).append('\n');
    }
    throw new IOException("'" + command + "' ended the shell: " + text.toString().strip());
  }

  /// Starts a program that stays.
  void start(String name, String command) throws IOException {
    tell(command + " >/var/log/" + name + ".output 2>&1 &");
  }

  @Override
  public void close() throws IOException {
    shell.destroyForcibly();
    shell.onExit().join();
    try (var files = Files.walk(home)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
