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
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Types what a page of the documentation says, line by line, on the machines that it names.
///
/// Only blocks marked `console` are typed. A line reads `NAME# command`, or `all# command` for
/// every machine; one that ends in a backslash goes on in the next. `TOKEN` stands for the token
/// that `cluster setup` printed for that machine.
///
/// What happens to the machines between the blocks stands in comments, which a reader does not see:
/// `<!-- off db1 -->` cuts the power and `on` gives it back, `freeze db1` stops everything there,
/// `kill db1` ends PostgreSQL, `unplug` takes the fence device from all and `plug` gives it back,
/// `whole` waits until all is well, and `until TEXT` has the next line typed again and again until
/// its answer has that text.
final class Walkthrough {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```console\\n(?<lines>.*?)^```$|^<!-- (?<deed>[^\\n]*) -->$");
  private static final Pattern LINE = Pattern.compile("([a-z0-9]+)# (.+)");
  private static final Pattern TOKEN =
      Pattern.compile("On node (\\S+) type:\\s+hactl cluster join (\\S+)");

  /// How the addresses of pages begin.
  private static final String NETS = "192\\.168\\.(1|122)\\.|10\\.4\\.10\\.";

  /// What a person types again until it says that all is well.
  private static final List<String> LOOKS = List.of("hactl status", "hactl pg doctor");

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration WHOLE = Duration.ofMinutes(2);

  /// A command and where it is typed; nowhere if it is a deed.
  private record Step(String where, String command) {}

  private final Cluster site;
  private final Map<String, String> tokens = new TreeMap<>();
  private String expected = "";
  private final List<String> typed = new ArrayList<>();

  Walkthrough(Cluster site) {
    this.site = site;
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
      if (step.where().isEmpty()) {
        happen(step.command());
        continue;
      }
      List<Machine> where =
          site.machines().stream()
              .filter(m -> step.where().equals("all") || step.where().equals(m.name()))
              .toList();
      assertFalse(where.isEmpty(), () -> page + " names a machine " + step.where());
      where.forEach(machine -> type(machine, step.command()));
    }
  }

  /// Every line so far, as often as it was typed.
  List<String> typed() {
    return List.copyOf(typed);
  }

  private void happen(String deed) {
    System.out.println("  (" + deed + ")");
    String[] words = deed.split(" ", 2);
    switch (words[0]) {
      case "off" -> named(words[1]).powerOff();
      case "on" -> named(words[1]).powerOn();
      case "freeze" -> named(words[1]).freeze();
      case "kill" -> named(words[1]).shell("pkill --signal KILL --oldest postgres");
      case "unplug" -> site.machines().forEach(m -> m.refuse(Rack.gateway(), site.power().port()));
      case "plug" -> site.machines().forEach(Machine::allow);
      case "whole" -> site.awaitWhole(WHOLE);
      case "until" -> expected = words[1];
      default -> throw new AssertionError("nobody knows how to do: " + deed);
    }
  }

  private Machine named(String name) {
    return site.machines().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  private void type(Machine machine, String command) {
    String line =
        command
            .replace("TOKEN", tokens.getOrDefault(machine.name(), "TOKEN"))
            .replaceAll(NETS, Rack.NET);
    typed.add(line);
    if (!expected.isEmpty()) {
      Wait.until(
          "'%s' to say: %s".formatted(line, expected),
          PATIENCE,
          () -> machine.run("sh", "-c", line).getStdout().contains(expected));
      System.out.println("  " + machine.name() + "# " + line + "  ... " + expected);
      expected = "";
      return;
    }
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
      if (block.group("deed") != null) {
        steps.add(new Step("", block.group("deed")));
        continue;
      }
      Deque<String> lines = new ArrayDeque<>(block.group("lines").lines().toList());
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
