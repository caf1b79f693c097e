package dev.quorate.container;

import dev.quorate.comparison.Stack;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Quorate as its package brings it.
final class QuorateContender implements Contender {
  private static final Duration WHOLE = Duration.ofMinutes(5);

  private final Site site;
  private final List<String> typed;

  /// Sets it up on the machines of a rack.
  QuorateContender(Rack rack) throws IOException {
    this.site = new Site(rack);
    site.machines().forEach(machine -> site.power().standInFor(machine, "fence_ipmilan"));
    Walkthrough walkthrough = new Walkthrough(site);
    walkthrough.followOwn("comparison-quorate.md");
    this.typed = walkthrough.typed();
    site.awaitWhole(WHOLE);
  }

  @Override
  public Stack stack() {
    return Stack.QUORATE;
  }

  @Override
  public Cluster cluster() {
    return site;
  }

  @Override
  public void switchTo(Machine next) {
    next.must("hactl", "pg", "switchover", next.name(), "--wait");
  }

  @Override
  public int bringBack(Machine lost) {
    lost.powerOn();
    return 0;
  }

  @Override
  public void forgive() {
    site.machine(1).must("hactl", "resource", "cleanup", "pgsqld-clone");
  }

  @Override
  public void stop() {
    site.machine(1).must("hactl", "cluster", "stop", "--all");
  }

  /// It starts at boot.
  @Override
  public void start() {}

  @Override
  public String statusCommand() {
    return "hactl status";
  }

  @Override
  public List<String> units() {
    return List.of("quorate.service");
  }

  @Override
  public List<String> packages() {
    return List.of("quorate");
  }

  @Override
  public String tool() {
    return "hactl";
  }

  @Override
  public List<String> typed() {
    return typed;
  }
}
