package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.quorate.lab.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What the cluster did since something happened, in its own words and times, from the machine that
/// has most to tell.
record Steps(String teller, List<Step> steps) {
  /// One line of `hactl history`, and how long after the fault it was.
  record Step(Duration after, String text) {
    @Override
    public String toString() {
      return "%+7d ms  %s".formatted(after.toMillis(), text);
    }
  }

  Steps {
    steps = List.copyOf(steps);
  }

  /// Reads what the machines tell.
  static Steps since(Instant fault, List<Machine> machines) {
    Steps most = new Steps("nobody", List.of());
    for (Machine machine : machines) {
      if (machine.awake()) {
        List<Step> told = read(machine.run("hactl", "history").getStdout(), fault);
        if (told.size() > most.steps().size()) {
          most = new Steps(machine.name(), told);
        }
      }
    }
    return most;
  }

  private static List<Step> read(String history, Instant fault) {
    return Told.read(history).stream()
        .filter(line -> !line.at().isBefore(fault))
        .map(line -> new Step(Duration.between(fault, line.at()), line.text()))
        .toList();
  }

  /// These happened, in this order.
  ///
  /// @param patterns what each line contains
  /// @return when each of them happened
  List<Duration> inOrder(String... patterns) {
    List<Duration> times = new ArrayList<>();
    int next = 0;
    for (String pattern : patterns) {
      int found = find(Pattern.compile(pattern), next);
      if (found < 0) {
        fail("after %s there is no '%s' in:%n%s".formatted(times, pattern, this));
      }
      times.add(steps.get(found).after());
      next = found + 1;
    }
    return times;
  }

  private int find(Pattern pattern, int from) {
    for (int i = from; i < steps.size(); i++) {
      if (pattern.matcher(steps.get(i).text()).find()) {
        return i;
      }
    }
    return -1;
  }

  /// None of these happened.
  void without(String... patterns) {
    for (String pattern : patterns) {
      assertEquals(-1, find(Pattern.compile(pattern), 0), () -> pattern + " happened:\n" + this);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("as ").append(teller).append(" tells it:");
    steps.forEach(step -> text.append("\n  ").append(step));
    return text.toString();
  }
}
