package dev.quorate.comparison;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Everything that was measured, by stack, in the order of its rows' first appearance.
///
/// Not thread-safe.
public final class Findings {
  private final Map<Stack, Map<Row, List<Double>>> values = new EnumMap<>(Stack.class);
  private final Map<Stack, List<String>> failures = new EnumMap<>(Stack.class);
  private final Set<Row> rows = new LinkedHashSet<>();
  private final List<Double> loads = new ArrayList<>();

  /// Takes a value.
  public void add(Stack stack, Row row, double value) {
    rows.add(row);
    values
        .computeIfAbsent(stack, _ -> new LinkedHashMap<>())
        .computeIfAbsent(row, _ -> new ArrayList<>())
        .add(value);
  }

  /// Takes how busy the host was during a fault.
  public void load(double load) {
    loads.add(load);
  }

  /// Something did not come to the end that it should have.
  public void fail(Stack stack, String what) {
    failures.computeIfAbsent(stack, _ -> new ArrayList<>()).add(what);
  }

  /// Rows of which somebody has a value.
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /// What one stack has in a row, if anything.
  public Optional<Spread> spread(Stack stack, Row row) {
    return Optional.ofNullable(values.getOrDefault(stack, Map.of()).get(row)).map(Spread::of);
  }

  /// What did not come to an end.
  public List<String> failures(Stack stack) {
    return List.copyOf(failures.getOrDefault(stack, List.of()));
  }

  /// How busy the host was.
  public Optional<Spread> load() {
    return loads.isEmpty() ? Optional.empty() : Optional.of(Spread.of(loads));
  }
}
