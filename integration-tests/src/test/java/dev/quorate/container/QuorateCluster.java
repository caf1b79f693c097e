package dev.quorate.container;

import java.io.IOException;
import java.time.Duration;

/// Document 003's cluster as this project keeps it.
final class QuorateCluster implements Contender {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Override
  public String name() {
    return "Quorate";
  }

  @Override
  public String image() throws IOException {
    return NodeImage.installed();
  }

  @Override
  public Site.Look look() {
    return Site.QUORATE;
  }

  @Override
  public void build(Site site) throws IOException {
    site.type("document-003.md", "fence_ipmilan");
  }

  @Override
  public void switchOver(Machine from, Machine to) {
    from.must("hactl", "pg", "switchover", to.name());
  }

  /// Somebody switches the machine on; that is all.
  @Override
  public int restore(Site site, Machine struck) {
    struck.powerOn();
    site.awaitWhole(PATIENCE);
    return 0;
  }

  @Override
  public String status() {
    return "hactl status";
  }

  @Override
  public String daemons() {
    return "systemctl show --property=MainPID --value quorate";
  }
}
