package dev.quorate.container;

import dev.quorate.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.testcontainers.images.builder.ImageFromDockerfile;

/// The same cluster as corosync, Pacemaker and PAF keep it.
final class PacemakerCluster implements Contender {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Site.Look LOOK =
      new Site.Look(
          "crm_mon -1",
          "Online: [ node1 node2 node3 ]",
          List.of("crm_mon -1rf", "journalctl --no-pager --output=cat | tail -n 120"));

  /// A former primary is never taken back by itself: its data may have gone another way.
  private static final String REBUILD =
      """
      rm --recursive --force /var/lib/postgresql/15/main
      runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_basebackup --host=%s --username=postgres \
        --pgdata=/var/lib/postgresql/15/main --checkpoint=fast
      runuser -u postgres -- touch /var/lib/postgresql/15/main/standby.signal
      """
          .formatted(Site.vip());

  @Override
  public String name() {
    return "Pacemaker + PAF";
  }

  /// The machines without the package of this project, and with theirs.
  @Override
  public String image() {
    return new ImageFromDockerfile("quorate-node-with-pacemaker", false)
        .withDockerfileFromBuilder(image ->
            image
                .from(NodeImage.bare())
                .run(
                    "printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d"
                        + " && chmod 755 /usr/sbin/policy-rc.d && apt-get -qq update"
                        + " && DEBIAN_FRONTEND=noninteractive apt-get -qq -y"
                        + " --no-install-recommends install corosync pacemaker pcs"
                        + " resource-agents resource-agents-paf && rm /usr/sbin/policy-rc.d")
                .build())
        .withBuildImageCmdModifier(command -> command.withNetworkMode("host"))
        .get();
  }

  @Override
  public Site.Look look() {
    return LOOK;
  }

  @Override
  public void build(Site site) throws IOException {
    site.type("pacemaker.md", "fence_ipmilan");
  }

  @Override
  public void switchOver(Machine from, Machine to) {
    from.must("pcs", "resource", "move", "pgsqld-clone", to.name(), "--promoted");
  }

  /// A machine that was cut off is switched on, its data replaced, its cluster stack started, and
  /// its failures forgotten; one that went on needs only the last.
  @Override
  public int restore(Site site, Machine struck) {
    int steps = 0;
    if (!struck.running()) {
      struck.powerOn();
      Wait.until(
          struck.name() + " to have booted",
          PATIENCE,
          () -> struck.run("systemctl", "is-active", "pcsd").getExitCode() == 0);
      struck.shell(REBUILD);
      struck.shell("systemctl start corosync pacemaker");
      steps = 4;
    }
    Machine any = site.machines().stream().filter(Machine::awake).findFirst().orElseThrow();
    if (any.run("crm_mon", "-1f").getStdout().contains("fail-count")) {
      any.must("pcs", "resource", "cleanup");
      steps++;
    }
    site.awaitWhole(PATIENCE);
    return steps;
  }

  @Override
  public String status() {
    return "pcs status";
  }

  @Override
  public String daemons() {
    return "pgrep '^(corosync|pacemaker.*|pcsd.*|ruby.*)$'; pgrep --full /usr/sbin/pcsd";
  }
}
