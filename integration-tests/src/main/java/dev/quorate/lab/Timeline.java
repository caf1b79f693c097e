package dev.quorate.lab;

import java.io.PrintStream;

/// Shows the phases of the last failover as the daemons measured them.
final class Timeline {
  private final Lab lab;
  private final Hactl hactl;

  Timeline(Lab lab, Hactl hactl) {
    this.lab = lab;
    this.hactl = hactl;
  }

  /// Prints the events of the node that has most to tell: the leader's.
  void print(PrintStream out) {
    for (LabNode node : lab.nodes()) {
      Command events = hactl.quietly(node, "events", "--failover");
      if (events.ok() && !events.output().isBlank()) {
        out.println(events.output().indent(2).stripTrailing());
        return;
      }
    }
  }
}
