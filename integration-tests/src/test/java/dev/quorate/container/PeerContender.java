package dev.quorate.container;

import dev.quorate.comparison.Stack;
import dev.quorate.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Corosync, Pacemaker, PAF and pcs, as their documentation has them set up.
final class PeerContender implements Contender {
  private static final Duration WHOLE = Duration.ofMinutes(5);
  private static final Duration BOOT = Duration.ofMinutes(2);

  private final Rack rack;
  private final PeerSite site;
  private final List<String> typed;

  /// The cluster as Pacemaker sees it.
  private record PeerSite(Rack rack) implements Cluster {
    /// A positive score of an instance: without it nobody would promote it.
    private static final Pattern SCORE = Pattern.compile("-pgsqld\\s*: [1-9]");

    @Override
    public List<Machine> machines() {
      return rack.machines();
    }

    @Override
    public PowerSwitch power() {
      return rack.power();
    }

    @Override
    public String vip() {
      return Rack.address(110);
    }

    /// Everybody is there, has a role, and could be promoted; nothing is under way.
    @Override
    public boolean healthy() {
      Machine asked = machines().getFirst();
      if (!machines().stream().allMatch(Machine::awake)) {
        return false;
      }
      String told = asked.run("crm_mon", "-1A").getStdout();
      return told.contains("Online: [ peer1 peer2 peer3 ]")
          && primary().filter(p -> told.contains(" Promoted: [ " + p.name() + " ]")).isPresent()
          && SCORE.matcher(told).results().count() == machines().size()
          && asked.run("crm_resource", "--wait", "--timeout=1").getExitCode() == 0;
    }

    @Override
    public List<String> looks() {
      return List.of(
          "crm_mon -1A --failcounts",
          "journalctl --unit=corosync --unit=pacemaker --no-pager --output=short-precise | tail -n 60",
          "tail -n 20 " + DATA + "/log/* 2>/dev/null");
    }
  }

  /// Sets it up on the machines of a rack.
  PeerContender(Rack rack) throws IOException {
    this.rack = rack;
    this.site = new PeerSite(rack);
    site.machines().forEach(machine -> site.power().standInFor(machine, "fence_ipmilan"));
    Walkthrough walkthrough = new Walkthrough(site);
    walkthrough.followOwn("comparison-peer.md");
    this.typed = walkthrough.typed();
    site.awaitWhole(WHOLE);
  }

  private Machine first() {
    return site.machines().getFirst();
  }

  @Override
  public Stack stack() {
    return Stack.PEER;
  }

  @Override
  public Cluster cluster() {
    return site;
  }

  @Override
  public void switchTo(Machine next) {
    next.must("pcs", "resource", "move", "pgsqld-clone", next.name(), "--promoted");
  }

  @Override
  public int bringBack(Machine lost) {
    lost.powerOn();
    lost.awaitBooted();
    List<String> lines = new ArrayList<>();
    Machine primary = site.thePrimary();
    lines.add("runuser -u postgres -- psql -c checkpoint");
    primary.shell(lines.getLast());
    lines.add(
        "runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_rewind --target-pgdata=%s --config-file=/etc/postgresql/15/main/postgresql.conf --source-server='host=%s user=postgres dbname=postgres'"
            .formatted(Cluster.DATA, site.vip()));
    if (lost.run("sh", "-c", lines.getLast()).getExitCode() != 0) {
      for (String line :
          List.of(
              "rm -rf " + Cluster.DATA,
              "runuser -u postgres -- pg_basebackup --host=%s --pgdata=%s --checkpoint=fast"
                  .formatted(primary.address(), Cluster.DATA))) {
        lines.add(line);
        lost.shell(line);
      }
    }
    for (String line :
        List.of(
            "runuser -u postgres -- touch " + Cluster.DATA + "/standby.signal",
            "pcs cluster start")) {
      lines.add(line);
      lost.shell(line);
    }
    return lines.size();
  }

  @Override
  public void forgive() {
    first().must("pcs", "resource", "cleanup", "pgsqld");
  }

  /// Without a bound it can take for ever: who is left without quorum does not stop what it blocks.
  @Override
  public void stop() {
    first().must("timeout", "180", "pcs", "cluster", "stop", "--all");
  }

  @Override
  public void start() {
    site.machines().parallelStream().forEach(Machine::awaitBooted);
    Wait.until(
        "pcsd to start the cluster everywhere",
        BOOT,
        () -> first().run("pcs", "cluster", "start", "--all").getExitCode() == 0);
  }

  @Override
  public String statusCommand() {
    return "pcs status";
  }

  @Override
  public List<String> units() {
    return List.of("corosync.service", "pacemaker.service", "pcsd.service");
  }

  @Override
  public List<String> packages() {
    return List.of("corosync", "pacemaker", "pcs", "resource-agents", "resource-agents-paf");
  }

  @Override
  public String tool() {
    return "pcs";
  }

  @Override
  public List<String> typed() {
    return typed;
  }

  /// Takes its machines away.
  void close() {
    rack.remove();
  }
}
