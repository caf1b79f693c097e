package dev.quorate.lab;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Shows what the daemons did about a fault, step by step, in their own words and times.
final class Timeline {
  private static final Duration AFTERMATH = Duration.ofSeconds(2);
  private static final int MOST = 40;

  private final Lab lab;
  private final Hactl hactl;

  Timeline(Lab lab, Hactl hactl) {
    this.lab = lab;
    this.hactl = hactl;
  }

  /// Prints the history of the node that has most to tell of the time from the fault to writing.
  ///
  /// @param struck what happened to this node: if it had to boot again, it tells old things anew
  /// @param faultNanos by [System#nanoTime()]
  /// @param toWritingMillis how long clients waited
  void print(PrintStream out, LabNode struck, long faultNanos, long toWritingMillis) {
    Instant fault = Instant.now().minusNanos(System.nanoTime() - faultNanos);
    Instant end = fault.plusMillis(toWritingMillis).plus(AFTERMATH);
    List<String> longest = List.of();
    for (LabNode node : lab.nodes().stream().filter(n -> !n.equals(struck)).toList()) {
      List<String> told = between(hactl.quietly(node, "history"), fault, end);
      if (told.size() > longest.size()) {
        longest = told;
      }
    }
    longest.stream().limit(MOST).forEach(line -> out.println("  " + line));
  }

  private static List<String> between(Command history, Instant from, Instant to) {
    return history.ok()
        ? Told.read(history.output()).stream()
            .filter(line -> line.at().isAfter(from) && line.at().isBefore(to))
            .map(line ->
                "%+7d ms  %s".formatted(Duration.between(from, line.at()).toMillis(), line.text()))
            .toList()
        : List.of();
  }
}
