package dev.quorate.differential;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Spoils documents of a directory, or made-up ones, and tells on which the engine breaks.
public final class FuzzMain {
  private static final String USAGE =
      "usage: FuzzMain [--count N] [--seed S] [--cases DIR] [--out DIR]";

  private static final int MADE_UP = 200;

  private FuzzMain() {}

  /// Exit codes: 0 nothing breaks; 1 something does; 2 usage.
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    long count = 10_000;
    long seed = 1;
    Path cases = null;
    Path faults = null;
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      if (args[i].equals("--count") && value.matches("[0-9]{1,9}")) {
        count = Long.parseLong(value);
      } else if (args[i].equals("--seed") && value.matches("[0-9]{1,12}")) {
        seed = Long.parseLong(value);
      } else if (args[i].equals("--cases") && !value.isEmpty()) {
        cases = Path.of(value);
      } else if (args[i].equals("--out") && !value.isEmpty()) {
        faults = Files.createDirectories(Path.of(value));
      } else {
        out.println(USAGE);
        System.exit(2);
      }
    }
    Fuzz fuzz = new Fuzz(cases == null ? madeUp() : documents(cases));
    Map<String, Integer> kinds = new TreeMap<>();
    long read = 0;
    for (long i = seed; i < seed + count; i++) {
      Fuzz.Outcome outcome = fuzz.one(i);
      read += outcome.read() ? 1 : 0;
      if (outcome.fault().isPresent()) {
        kinds.merge(outcome.fault().get(), 1, Integer::sum);
        if (faults != null) {
          Files.writeString(faults.resolve(i + ".xml"), outcome.xml(), StandardCharsets.UTF_8);
        }
      }
    }
    kinds.forEach((kind, times) -> out.println(times + " × " + kind));
    out.println(count + " documents, " + read + " taken by the reader");
    System.exit(kinds.isEmpty() ? 0 : 1);
  }

  static List<String> madeUp() throws IOException {
    List<String> documents = new ArrayList<>();
    for (long seed = 1; seed <= MADE_UP; seed++) {
      documents.add(Wide.of(seed).xml());
    }
    return documents;
  }

  private static List<String> documents(Path directory) throws IOException {
    List<String> documents = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".xml")).sorted().toList()) {
        documents.add(Files.readString(file));
      }
    }
    return documents;
  }
}
