package dev.quorate.comparison;

/// A figure that both stacks have.
///
/// @param budget what Quorate's median must not exceed, or [#NO_BUDGET]
/// @param share of the other stack's median that it must not exceed either, or [#NO_BUDGET]
public record Row(String group, String what, Unit unit, double budget, double share) {
  /// Nothing was promised.
  public static final double NO_BUDGET = Double.POSITIVE_INFINITY;

  private static final String FOOTPRINT = "What it costs";
  private static final String CLI = "Command line, warm";
  private static final String HANDS = "Setting up";

  /// The question that one asks most.
  public static final Row STATUS = new Row(CLI, "status", Unit.MILLISECONDS, 250, 0.5);

  /// Memory of all daemons of a node, shared pages counted for each process.
  public static final Row RESIDENT = new Row(FOOTPRINT, "resident memory", Unit.MEBIBYTES, 220);

  /// The same, shared pages divided among those that share them.
  public static final Row PROPORTIONAL =
      new Row(FOOTPRINT, "proportional memory", Unit.MEBIBYTES, NO_BUDGET);

  /// Processor time of the daemons of an idle node, and of what they ran, in a minute.
  public static final Row IDLE = new Row(FOOTPRINT, "idle CPU in a minute", Unit.SECONDS, 1.2, 1);

  /// Memory of all daemons of a node once they have had nothing to do for ten minutes.
  public static final Row SETTLED =
      new Row(FOOTPRINT, "resident memory after ten idle minutes", Unit.MEBIBYTES, 220);

  /// The same once they have stopped and started something a thousand times.
  public static final Row BUSY =
      new Row(FOOTPRINT, "resident memory after 1,000 actions", Unit.MEBIBYTES, 220);

  /// What the packages that it needs beside PostgreSQL occupy.
  public static final Row INSTALLED =
      new Row(FOOTPRINT, "installed packages", Unit.MEBIBYTES, NO_BUDGET);

  /// From systemd's start of the first daemon to the last that is ready.
  public static final Row READY =
      new Row(FOOTPRINT, "daemons ready, three nodes booting", Unit.SECONDS, NO_BUDGET);

  /// The same of one node whose daemon is started again, in a cluster that the others are.
  public static final Row RESTARTED =
      new Row(FOOTPRINT, "daemon ready, started again", Unit.SECONDS, 3);

  /// Commands of the stack's own command line.
  public static final Row COMMANDS = new Row(HANDS, "commands of its own", Unit.COUNT, 10);

  /// Everything that is typed, PostgreSQL included, on each machine.
  public static final Row TYPED = new Row(HANDS, "all lines typed", Unit.COUNT, NO_BUDGET);

  /// A node crash where the kernel permits no real-time threads.
  public static final Row NOT_REAL_TIME =
      new Row("Node crash, no real-time threads", "longest gap", Unit.SECONDS, NO_BUDGET);

  /// A row in which the other stack is no measure.
  public Row(String group, String what, Unit unit, double budget) {
    this(group, what, unit, budget, NO_BUDGET);
  }

  /// Whether something was promised.
  public boolean isPromised() {
    return Math.min(budget, share) < NO_BUDGET;
  }

  /// Whether it was kept.
  ///
  /// @param theirs the other stack's median; [#NO_BUDGET] if there is none
  public boolean isMet(double ours, double theirs) {
    return ours <= budget && (share == NO_BUDGET || ours <= share * theirs);
  }

  /// What was promised.
  String promise() {
    String others = share == 1 ? "the other's" : "%.1f of the other's".formatted(share);
    return isPromised()
        ? "≤ " + unit.limit(budget) + (share == NO_BUDGET ? "" : ", ≤ " + others)
        : "–";
  }
}
