package dev.quorate.daemon;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.LogListener;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ratis.RatisReplicatedLog;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.PairFacts;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.daemon.core.PairStanding;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/// The log of a node that takes part; where two vote, with the arbitration that opens and closes
/// it.
final class NodeLog implements AutoCloseable {
  private final ReplicatedLog replicated;
  private final IntSupplier incarnation;
  private final Optional<TwoVoters> pair;
  private final LogDisk disk;
  private final Optional<HangingDisk> hanging;

  private NodeLog(
      ReplicatedLog replicated,
      IntSupplier incarnation,
      Optional<TwoVoters> pair,
      LogDisk disk,
      DaemonConfig config) {
    this.hanging =
        pair.filter(_ -> config.hangAfter().isPositive())
            .map(p -> new HangingDisk(config, disk, p));
    this.disk = disk;
    this.replicated = replicated;
    this.incarnation = incarnation;
    this.pair = pair;
    disk.follow(replicated);
    hanging.ifPresent(HangingDisk::follow);
  }

  /// Opens the log, or begins to find out whether it may be opened.
  static NodeLog open(
      DaemonConfig config,
      Identity identity,
      Incarnation incarnation,
      LiveTls tls,
      StateMachineAdapter machine,
      FenceDesk fencing,
      Consumer<NodeEvent> events,
      LogListener listener,
      LogDisk disk,
      NodeHost host)
      throws IOException {
    if (!TwoVoters.fits(identity)) {
      ConsensusConfig place = LogPlace.of(config, identity, tls).withSyncs(disk);
      LogPlace.recordFounding(config);
      RatisReplicatedLog opened = RatisReplicatedLog.start(place, machine, listener);
      return new NodeLog(opened, opened::incarnation, Optional.empty(), disk, config);
    }
    TwoVoters pair =
        new TwoVoters(
            config,
            identity,
            incarnation,
            tls,
            LogPlace.founding(config, identity, tls).withSyncs(disk),
            machine,
            fencing,
            events,
            listener,
            host);
    fencing.stateChanged(machine.state());
    pair.shell().start();
    return new NodeLog(
        pair.pairLog(), pair.pairLog()::incarnation, Optional.of(pair), disk, config);
  }

  /// The first leader of a new cluster writes down who belongs to it.
  static Optional<ClusterCommand> foundIfNew(ClusterState state, Identity identity) {
    if (!state.configuration().nodes().isEmpty()) {
      return Optional.empty();
    }
    List<ConfigurationChange> changes = new ArrayList<>();
    identity
        .everyone()
        .forEach((node, address) -> {
          SortedMap<String, String> attributes = new TreeMap<>();
          if (identity.witnesses().contains(node)) {
            attributes.put(NodeDefinition.WITNESS, "on");
          }
          List<String> links = identity.furtherLinks().getOrDefault(node, List.of());
          if (!links.isEmpty()) {
            attributes.put(NodeDefinition.LINKS, String.join(",", links));
          }
          changes.add(
              new ConfigurationChange.PutNode(new NodeDefinition(node, address, true, attributes)));
        });
    return Optional.of(
        new ClusterCommand.ChangeConfiguration(
            state.configuration().version(), "cluster setup", changes));
  }

  ReplicatedLog replicated() {
    return replicated;
  }

  /// Which log of this node's it is that is open.
  int incarnation() {
    return incarnation.getAsInt();
  }

  /// Whether who keeps the log is up to the arbitration: then nobody else may take a log out or in.
  boolean arbitrated() {
    return pair.filter(p -> p.shell().standing().mode() != PairStanding.Mode.MAJORITY).isPresent();
  }

  /// The epoch in which this node decides alone, if it does.
  Optional<Long> epochAlone() {
    return pair.map(TwoVoters::shell)
        .filter(s -> s.standing().mode() == PairStanding.Mode.ALONE)
        .map(s -> s.survivorRecord().epoch());
  }

  /// Whether a leader may decide, as far as the arbitration is concerned.
  boolean accepting() {
    return pair.map(p -> p.shell().accepting()).orElse(true);
  }

  /// This node has left the cluster: if only one other votes, and has not left, that one is to go
  /// on alone. Blocks for a bounded time.
  void left() {
    pair.ifPresent(TwoVoters::left);
  }

  /// How the arbitration stands; empty for other clusters, and where it is switched off.
  Optional<PairFacts> facts() {
    return pair.flatMap(TwoVoters::facts);
  }

  /// The peer says hello.
  ///
  /// @return what this node says of itself; empty where there is no arbitration
  Optional<String> greeted(String client, String body) {
    return pair.map(p -> p.greeted(client, body));
  }

  /// How the disk of the log does.
  LogDisk disk() {
    return disk;
  }

  /// What the other of two is told whose disk hangs.
  String relief() {
    return HangingDisk.answer(
        hanging
            .map(HangingDisk::objection)
            .orElse(Optional.of("log.hang-after is off there: set it on both nodes")));
  }

  /// An operator swears that the other of two is off, so that this node goes on alone.
  ///
  /// @return its epoch from then on
  long adopt(NodeId absent, String client, String reason) {
    return pair.orElseThrow(() ->
            HactlError.failed(
                "there is no arbitration of two voters here",
                "this is for two nodes with two-node=true; see 'hactl quorum status'"))
        .adopt(absent, client, reason);
  }

  /// The ring agreed on who is there.
  void viewInstalled(View view) {
    disk.viewInstalled(view);
    pair.ifPresent(p -> p.viewInstalled(view));
  }

  @Override
  public void close() {
    disk.close();
    hanging.ifPresent(HangingDisk::close);
    pair.ifPresent(p -> p.shell().close());
    replicated.close();
  }
}
