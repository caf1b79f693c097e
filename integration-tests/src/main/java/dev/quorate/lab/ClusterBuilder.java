package dev.quorate.lab;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes a cluster of the lab's machines with the commands that a user would type.
final class ClusterBuilder {
  private static final Pattern JOIN = Pattern.compile("hactl cluster join (\\S+)");

  private final Lab lab;
  private final Hactl hactl;

  ClusterBuilder(Lab lab, Hactl hactl) {
    this.lab = lab;
    this.hactl = hactl;
  }

  /// Powers the machines on, founds the cluster and configures everything; returns when the
  /// database takes writes.
  ///
  /// @param durability the mode of the database, `sync` or `async`
  void build(String durability) {
    for (LabNode node : lab.nodes()) {
      lab.powerOn(node);
    }
    for (LabNode node : lab.nodes()) {
      Wait.until(
          "the daemon of " + node.name() + " to listen",
          Duration.ofSeconds(60),
          () -> Files.exists(node.adminSocket()));
    }
    LabNode first = lab.nodes().getFirst();
    found(first);
    Wait.until(
        "all nodes to be online",
        Duration.ofSeconds(60),
        () -> ClusterView.online(hactl, first).size() == lab.nodes().size());
    hactl.type(
        first,
        "stonith",
        "create",
        "power",
        "fence_lab",
        "pcmk_host_list=" + String.join(" ", lab.nodes().stream().map(LabNode::name).toList()));
    if (lab.nodes().size() == 2) {
      arbitrate(first);
    }
    hactl.type(
        first,
        "resource",
        "create",
        "pgsqld",
        "ocf:heartbeat:pgsqlms",
        "bindir=" + PostgresSetup.binaries(),
        "pgdata=" + Lab.DISK.resolve("pgdata"),
        "pghost=" + Lab.DISK.resolve("run"),
        "promotable",
        "notify=true",
        "durability=" + durability);
    hactl.type(
        first,
        "resource",
        "create",
        "pgsql-vip",
        "ocf:heartbeat:IPaddr2",
        "ip=" + Lab.VIP,
        "cidr_netmask=24",
        "op",
        "monitor",
        "interval=10s");
    hactl.type(
        first,
        "constraint",
        "colocation",
        "add",
        "pgsql-vip",
        "with",
        "promoted",
        "pgsqld-clone",
        "INFINITY");
    hactl.type(
        first, "constraint", "order", "promote", "pgsqld-clone", "then", "start", "pgsql-vip");
  }

  /// Two voters: who shows the other to be off may go on alone.
  private void arbitrate(LabNode first) {
    hactl.type(first, "property", "set", "two-node=true");
    for (LabNode node : lab.nodes()) {
      Wait.until(
          node.name() + " to be able to fence the other",
          Duration.ofSeconds(30),
          () ->
              hactl.quietly(node, "quorum", "status").output().contains("Two nodes:    protected"));
    }
  }

  private void found(LabNode first) {
    List<String> words = new ArrayList<>(List.of("cluster", "setup", "lab"));
    for (LabNode node : lab.nodes()) {
      words.add(node.name() + "=" + node.address());
    }
    lab.witness().ifPresent(w -> words.addAll(List.of("--witness", w.name())));
    Matcher tokens = JOIN.matcher(hactl.type(first, words.toArray(String[]::new)));
    for (LabNode node : lab.nodes().subList(1, lab.nodes().size())) {
      if (!tokens.find()) {
        throw new LabException("'cluster setup' printed no join command for " + node.name());
      }
      hactl.type(node, "cluster", "join", tokens.group(1));
    }
  }

  /// Waits until every node is online and every standby streams; the cluster is whole.
  void awaitWhole(Duration patience) {
    Wait.until(
        "the cluster to be whole",
        patience,
        () -> {
          // The cheaper question goes first: the other starts a program each time.
          return ClusterView.streaming(lab) == lab.hosts().size() - 1
              && ClusterView.onlineAnywhere(hactl, lab).size() == lab.nodes().size();
        });
  }

  /// The node that is the primary now, or an error that says that there is none.
  LabNode primary() {
    return ClusterView.primary(lab)
        .orElseThrow(() -> new LabException("no instance is writable on " + Lab.VIP));
  }
}
