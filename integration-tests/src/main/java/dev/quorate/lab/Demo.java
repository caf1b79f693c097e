package dev.quorate.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The `./demo` program: builds a cluster on this machine, lets a fault happen under writing
/// clients, and shows what came of it.
public final class Demo {
  private static final String USAGE =
      "usage: ./demo [--scenario "
          + String.join("|", Scenario.words())
          + "] [--nodes N] [--durability sync|async] | ./demo status | ./demo stop";

  private Demo() {}

  /// Exit codes: 0 shown and nothing lost; 1 something went wrong; 2 usage; 3 this machine cannot.
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int exit;
    try {
      exit = run(List.of(args), out);
    } catch (LabException e) {
      out.println("demo: " + e.getMessage());
      exit = 1;
    } catch (IOException | SQLException e) {
      out.println("demo: " + e.getClass().getSimpleName() + ": " + e.getMessage());
      exit = 1;
    }
    System.exit(exit);
  }

  private static int run(List<String> args, PrintStream out) throws IOException, SQLException {
    if (args.equals(List.of("stop"))) {
      Lab.existing().remove();
      out.println("The lab is gone: no namespace, process or file of it is left.");
      return 0;
    }
    if (args.equals(List.of("status"))) {
      return status(out);
    }
    if (args.contains("--help") || args.contains("-h")) {
      out.println(USAGE);
      return 0;
    }
    Scenario scenario = Scenario.NODE_CRASH;
    int nodes = 3;
    String durability = "sync";
    List<String> rest = new ArrayList<>(args);
    while (!rest.isEmpty()) {
      String option = rest.removeFirst();
      String value = rest.isEmpty() ? "" : rest.removeFirst();
      switch (option) {
        case "--scenario" -> {
          Optional<Scenario> named = Scenario.of(value);
          if (named.isEmpty()) {
            return usage(out, "no scenario '" + value + "'");
          }
          scenario = named.get();
        }
        case "--nodes" -> {
          if (!value.matches("[3-7]")) {
            return usage(out, "--nodes takes a number from 3 to 7, not '" + value + "'");
          }
          nodes = Integer.parseInt(value);
        }
        case "--durability" -> {
          if (!List.of("sync", "async").contains(value)) {
            return usage(out, "--durability is sync or async, not '" + value + "'");
          }
          durability = value;
        }
        default -> {
          return usage(out, "unknown word '" + option + "'");
        }
      }
    }
    DemoRun run = new DemoRun(nodes, out);
    run.build(durability);
    DemoRun.Verdict verdict = run.play(scenario);
    run.suggest(scenario);
    return verdict.wrong().isEmpty() ? 0 : 1;
  }

  private static int usage(PrintStream out, String problem) {
    out.println("demo: " + problem);
    out.println(USAGE);
    return 2;
  }

  private static int status(PrintStream out) {
    Lab lab = Lab.existing();
    for (LabNode node : lab.nodes()) {
      Command status = DemoRun.hactl(out).quietly(node, "status");
      if (status.ok()) {
        out.println(status.output());
        return 0;
      }
    }
    out.println("No cluster of the lab answers; ./demo builds one.");
    return 1;
  }
}
