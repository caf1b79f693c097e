package dev.quorate.daemon.cli;

import java.util.List;

/// A command of `hactl`.
///
/// @param words by which it is called, as `resource create`
/// @param arguments what follows them
/// @param summary one sentence
/// @param joined whether the node must belong to a cluster
/// @param options that it alone understands, or few others
record Command(
    String words,
    String arguments,
    String summary,
    boolean joined,
    List<String> options,
    Handler handler) {
  /// Copies the list.
  Command {
    options = List.copyOf(options);
  }

  /// Executes a command.
  interface Handler {
    /// Does it, or says why not.
    ///
    /// @throws HactlError if it was not done
    void run(Invocation in);
  }

  static Command of(String words, String arguments, String summary, Handler handler) {
    return new Command(words, arguments, summary, true, List.of(), handler);
  }

  /// The same for a node that may belong to no cluster.
  Command anywhere() {
    return new Command(words, arguments, summary, false, options, handler);
  }

  /// The same with options that not every command has.
  Command with(String... own) {
    return new Command(words, arguments, summary, joined, List.of(own), handler);
  }

  /// How it is typed.
  String synopsis() {
    return arguments.isEmpty() ? words : words + " " + arguments;
  }

  List<String> parts() {
    return List.of(words.split(" "));
  }
}
