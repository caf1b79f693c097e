package dev.quorate.lab;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/// The figures of a run of random faults, by kind.
final class FaultTable {
  /// The figures of one fault.
  ///
  /// @param gapMillis how long nobody wrote
  /// @param wholeMillis from the fault until every standby streamed again
  /// @param standbyOnly whether one standby's machine was struck and nothing else
  /// @param lost how many acknowledged commits are missing
  record Row(long gapMillis, long wholeMillis, boolean standbyOnly, long lost) {}

  private final Map<FaultKind, List<Row>> rows = new EnumMap<>(FaultKind.class);

  void add(FaultKind kind, Row row) {
    rows.computeIfAbsent(kind, _ -> new ArrayList<>()).add(row);
  }

  int faults() {
    return rows.values().stream().mapToInt(List::size).sum();
  }

  long lost() {
    return rows.values().stream().flatMap(Collection::stream).mapToLong(Row::lost).sum();
  }

  /// The longest time without a commit of faults that struck one standby only: how long commits
  /// waited for it, or for the other.
  long longestWait() {
    return rows.values().stream()
        .flatMap(Collection::stream)
        .filter(Row::standbyOnly)
        .mapToLong(Row::gapMillis)
        .max()
        .orElse(0);
  }

  /// Prints a line for each kind; times in milliseconds.
  void print(PrintStream out) {
    out.printf(
        "%n%-20s %5s %9s %9s %9s %11s %11s %5s%n",
        "kind", "count", "gap p50", "p95", "max", "whole p50", "max", "lost");
    rows.forEach((kind, list) ->
        out.printf(
            Locale.ROOT,
            "%-20s %5d %9d %9d %9d %11d %11d %5d%n",
            kind.word(),
            list.size(),
            quantile(list, Row::gapMillis, 0.5),
            quantile(list, Row::gapMillis, 0.95),
            quantile(list, Row::gapMillis, 1),
            quantile(list, Row::wholeMillis, 0.5),
            quantile(list, Row::wholeMillis, 1),
            list.stream().mapToLong(Row::lost).sum()));
  }

  /// The smallest figure that at least that share of them does not exceed.
  static long quantile(List<Row> rows, ToLongFunction<Row> figure, double share) {
    long[] sorted = rows.stream().mapToLong(figure).sorted().toArray();
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
