package dev.quorate.container;

import java.io.IOException;

/// A cluster stack that keeps the same PostgreSQL on the same machines, and the hands that it
/// needs.
interface Contender {
  /// The head of its column.
  String name();

  /// What its machines boot.
  String image() throws IOException;

  /// How its machines say that all is well.
  Site.Look look();

  /// Makes a whole cluster of machines that have booted.
  void build(Site site) throws IOException;

  /// Moves the primary as its administrators do.
  void switchOver(Machine from, Machine to);

  /// Does what an administrator has to do after a fault, until the cluster is whole.
  ///
  /// @param struck what was the primary
  /// @return how many steps took a person
  int restore(Site site, Machine struck);

  /// The command that shows the state.
  String status();

  /// A line of shell that prints the processes of its daemons.
  String daemons();
}
