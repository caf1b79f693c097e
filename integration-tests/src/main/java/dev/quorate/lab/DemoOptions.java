package dev.quorate.lab;

import java.util.ArrayList;
import java.util.List;

/// What a user asked the demo for.
///
/// @param nodes how many have a database: 2 to 7, or 2 to 6 and a witness; two without a witness
///   fence each other before either goes on alone
/// @param witness whether one more node only votes
/// @param durability `sync` or `async`
/// @param repeat how often the scenario is played on the same cluster, 1 to 20
/// @param megabytes how much is in the database before it is played, 0 to 9999
record DemoOptions(
    Scenario scenario, int nodes, boolean witness, String durability, int repeat, int megabytes) {
  static final String USAGE =
      "usage: ./demo [--scenario "
          + String.join("|", Scenario.words())
          + "] [--nodes N] [--witness] [--durability sync|async] [--repeat N] [--data MB] | ./demo faults [COUNT] [SEED] | ./demo status"
          + " | ./demo idle | ./demo stop";

  /// Reads the command line.
  ///
  /// @throws IllegalArgumentException naming the word that is wrong
  static DemoOptions parse(List<String> args) {
    List<String> rest = new ArrayList<>(args);
    boolean witness = rest.removeIf("--witness"::equals);
    DemoOptions options = new DemoOptions(Scenario.NODE_CRASH, 3, witness, "sync", 1, 0);
    while (!rest.isEmpty()) {
      String option = rest.removeFirst();
      String value = rest.isEmpty() ? "" : rest.removeFirst();
      options =
          switch (option) {
            case "--scenario" -> options.with(scenario(value));
            case "--nodes" -> options.withNodes(number(option, value, 2, witness ? 6 : 7));
            case "--durability" -> options.withDurability(durability(value));
            case "--repeat" -> options.withRepeat(number(option, value, 1, 20));
            case "--data" -> options.withMegabytes(number(option, value, 0, 9999));
            default -> throw new IllegalArgumentException("unknown word '" + option + "'");
          };
    }
    if (options.nodes == 2 && !witness && !options.scenario.playableByTwo()) {
      throw new IllegalArgumentException(
          "--scenario "
              + options.scenario.word()
              + " needs a third node or --witness: of two nodes the primary's side goes on, also if"
              + " clients cannot reach it");
    }
    return options;
  }

  private DemoOptions with(Scenario other) {
    return new DemoOptions(other, nodes, witness, durability, repeat, megabytes);
  }

  private DemoOptions withNodes(int other) {
    return new DemoOptions(scenario, other, witness, durability, repeat, megabytes);
  }

  private DemoOptions withDurability(String other) {
    return new DemoOptions(scenario, nodes, witness, other, repeat, megabytes);
  }

  private DemoOptions withRepeat(int other) {
    return new DemoOptions(scenario, nodes, witness, durability, other, megabytes);
  }

  private DemoOptions withMegabytes(int other) {
    return new DemoOptions(scenario, nodes, witness, durability, repeat, other);
  }

  private static Scenario scenario(String word) {
    return Scenario.of(word)
        .orElseThrow(() -> new IllegalArgumentException("no scenario '" + word + "'"));
  }

  private static String durability(String word) {
    if (!List.of("sync", "async").contains(word)) {
      throw new IllegalArgumentException("--durability is sync or async, not '" + word + "'");
    }
    return word;
  }

  private static int number(String option, String value, int least, int most) {
    if (value.matches("[0-9]{1,4}")) {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new IllegalArgumentException(
        option + " takes a number from " + least + " to " + most + ", not '" + value + "'");
  }
}
