package dev.quorate.differential;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.PolicyEngine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The differential tester as a program.
public final class DifferentialMain {
  private static final String USAGE =
      "usage: DifferentialMain [--count N] [--seed S] [--out DIR] [--shrink] [--order] [--wide]"
          + " | --file CIB";

  private DifferentialMain() {}

  /// Exit codes: 0 at least 99 % are equal; 1 fewer are; 2 usage; 3 `crm_simulate` is absent.
  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int exit = run(List.of(args), out);
    out.flush();
    System.exit(exit);
  }

  private static int run(List<String> args, PrintStream out)
      throws IOException, InterruptedException {
    long count = 2_000;
    long seed = 1;
    boolean shrink = false;
    boolean order = false;
    boolean wide = false;
    Optional<Path> directory = Optional.empty();
    List<String> rest = new ArrayList<>(args);
    while (!rest.isEmpty()) {
      String option = rest.removeFirst();
      boolean flag = List.of("--shrink", "--order", "--wide").contains(option);
      String value = flag || rest.isEmpty() ? "" : rest.removeFirst();
      if (flag) {
        shrink |= option.equals("--shrink");
        order |= option.equals("--order");
        wide |= option.equals("--wide");
      } else if (option.equals("--count") && value.matches("[0-9]{1,9}")) {
        count = Long.parseLong(value);
      } else if (option.equals("--seed") && value.matches("[0-9]{1,12}")) {
        seed = Long.parseLong(value);
      } else if (option.equals("--file") && !value.isEmpty()) {
        return show(Path.of(value), out);
      } else if (option.equals("--out") && !value.isEmpty()) {
        directory = Optional.of(Path.of(value));
      } else {
        out.println(USAGE);
        return 2;
      }
    }
    if (CrmSimulate.program().isEmpty()) {
      out.println("crm_simulate is not installed");
      return 3;
    }
    return report(new DifferentialRun(directory, shrink, order, wide).run(seed, seed + count), out);
  }

  /// What both would do with one document.
  private static int show(Path file, PrintStream out) throws IOException, InterruptedException {
    String xml = Files.readString(file);
    Path directory = Files.createTempDirectory("quorate-differential");
    Optional<Cib> cib = CibReader.read(xml.getBytes(StandardCharsets.UTF_8)).cib();
    Plan mine =
        cib.map(c -> Plan.of(PolicyEngine.decide(c, RandomCluster.NOW)))
            .orElse(new Plan(List.of(), List.of(), List.of()));
    Plan other =
        CrmSimulate.in(directory)
            .plan(xml, RandomCluster.NOW)
            .orElse(new Plan(List.of(), List.of(), List.of()));
    out.println("engine       " + mine.counted());
    out.println("crm_simulate " + other.counted());
    Difference difference = Difference.between(mine, other, List.of(), List.of());
    out.print(difference.text());
    return difference.none() ? 0 : 1;
  }

  private static int report(List<DifferentialRun.Result> results, PrintStream out) {
    Map<String, Integer> kinds = new TreeMap<>();
    Map<String, Integer> features = new TreeMap<>();
    long known = 0;
    for (DifferentialRun.Result result : results) {
      result.features().forEach(f -> features.merge(f, 1, Integer::sum));
      if (result.known()) {
        known++;
        if (!result.problem().isEmpty()) {
          out.println("seed " + result.seed() + " " + result.problem());
        }
      } else if (!result.same()) {
        out.print(result.text());
        kinds.merge(
            result.difference().map(d -> d.kinds().toString()).orElse("not compared"),
            1,
            Integer::sum);
      }
    }
    kinds.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .forEach(e -> out.println(e.getValue() + " × " + e.getKey()));
    out.println("features " + features);
    out.println(
        known
            + " differ because older versions shuffle instances, wait for pending nodes or break");
    long same = results.stream().filter(DifferentialRun.Result::same).count();
    long ordered = results.stream().filter(DifferentialRun.Result::ordersAll).count();
    long identical = results.stream().filter(DifferentialRun.Result::identical).count();
    out.printf(
        Locale.ROOT,
        "%d inputs: the same actions in %d (%.2f %%), all of the order in %d, exactly it in %d%n",
        results.size(),
        same,
        100.0 * same / Math.max(1, results.size()),
        ordered,
        identical);
    return same * 100 >= results.size() * 99L ? 0 : 1;
  }
}
