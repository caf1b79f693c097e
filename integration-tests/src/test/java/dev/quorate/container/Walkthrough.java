package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.quorate.lab.Wait;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Types what a page of the documentation says, line by line, on the machines that it names.
///
/// Only blocks marked `console` are typed. A line reads `NAME# command`, or `all# command` for
/// every machine; one that ends in a backslash goes on in the next. `TOKEN` stands for the token
/// that `cluster setup` printed for that machine.
final class Walkthrough {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```console\\n(.*?)^```$");
  private static final Pattern LINE = Pattern.compile("([a-z0-9]+)# (.+)");
  private static final Pattern TOKEN =
      Pattern.compile("On node (\\S+) type:\\s+hactl cluster join (\\S+)");

  /// How the addresses of pages begin.
  private static final String NETS = "192\\.168\\.(1|122)\\.|10\\.4\\.10\\.";

  /// What a person types again until it says that all is well.
  private static final List<String> LOOKS = List.of("hactl status", "hactl pg doctor");

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /// A command and where it is typed.
  private record Step(String where, String command) {}

  private final List<Machine> machines;
  private final Map<String, String> tokens = new java.util.TreeMap<>();

  Walkthrough(List<Machine> machines) {
    this.machines = List.copyOf(machines);
  }

  /// Types a whole page of the documentation.
  void follow(String page) throws IOException {
    type(page, Files.readString(DOCS.resolve(page)));
  }

  /// Types a whole page that lies beside the tests.
  void followOwn(String page) throws IOException {
    try (InputStream text = Walkthrough.class.getResourceAsStream(page)) {
      type(page, new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private void type(String page, String text) {
    List<Step> steps = steps(text);
    assertFalse(steps.isEmpty(), () -> page + " has nothing to type");
    for (Step step : steps) {
      List<Machine> where =
          machines.stream()
              .filter(m -> step.where().equals("all") || step.where().equals(m.name()))
              .toList();
      assertFalse(where.isEmpty(), () -> page + " names a machine " + step.where());
      where.forEach(machine -> type(machine, step.command()));
    }
  }

  private void type(Machine machine, String command) {
    String line =
        command
            .replace("TOKEN", tokens.getOrDefault(machine.name(), "TOKEN"))
            .replaceAll(NETS, Rack.NET);
    if (LOOKS.stream().anyMatch(line::startsWith)) {
      Wait.until(
          "'" + line + "' to find all well",
          PATIENCE,
          () -> machine.run("sh", "-c", line).getExitCode() == 0);
    }
    String answer = machine.type(line);
    Matcher printed = TOKEN.matcher(answer);
    while (printed.find()) {
      tokens.put(printed.group(1), printed.group(2));
    }
  }

  private static List<Step> steps(String page) {
    List<Step> steps = new ArrayList<>();
    Matcher block = BLOCK.matcher(page);
    while (block.find()) {
      Deque<String> lines = new ArrayDeque<>(block.group(1).lines().toList());
      while (!lines.isEmpty()) {
        StringBuilder line = new StringBuilder(lines.removeFirst());
        while (line.toString().endsWith("\\")) {
          line.append('\n').append(lines.removeFirst());
        }
        Matcher words = LINE.matcher(line);
        if (words.lookingAt()) {
          steps.add(new Step(words.group(1), line.substring(words.start(2))));
        }
      }
    }
    return List.copyOf(steps);
  }
}
