package dev.quorate.comparison;

/// What happens to a cluster while clients write, and how long they may then wait.
public enum Fault {
  SWITCHOVER("Planned switchover", 1.0),
  POSTGRES_KILLED("PostgreSQL's server killed", 2.0),
  CRASH("Power of the primary's node cut", 3.0),
  FREEZE("Primary's node frozen", 3.5),
  PARTITION("Primary's node cut off the network", 4.0),
  COLD_BOOT("Cold boot of all three nodes", 15.0);

  private final String title;
  private final double budget;

  Fault(String title, double budget) {
    this.title = title;
    this.budget = budget;
  }

  /// The longest time between two acknowledged commits.
  public Row gap() {
    return new Row(title, "longest gap", Unit.SECONDS, budget);
  }

  /// All gaps of half a second and more.
  public Row outage() {
    return new Row(title, "total outage", Unit.SECONDS, budget);
  }

  /// Commits of which a client was told, and which are not there.
  public Row lost() {
    return new Row(title, "acknowledged commits lost", Unit.COUNT, 0);
  }

  /// From the power being back to a whole cluster.
  public Row back() {
    return new Row(title, "power back to whole", Unit.SECONDS, Row.NO_BUDGET);
  }

  /// What an administrator types until then.
  public Row steps() {
    return new Row(title, "manual steps until whole", Unit.COUNT, 0);
  }
}
