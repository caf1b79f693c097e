package dev.quorate.lab;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Types `hactl` commands as a user would, and shows them.
final class Hactl {
  private final List<String> launcher;
  private final PrintStream out;

  /// @param launcher the words that start the command line
  Hactl(List<String> launcher, PrintStream out) {
    this.launcher = List.copyOf(launcher);
    this.out = out;
  }

  /// Types a command on a node, shows it, and insists on success.
  String type(LabNode node, String... words) {
    out.println("  " + node.name() + "# hactl " + String.join(" ", words));
    Command done = quietly(node, words);
    if (!done.ok()) {
      throw new LabException("hactl failed with " + done.exit() + ": " + done.output());
    }
    return done.output();
  }

  /// Runs a command on a node without showing it.
  Command quietly(LabNode node, String... words) {
    List<String> all = new ArrayList<>(launcher);
    Path socket = node.adminSocket();
    all.addAll(List.of("--socket", socket.toString()));
    all.addAll(List.of(words));
    return Command.run(all);
  }
}
