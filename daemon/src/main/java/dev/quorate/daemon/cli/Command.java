package dev.quorate.daemon.cli;

import java.util.List;

/// A command of `hactl`.
///
/// @param words by which it is called, as `resource create`
/// @param arguments what follows them
/// @param summary one sentence
/// @param joined whether the node must belong to a cluster
record Command(String words, String arguments, String summary, boolean joined, Handler handler) {
  /// Executes a command.
  interface Handler {
    /// Does it, or says why not.
    ///
    /// @throws HactlError if it was not done
    void run(Invocation in);
  }

  static Command of(String words, String arguments, String summary, Handler handler) {
    return new Command(words, arguments, summary, true, handler);
  }

  /// The same for a node that may belong to no cluster.
  Command anywhere() {
    return new Command(words, arguments, summary, false, handler);
  }

  /// How it is typed.
  String synopsis() {
    return arguments.isEmpty() ? words : words + " " + arguments;
  }

  List<String> parts() {
    return List.of(words.split(" "));
  }
}
