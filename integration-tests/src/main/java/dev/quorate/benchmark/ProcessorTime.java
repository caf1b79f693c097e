package dev.quorate.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The processor time that programs have used since they were started, in seconds, that of the
/// programs that they ran and waited for included. What PostgreSQL itself does is not counted.
///
/// @param byProgram in seconds
record ProcessorTime(Map<String, Double> byProgram) {
  private static final Path ALL = Path.of("/proc");

  /// Clock ticks a second, as every Linux tells programs.
  private static final double TICKS = 100;

  private static final int FIRST_TIME = 11;
  private static final int TIMES = 4;

  /// Of everything that lives in a namespace of processes.
  static ProcessorTime within(String namespace) throws IOException {
    var used = new TreeMap<String, Double>();
    for (var process : processes()) {
      var program = text(process.resolve("comm")).strip();
      if (namespaceOf(process).equals(namespace) && !program.equals("postgres")) {
        used.merge(groupOf(program), seconds(process), Double::sum);
      }
    }
    return new ProcessorTime(used);
  }

  /// Of every process that was started with a main class, one each.
  static List<ProcessorTime> ofEach(String mainClass) throws IOException {
    var all = new ArrayList<ProcessorTime>();
    for (var process : processes()) {
      if (List.of(text(process.resolve("cmdline")).split("\0")).contains(mainClass)) {
        all.add(new ProcessorTime(Map.of(mainClass, seconds(process))));
      }
    }
    return all;
  }

  private static List<Path> processes() throws IOException {
    try (var all = Files.list(ALL)) {
      return all.filter(p -> p.getFileName().toString().matches("[0-9]+")).sorted().toList();
    }
  }

  private static String groupOf(String program) {
    return program.startsWith("corosync")
        ? "corosync"
        : program.startsWith("pacemaker") ? "Pacemaker and agents" : "pcsd";
  }

  /// Empty if the process has ended meanwhile.
  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException _) {
      return "";
    }
  }

  private static String namespaceOf(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns/pid")).toString();
    } catch (IOException _) {
      return "";
    }
  }

  private static double seconds(Path process) {
    var stat = text(process.resolve("stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    return Arrays.stream(fields).skip(FIRST_TIME).limit(TIMES).mapToLong(Long::parseLong).sum()
        / TICKS;
  }

  /// Of all programs together.
  double seconds() {
    return byProgram.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /// What was used since an earlier look.
  ProcessorTime since(ProcessorTime before) {
    var used = new TreeMap<String, Double>();
    byProgram.forEach(
        (program, now) -> used.put(program, now - before.byProgram.getOrDefault(program, 0.0)));
    return new ProcessorTime(used);
  }
}
