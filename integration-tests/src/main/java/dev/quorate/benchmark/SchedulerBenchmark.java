package dev.quorate.benchmark;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import dev.quorate.resource.core.preview.Moment;
import dev.quorate.resource.json.CaseCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Measures the scheduler. See [#USAGE].
public final class SchedulerBenchmark {
  static final String USAGE =
      """
      usage: cases DIR [ROUNDS]             the recorded cases, round by round in this process
             generated [--repeat N] [--peer-largest] [SIZE]…
                                            generated clusters, beside crm_simulate where installed
             write SIZE FILE                 writes a generated cluster
             one FILE [ROUNDS]              one document, round by round in this process
             growth SIZE [DOUBLINGS]        how the cost of a decision grows with the primitives
      A size is NODESxPRIMITIVES, as 16x1000; with -sparse after it no node remembers probes.
      """;

  private SchedulerBenchmark() {}

  /// Runs what the words say.
  public static void main(String[] words) throws Exception {
    List<String> rest = new ArrayList<>(List.of(words));
    String what = rest.isEmpty() ? "" : rest.removeFirst();
    switch (what) {
      case "cases" -> onLargeStack(() -> cases(Path.of(rest.get(0)), rounds(rest, 20)));
      case "generated" -> new PeerRace(rest).run();
      case "write" -> Files.writeString(Path.of(rest.get(1)), document(rest.get(0)));
      case "growth" -> onLargeStack(() -> growth(rest.get(0), rounds(rest, 4)));
      case "one" -> onLargeStack(() -> one(Path.of(rest.get(0)), rounds(rest, 1)));
      default -> {
        System.err.print(USAGE);
        System.exit(2);
      }
    }
  }

  private static int rounds(List<String> words, int otherwise) {
    return words.size() > 1 ? Integer.parseInt(words.get(1)) : otherwise;
  }

  /// A generated cluster.
  ///
  /// @param size nodes and primitives, as in `16x1000`; with `-sparse` after it nodes remember only
  ///   what runs there
  static String document(String size) {
    String[] parts = size.replace("-sparse", "").split("x", -1);
    return GeneratedCluster.document(
        Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), !size.endsWith("-sparse"));
  }

  /// Something to measure.
  interface Work {
    void run() throws IOException;
  }

  private static void onLargeStack(Work work) throws InterruptedException {
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            },
            "benchmark",
            512L << 20);
    thread.start();
    thread.join();
  }

  private static void cases(Path directory, int rounds) throws IOException {
    CaseCatalog catalog = CaseCatalog.read(Files.readAllLines(directory.resolve("catalog.jsonl")));
    List<Path> documents;
    try (Stream<Path> files = Files.list(directory.resolve("xml"))) {
      documents = files.filter(f -> f.toString().endsWith(".xml")).sorted().toList();
    }
    List<Double> totals = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      List<Double> each = new ArrayList<>();
      long cpu = Usage.cpuNanos();
      for (Path document : documents) {
        String name = document.getFileName().toString().replace(".xml", "");
        byte[] text = Files.readAllBytes(document);
        long started = Usage.threadNanos();
        decide(text, catalog.now(name));
        each.add((Usage.threadNanos() - started) / 1e6);
      }
      double total = (Usage.cpuNanos() - cpu) / 1e6;
      totals.add(total);
      each.sort(null);
      print(
          "round %2d: %d cases, CPU %.0f ms; per case p50 %.2f ms, p99 %.2f ms, max %.2f ms",
          round,
          documents.size(),
          total,
          each.get(each.size() / 2),
          each.get(each.size() * 99 / 100),
          each.getLast());
    }
    List<Double> warm = totals.subList(Math.min(totals.size() - 1, rounds / 2), totals.size());
    print("warm rounds: CPU %s ms", Usage.spread(warm));
  }

  private static Decision decide(byte[] text, Optional<Instant> now) {
    CibReader.Result read = CibReader.read(text);
    Cib cib = read.cib().orElseThrow(() -> new IllegalStateException(read.problems().toString()));
    return PolicyEngine.decide(cib, Moment.of(cib, now, Instant.EPOCH));
  }

  private static void one(Path file, int rounds) throws IOException {
    byte[] text = Files.readAllBytes(file);
    for (int round = 1; round <= rounds; round++) {
      long cpu = Usage.cpuNanos();
      long started = System.nanoTime();
      CibReader.Result read = CibReader.read(text);
      long parsed = System.nanoTime();
      Cib cib = read.cib().orElseThrow(() -> new IllegalStateException(read.problems().toString()));
      Decision decision = PolicyEngine.decide(cib, Moment.of(cib, Optional.empty(), Instant.EPOCH));
      long core = decision.steps().stream().filter(s -> s.family().equals("core")).count();
      print(
          "round %d: CPU %.0f ms, wall %.0f ms (reading %.0f ms), %d steps, %d core, %d edges",
          round,
          (Usage.cpuNanos() - cpu) / 1e6,
          (System.nanoTime() - started) / 1e6,
          (parsed - started) / 1e6,
          decision.steps().size(),
          core,
          decision.edges().size());
    }
    print(
        "process: CPU %.0f ms, peak memory %d MB, peak heap %d MB",
        Usage.cpuNanos() / 1e6, Usage.peakMegabytes("self").orElse(0), Usage.peakHeapMegabytes());
  }

  /// The same nodes, each time with twice the primitives and so twice the constraints. A cost of n
  /// log n grows a little more than twofold each time.
  private static void growth(String size, int doublings) throws IOException {
    String[] parts = size.replace("-sparse", "").split("x", -1);
    String end = size.endsWith("-sparse") ? "-sparse" : "";
    double last = 0;
    for (int i = 0; i <= doublings; i++) {
      int primitives = Integer.parseInt(parts[1]) << i;
      CibReader.Result read =
          CibReader.read(
              document(parts[0] + "x" + primitives + end).getBytes(StandardCharsets.UTF_8));
      Cib cib = read.cib().orElseThrow(() -> new IllegalStateException(read.problems().toString()));
      List<Double> rounds = new ArrayList<>();
      for (int round = 0; round < 9; round++) {
        long started = Usage.threadNanos();
        PolicyEngine.decide(cib, Moment.of(cib, Optional.empty(), Instant.EPOCH));
        rounds.add((Usage.threadNanos() - started) / 1e6);
      }
      List<Double> warm = new ArrayList<>(rounds.subList(3, rounds.size()));
      warm.sort(null);
      double median = warm.get(warm.size() / 2);
      print(
          "%sx%d: CPU %s ms, %.2f us per n log2 n%s",
          parts[0],
          primitives,
          Usage.spread(warm),
          median * 1_000 / (primitives * Math.log(primitives) / Math.log(2)),
          last == 0 ? "" : String.format(Locale.ROOT, ", %.2f times the last", median / last));
      last = median;
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is no dependency of ours
  static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
