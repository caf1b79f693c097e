package dev.quorate.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/// What was measured of cluster stacks in one run, as a page.
///
/// @param columns the stacks, this project's first
record ComparisonReport(List<ComparisonReport.Column> columns) {
  /// One misfortune and what was seen of it.
  ///
  /// @param gapMillis the longest time without a commit
  /// @param totalMillis all such times of half a second or more together
  /// @param wholeMillis from the first commit after it until all nodes were in their place again
  /// @param lost acknowledged commits that are missing
  /// @param steps what a person had to do
  record Sample(long gapMillis, long totalMillis, long wholeMillis, int lost, int steps) {}

  /// One stack.
  ///
  /// @param statusMillis how long its status command took, each time
  /// @param residentKilobytes the memory of its daemons, by node
  record Column(
      String name,
      Map<Misfortune, List<Sample>> samples,
      List<Long> statusMillis,
      List<Long> residentKilobytes) {
    private int sum(ToIntFunction<Sample> part) {
      return samples.values().stream().flatMap(Collection::stream).mapToInt(part).sum();
    }

    int lost() {
      return sum(Sample::lost);
    }

    int steps() {
      return sum(Sample::steps);
    }
  }

  ComparisonReport {
    columns = List.copyOf(columns);
  }

  void write(Path page) throws IOException {
    Files.createDirectories(page.toAbsolutePath().getParent());
    Files.writeString(page, toString());
  }

  @Override
  public String toString() {
    Column first = columns.getFirst();
    int rounds = first.samples().values().iterator().next().size();
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Failovers beside Pacemaker

        Three machines in containers that boot systemd, on one host with %d processors; PostgreSQL 15, an address, a fence device. The same
        program does the same to the primary of each cluster, %d times, while three clients commit through the address every 20 ms;
        one cluster after the other. Commits are synchronous under Quorate (`durability=sync`) and asynchronous under PAF, as is the default of each. Made by
        `./check compare %2$d`; times are seconds, median (least to most).

        """
            .formatted(Runtime.getRuntime().availableProcessors(), rounds));
    page.append("| |");
    columns.forEach(column -> page.append(' ').append(column.name()).append(" |"));
    page.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
    for (Misfortune misfortune : first.samples().keySet()) {
      row(page, misfortune + ": longest gap", misfortune, Sample::gapMillis);
      row(page, misfortune + ": all gaps", misfortune, Sample::totalMillis);
      row(page, misfortune + ": whole again", misfortune, Sample::wholeMillis);
    }
    line(page, "acknowledged commits lost", column -> String.valueOf(column.lost()));
    line(page, "steps by hand", column -> String.valueOf(column.steps()));
    line(page, "status command", column -> spread(column.statusMillis()));
    line(
        page,
        "resident memory of the daemons, MB by node",
        column ->
            String.join(
                ", ", column.residentKilobytes().stream().map(k -> "" + k / 1024).toList()));
    return page.toString();
  }

  private void row(
      StringBuilder page, String what, Misfortune misfortune, ToLongFunction<Sample> part) {
    line(
        page,
        what,
        column ->
            spread(
                column.samples().getOrDefault(misfortune, List.of()).stream()
                    .map(part::applyAsLong)
                    .toList()));
  }

  private void line(StringBuilder page, String what, Function<Column, String> cell) {
    page.append("| ").append(what).append(" |");
    columns.forEach(column -> page.append(' ').append(cell.apply(column)).append(" |"));
    page.append('\n');
  }

  private static String spread(List<Long> millis) {
    List<Long> sorted = millis.stream().sorted().toList();
    int half = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2.0;
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        median / 1000,
        sorted.getFirst() / 1000.0,
        sorted.getLast() / 1000.0);
  }
}
