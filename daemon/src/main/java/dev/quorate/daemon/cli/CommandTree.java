package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.NearestWord;
import java.util.List;
import java.util.stream.Stream;

/// All commands, and the way from typed words to one of them.
public final class CommandTree {
  private static final List<Command> COMMANDS =
      Stream.of(
              ClusterCommands.all(),
              CertificateCommands.all(),
              StatusCommands.all(),
              RingCommands.all(),
              QuorumCommands.all(),
              Simulate.all(),
              CibCommands.all(),
              PropertyCommands.all(),
              ResourceCommands.all(),
              OldResourceLine.all(),
              GroupCommands.all(),
              CloneCommands.all(),
              ConstraintCommands.all(),
              WrittenConstraints.all(),
              StonithCommands.all(),
              NodeCommands.all(),
              PgCommands.all(),
              PgReplication.all(),
              PgInterventions.all(),
              PgDoctor.all(),
              PgSetup.all(),
              PgLog.all(),
              PgDrill.all(),
              PgOrders.all())
          .flatMap(List::stream)
          .toList();

  private CommandTree() {}

  static List<Command> commands() {
    return COMMANDS;
  }

  /// Executes one command line.
  ///
  /// @param client who typed it
  /// @return what `hactl` exits with; an error has been reported as JSON or text by then
  public static ExitCode run(List<String> arguments, String client, Cluster cluster, Output out) {
    boolean json = arguments.contains("--json") || arguments.contains("json");
    try {
      Options options = Options.parse(arguments);
      if (options.words().isEmpty() || options.words().getFirst().equals("help")) {
        HactlReference.help(options.words()).forEach(out::line);
        return options.words().isEmpty() ? ExitCode.USAGE : ExitCode.OK;
      }
      Command command = find(options.words());
      for (String option : options.own().keySet()) {
        if (!command.options().contains(option)) {
          throw HactlError.usage(
              "'" + command.words() + "' has no option '" + option + "'", "leave it out");
        }
      }
      if (command.joined()) {
        requireJoined(cluster.facts());
      }
      Words words =
          new Words(
              options.words().subList(command.parts().size(), options.words().size()),
              command.synopsis());
      command.handler().run(new Invocation(cluster, words, options, out, client));
      return ExitCode.OK;
    } catch (HactlError e) {
      report(e, json, out);
      return e.exit();
    } catch (IllegalArgumentException e) {
      report(HactlError.usage(String.valueOf(e.getMessage()), ""), json, out);
      return ExitCode.USAGE;
    }
  }

  static void report(HactlError error, boolean json, Output out) {
    if (json) {
      out.remark(
          JsonText.object(
              java.util.Map.of(
                  "code", error.code(), "hint", error.hint(), "message", error.message())));
      return;
    }
    out.remark("Error: " + error.message());
    if (!error.hint().isEmpty()) {
      out.remark("       " + error.hint());
    }
  }

  /// Refuses what only a node that takes part can do.
  static void requireJoined(NodeFacts facts) {
    switch (facts.phase()) {
      case UNJOINED ->
          throw HactlError.failed(
              "this node belongs to no cluster",
              "found one with 'hactl cluster setup NAME n1=ADDRESS …', or join one with 'hactl"
                  + " cluster join TOKEN'");
      case STOPPED ->
          throw HactlError.failed(
              "the cluster is stopped on this node", "start it with 'hactl cluster start'");
      case DAMAGED ->
          throw HactlError.failed(
              "this node takes no part, since its log cannot be used: " + facts.quorumReason(),
              "rebuild it with 'hactl node rebuild', or type this on another node");
      case RUNNING -> {}
    }
  }

  /// The command with the most words in common.
  static Command find(List<String> words) {
    Command found =
        COMMANDS.stream()
            .filter(command -> startsWith(words, command.parts()))
            .max(java.util.Comparator.comparingInt(command -> command.parts().size()))
            .orElseThrow(() -> unknown(words));
    if (found.parts().size() < words.size() && found.arguments().isEmpty()) {
      throw unknown(words);
    }
    return found;
  }

  private static boolean startsWith(List<String> words, List<String> parts) {
    return words.size() >= parts.size() && words.subList(0, parts.size()).equals(parts);
  }

  private static HactlError unknown(List<String> words) {
    String first = words.getFirst();
    List<String> seconds =
        COMMANDS.stream()
            .filter(c -> c.parts().getFirst().equals(first) && c.parts().size() > 1)
            .map(c -> c.parts().get(1))
            .distinct()
            .toList();
    if (seconds.isEmpty()) {
      List<String> firsts = COMMANDS.stream().map(c -> c.parts().getFirst()).distinct().toList();
      return HactlError.usage(
          "unknown command '" + first + "'",
          NearestWord.of(first, firsts)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("known are " + String.join(", ", firsts)));
    }
    if (words.size() == 1) {
      return HactlError.usage(
          "'" + first + "' needs one more word", "one of " + String.join(", ", seconds));
    }
    return HactlError.usage(
        "unknown command '" + first + " " + words.get(1) + "'",
        NearestWord.of(words.get(1), seconds)
            .map(near -> "did you mean '" + first + " " + near + "'?")
            .orElse("known are " + String.join(", ", seconds)));
  }
}
