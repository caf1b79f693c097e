package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.quorate.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Types what a [Page] of the documentation says, line by line, on the machines that it names.
///
/// `TOKEN` stands for the token that `cluster setup` printed for that machine. A line that ends in
/// `# until it says TEXT` is typed again and again until its answer has that text.
///
/// The deeds between the blocks: `off db1` cuts the power and `on` gives it back, `freeze db1`
/// stops everything there, `kill db1` ends PostgreSQL, `spoil db1` damages the cluster's log there,
/// `unplug` takes the fence device from all and `plug` gives it back, `whole` waits until all is
/// well, and `until TEXT` is as if the next line ended in that.
final class Walkthrough {
  private static final Pattern UNTIL =
      Pattern.compile("(?<line>.*\\S)\\s+# until it says (?<text>.+)", Pattern.DOTALL);
  private static final Pattern TOKEN =
      Pattern.compile("On node (\\S+) type:\\s+hactl cluster join (\\S+)");

  /// How the addresses of pages begin.
  private static final String NETS = "192\\.168\\.(1|122)\\.|10\\.4\\.10\\.";

  /// What a person types again until it says that all is well.
  private static final String LOOK = "hactl pg doctor";

  /// A node that has left its cluster finds that it cannot read what it voted for.
  private static final String SPOIL =
      "hactl cluster stop"
          + " && find /var/lib/quorate/log -name raft-meta -exec truncate --size=0 {} +"
          + " && systemctl restart quorate.service";

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration WHOLE = Duration.ofMinutes(2);

  private final Cluster site;
  private final Map<String, String> tokens = new ConcurrentSkipListMap<>();
  private String expected = "";
  private final List<String> typed = new CopyOnWriteArrayList<>();

  Walkthrough(Cluster site) {
    this.site = site;
  }

  /// Types a page of the documentation, but for its sections apart.
  void follow(String page) throws IOException {
    Page read = Page.documented(page);
    type(read, read.steps());
  }

  /// Types one section of a page of the documentation.
  void follow(String page, String section) throws IOException {
    Page read = Page.documented(page);
    type(read, read.steps(section));
  }

  /// Types a whole page that lies beside the tests.
  void followOwn(String page) throws IOException {
    Page read = Page.besideTests(page);
    type(read, read.steps());
  }

  private void type(Page page, List<Page.Step> steps) {
    for (Page.Step step : steps) {
      if (step.isDeed()) {
        happen(step.command());
        continue;
      }
      List<Machine> where =
          site.machines().stream()
              .filter(m -> step.where().equals("all") || step.where().equals(m.name()))
              .toList();
      assertFalse(where.isEmpty(), () -> page.name() + " names a machine " + step.where());
      String awaited = expected;
      expected = "";
      where.parallelStream().forEach(machine -> type(machine, step.command(), awaited));
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
      case "spoil" -> named(words[1]).shell(SPOIL);
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

  private void type(Machine machine, String command, String awaited) {
    String line =
        command
            .replace("TOKEN", tokens.getOrDefault(machine.name(), "TOKEN"))
            .replaceAll(NETS, Rack.NET);
    typed.add(line);
    Matcher patient = UNTIL.matcher(line);
    String wanted = patient.matches() ? patient.group("text") : awaited;
    if (!wanted.isEmpty()) {
      Wait.until(
          "'%s' to say: %s".formatted(line, wanted),
          PATIENCE,
          () -> machine.run("sh", "-c", line).getStdout().contains(wanted));
      System.out.println("  " + machine.name() + "# " + line + "  ... " + wanted);
      return;
    }
    if (line.startsWith(LOOK)) {
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
}
