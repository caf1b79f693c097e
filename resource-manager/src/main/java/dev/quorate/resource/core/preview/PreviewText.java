package dev.quorate.resource.core.preview;

import dev.quorate.resource.core.policy.Decision.Held;
import dev.quorate.resource.core.policy.Decision.Placed;
import dev.quorate.resource.core.policy.Decision.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A decision as an operator reads it.
public final class PreviewText {
  /// Above this many steps a plan does not say what each one waits for.
  static final int EXPLAINED = 4_000;

  private PreviewText() {}

  /// Line by line.
  public static List<String> of(Preview preview, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add("At " + now + ":");
    places(preview.decision().before(), lines);
    if (!preview.decision().refusals().isEmpty()) {
      lines.add("");
      lines.add("There is no plan: the document asks for what is not managed.");
      return lines;
    }
    lines.add("");
    steps(preview, lines);
    held(preview.decision().held(), lines);
    lines.add("");
    afterwards(preview, lines);
    preview
        .decision()
        .recheck()
        .ifPresent(at -> {
          lines.add("");
          lines.add("Look again at " + at + ": the passing of time may change this.");
        });
    return lines;
  }

  private static void places(SortedMap<String, List<Placed>> places, List<String> lines) {
    if (places.isEmpty()) {
      lines.add("  nothing runs");
    }
    int width = width(places);
    places.forEach((resource, at) -> lines.add("  " + pad(resource, width) + "  " + text(at)));
  }

  private static void steps(Preview preview, List<String> lines) {
    List<Integer> real = preview.order().stream().filter(step -> !preview.isPseudo(step)).toList();
    if (real.isEmpty()) {
      lines.add("There is nothing to do.");
      return;
    }
    lines.add("Plan (" + real.size() + (real.size() == 1 ? " step):" : " steps):"));
    int[] number = new int[preview.decision().steps().size()];
    for (int i = 0; i < real.size(); i++) {
      number[real.get(i)] = i + 1;
    }
    boolean explained = number.length <= EXPLAINED;
    List<List<Integer>> waits = explained ? preview.waits(true) : List.of();
    int digits = Integer.toString(real.size()).length();
    for (int step : real) {
      String after =
          explained && !waits.get(step).isEmpty()
              ? waits.get(step).stream()
                  .map(first -> number[first])
                  .sorted()
                  .map(String::valueOf)
                  .collect(Collectors.joining(", ", "  (after ", ")"))
              : "";
      String name = Integer.toString(number[step]);
      lines.add(
          "  "
              + " ".repeat(digits - name.length())
              + name
              + ". "
              + text(preview.decision().steps().get(step))
              + after);
    }
    if (preview.loop()) {
      lines.add("The last of these steps wait for each other: the plan cannot be carried out.");
    }
  }

  private static void held(List<Held> held, List<String> lines) {
    if (!held.isEmpty()) {
      lines.add("");
      lines.add("Cannot be done now:");
      held.forEach(h -> lines.add("  " + text(h.step()) + ": " + h.reason()));
    }
  }

  /// A step in words.
  public static String text(Step step) {
    String on = step.node().isEmpty() ? "" : " on " + step.node();
    return switch (step.kind()) {
      case "pseudo" -> step.resource();
      case "probe" -> "look whether " + step.resource() + " runs" + on;
      case "monitor" -> "monitor " + step.resource() + on + " every " + seconds(step.detail());
      case "cancel" ->
          "cancel the monitor of " + step.resource() + on + " every " + seconds(step.detail());
      case "fence" -> "fence " + step.node() + " (" + step.detail() + ")";
      case "shutdown" -> "shut down the cluster" + on;
      case "migrate_to" ->
          "migrate " + step.resource() + " from " + step.node() + " to " + step.detail();
      case "migrate_from" -> "take over " + step.resource() + on + " from " + step.detail();
      case "notify" -> "notify " + step.resource() + on + ": " + step.detail();
      case "clear_failcount" -> "forget the failures of " + step.resource() + on;
      case "delete", "lrm_delete" -> "forget the history of " + step.resource() + on;
      default -> step.kind() + " " + step.resource() + on;
    };
  }

  private static String seconds(String millis) {
    long value = Long.parseLong(millis);
    return value % 1000 == 0 ? value / 1000 + " s" : value + " ms";
  }

  private static void afterwards(Preview preview, List<String> lines) {
    SortedMap<String, List<Placed>> before = preview.decision().before();
    lines.add("Afterwards:");
    TreeSet<String> all = new TreeSet<>(before.keySet());
    all.addAll(preview.after().keySet());
    if (all.isEmpty()) {
      lines.add("  nothing runs");
    }
    int width = all.stream().mapToInt(String::length).max().orElse(0);
    for (String resource : all) {
      String then = text(preview.after().getOrDefault(resource, List.of()));
      String now = text(before.getOrDefault(resource, List.of()));
      lines.add(
          "  "
              + pad(resource, width)
              + "  "
              + then
              + (then.equals(now) ? "" : "  (was: " + now + ")"));
    }
  }

  static String text(List<Placed> at) {
    return at.isEmpty()
        ? "stopped"
        : at.stream().map(p -> p.role() + " on " + p.node()).collect(Collectors.joining(", "));
  }

  private static int width(SortedMap<String, List<Placed>> places) {
    return places.keySet().stream().mapToInt(String::length).max().orElse(0);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
