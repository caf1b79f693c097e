package dev.quorate.container;

/// What is done to the primary of a cluster, and is over when clients write again.
enum Misfortune {
  CRASH("node crash"),
  SWITCHOVER("switchover"),
  KILL("postmaster killed"),
  FREEZE("node frozen"),
  PARTITION("node cut off");

  private final String words;

  Misfortune(String words) {
    this.words = words;
  }

  /// Does it.
  void strike(Contender contender, Site site) {
    Machine primary = site.thePrimary();
    switch (this) {
      case CRASH -> primary.powerOff();
      case SWITCHOVER -> contender.switchOver(primary, site.standbys().getFirst());
      case KILL -> primary.shell("pkill --signal KILL --oldest --full 'postgres -D|bin/postgres '");
      case FREEZE -> primary.freeze();
      case PARTITION -> primary.cutOff();
    }
  }

  @Override
  public String toString() {
    return words;
  }
}
