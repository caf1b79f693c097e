package dev.quorate.differential;

import dev.quorate.resource.cib.xml.CibWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Many seeds, two at a time.
public final class DifferentialRun {
  private static final int WORKERS = 2;

  private final Optional<Path> out;
  private final boolean shrinks;
  private final boolean orders;
  private final boolean wide;

  /// @param out where inputs that differ are written; empty for nowhere
  /// @param shrinks whether they are made small
  /// @param orders whether inputs that differ only in the order are written too
  /// @param wide whether things are done to the clusters that they do not have by themselves
  public DifferentialRun(Optional<Path> out, boolean shrinks, boolean orders, boolean wide) {
    this.out = out;
    this.shrinks = shrinks;
    this.orders = orders;
    this.wide = wide;
  }

  /// What came of a seed.
  ///
  /// @param problem why there was nothing to compare; empty if there was
  public record Result(
      long seed, List<String> features, Optional<Difference> difference, String problem) {
    /// Copies the list.
    public Result {
      features = List.copyOf(features);
    }

    /// Whether both do the same.
    public boolean same() {
      return difference.map(Difference::sameSteps).orElse(false);
    }

    /// Whether they differ as is known.
    public boolean known() {
      return difference.map(Difference::known).orElse(problem.equals(CrmSimulate.BROKE));
    }

    /// Whether both do the same and the engine orders all that the other does.
    public boolean ordersAll() {
      return difference.map(Difference::ordersAll).orElse(false);
    }

    /// Whether both do the same in the same order.
    public boolean identical() {
      return difference.map(Difference::none).orElse(false);
    }

    /// For people.
    public String text() {
      return String.format(
          Locale.ROOT,
          "seed %d %s%n%s",
          seed,
          difference.map(d -> d.kinds().toString()).orElse(problem),
          difference.map(Difference::text).orElse(""));
    }
  }

  /// Runs the seeds of a range, the last one excluded.
  public List<Result> run(long first, long end) throws IOException, InterruptedException {
    if (out.isPresent()) {
      Files.createDirectories(out.get());
    }
    List<Future<List<Result>>> parts = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
      for (int worker = 0; worker < WORKERS; worker++) {
        long from = first + worker;
        Callable<List<Result>> part = () -> every(from, end);
        parts.add(workers.submit(part));
      }
    }
    List<Result> results = new ArrayList<>();
    for (Future<List<Result>> part : parts) {
      try {
        results.addAll(part.get());
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      }
    }
    results.sort(Comparator.comparingLong(Result::seed));
    return results;
  }

  private List<Result> every(long from, long end) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("quorate-differential");
    try {
      Comparison comparison = new Comparison(directory);
      List<Result> results = new ArrayList<>();
      for (long seed = from; seed < end; seed += WORKERS) {
        results.add(one(comparison, seed));
      }
      return results;
    } finally {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(directory);
    }
  }

  private Result one(Comparison comparison, long seed) throws IOException, InterruptedException {
    Wide input = wide ? Wide.of(seed) : plain(seed);
    Comparison.Outcome outcome = comparison.compare(input.xml(), input.now());
    Result result = new Result(seed, input.features(), outcome.difference(), outcome.problem());
    if (out.isPresent() && !result.known() && (orders ? !result.identical() : !result.same())) {
      keep(comparison, input, result);
    }
    return result;
  }

  private static Wide plain(long seed) {
    RandomCluster cluster = RandomCluster.of(seed);
    return new Wide(CibWriter.write(cluster.cib()), cluster.now(), cluster.features());
  }

  private void keep(Comparison comparison, Wide input, Result result)
      throws IOException, InterruptedException {
    Path directory = out.orElseThrow();
    Files.writeString(
        directory.resolve(result.seed() + ".xml"), input.xml(), StandardCharsets.UTF_8);
    StringBuilder text = new StringBuilder(result.text());
    if (shrinks && result.difference().isPresent()) {
      String small =
          Shrinker.shrink(comparison, input.xml(), input.now(), result.difference().get());
      Files.writeString(
          directory.resolve(result.seed() + ".small.xml"), small, StandardCharsets.UTF_8);
      comparison
          .compare(small, input.now())
          .difference()
          .ifPresent(d -> text.append("made small:\n").append(d.text()));
    }
    Files.writeString(directory.resolve(result.seed() + ".txt"), text, StandardCharsets.UTF_8);
  }
}
