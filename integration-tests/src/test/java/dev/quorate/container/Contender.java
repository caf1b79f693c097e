package dev.quorate.container;

import dev.quorate.comparison.Stack;
import java.util.List;

/// A cluster that takes part in a comparison, and what its administrator does to it.
interface Contender {
  /// Whose it is.
  Stack stack();

  /// As clients and faults see it.
  Cluster cluster();

  /// Makes that machine's instance the primary.
  void switchTo(Machine next);

  /// Makes a machine that has lost its power a standby again, giving it power if nobody has yet.
  ///
  /// @return how many lines were typed
  int bringBack(Machine lost);

  /// Has failures of PostgreSQL forgotten, as an administrator does afterwards.
  void forgive();

  /// Stops everything cleanly.
  void stop();

  /// Does what is needed after machines have got power again that were stopped cleanly.
  void start();

  /// The command that tells how all is.
  String statusCommand();

  /// What systemd runs of it, that which makes it ready last.
  List<String> units();

  /// Names of its packages, the first of them alone if the others come with it.
  List<String> packages();

  /// The first word of its own commands.
  String tool();

  /// What was typed to set it up.
  List<String> typed();
}
