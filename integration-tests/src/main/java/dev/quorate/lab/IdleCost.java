package dev.quorate.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What the daemons of a running lab cost when nothing happens, and beside them, in the same
/// minutes, what the daemons of a corosync and Pacemaker cost that run on this machine.
final class IdleCost {
  /// How long it looks unless told otherwise.
  static final Duration USUAL = Duration.ofMinutes(3);

  private static final List<String> PEERS = List.of("corosync", "pacemaker", "pcsd");

  /// Clock ticks a second, as every Linux tells programs.
  private static final double TICKS = 100;

  private static final int FIRST_TIME = 11;
  private static final int TIMES = 4;

  private IdleCost() {}

  /// Looks for a while and prints CPU seconds a minute.
  ///
  /// @return whether there was a lab to look at
  static boolean print(Lab lab, Duration time, PrintStream out) {
    Map<String, Double> before = used(lab);
    if (lab.nodes().isEmpty() || before.isEmpty()) {
      out.println("No daemon of the lab runs; ./demo builds one.");
      return false;
    }
    out.printf("looking for %d s%n", time.toSeconds());
    Wait.pass(time);
    Map<String, Double> after = used(lab);
    out.println("CPU seconds a minute, programs that they ran included:");
    before.forEach((who, then) -> {
      Double now = after.get(who);
      out.printf(
          "  %-36s %s%n",
          who,
          now == null
              ? "has ended meanwhile"
              : "%.2f".formatted((now - then) * 60 / time.toSeconds()));
    });
    if (before.keySet().stream().noneMatch(who -> PEERS.stream().anyMatch(who::startsWith))) {
      out.println("  neither corosync nor Pacemaker runs on this machine");
    }
    return true;
  }

  /// By process, in seconds since its start.
  private static Map<String, Double> used(Lab lab) {
    Map<String, Double> used = new TreeMap<>();
    for (LabNode node : lab.nodes()) {
      Daemons.of(lab, node).ifPresent(pid -> used.put("quorated of " + node.name(), cpu(pid)));
    }
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      processes
          .map(p -> p.getFileName().toString())
          .filter(name -> name.matches("[0-9]+"))
          .forEach(name -> {
            String program = program(name);
            if (PEERS.stream().anyMatch(program::startsWith)) {
              used.put(program + " (" + name + ")", cpu(Long.parseLong(name)));
            }
          });
    } catch (IOException e) {
      throw new LabException("/proc cannot be read: " + e.getMessage(), e);
    }
    return used;
  }

  private static String program(String pid) {
    try {
      return Files.readString(Path.of("/proc", pid, "comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }

  /// Of a process and of those that it has waited for.
  private static double cpu(long pid) {
    try {
      String stat =
          Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Arrays.stream(fields).skip(FIRST_TIME).limit(TIMES).mapToLong(Long::parseLong).sum()
          / TICKS;
    } catch (IOException e) {
      return 0; // it has ended meanwhile
    }
  }
}
