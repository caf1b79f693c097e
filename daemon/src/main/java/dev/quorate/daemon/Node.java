package dev.quorate.daemon;

import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogDamagedException;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogLostException;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.cli.PairFacts;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.core.NodeCore;
import dev.quorate.daemon.core.NodeEffect;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.daemon.core.NodeSettings;
import dev.quorate.daemon.core.PostgresElections;
import dev.quorate.daemon.http.HttpListener;
import dev.quorate.daemon.metrics.DaemonMetrics;
import dev.quorate.daemon.pair.DamagedRecordException;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.membership.ViewListener;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.membership.netty.RingException;
import dev.quorate.membership.time.MonotonicTime;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// A node that takes part: ring, log, brain, agents and fencing, joined.
final class Node implements NodeDriver.Performer, ViewListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);
  private static final Duration HAND_OVER = Duration.ofSeconds(1);

  private final DaemonConfig config;
  private final Identity identity;
  private final NodeHost host;
  private final ChangeTeller teller;
  private final EventSink events = new EventSink();
  private final MonotonicTime clock = new MonotonicTime();
  private final StateMachineAdapter machine;
  private final NodeLog nodeLog;
  private final NodeRing ring;
  private final NodeEvidence evidence;
  private final Proposer proposer;
  private final FenceDesk fencing;
  private final OpenInstances instances;
  private final OperationJournal journal;
  private final StopNote stopNote;
  private final SelfFence selfFence;
  private final HostAddresses hosts;
  private final OperationRunner operations;
  private final NodeDriver driver;
  private final DaemonMetrics metrics;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Optional<View> view = Optional.empty();
  private volatile boolean quorum;
  private volatile boolean speaking = true;
  private volatile boolean listensForGood;
  private volatile Optional<String> logFailure = Optional.empty();
  private volatile String quorumReason = "the daemon has just started";

  private Node(
      DaemonConfig config,
      Identity identity,
      Incarnation incarnation,
      SecretStore secrets,
      LiveTls tls,
      AgentCatalog agents,
      DaemonMetrics metrics,
      NodeHost host)
      throws IOException {
    this.config = config;
    this.identity = identity;
    this.host = host;
    this.metrics = metrics;
    hosts = host.addresses();
    NodeId self = identity.node();
    teller = new ChangeTeller(self, incarnation, InstantSource.system(), host::told);
    machine = new StateMachineAdapter(identity.cluster(), this::applied);
    journal = new OperationJournal(config.stateDirectory().resolve("journal"));
    stopNote = new StopNote(config.stateDirectory().resolve("stopping"), incarnation.bootId());
    selfFence = SelfFence.of(config);
    fencing = new FenceDesk(self, config, clock, events);
    evidence = new NodeEvidence(self, clock, this, events);
    Path resources = config.stateDirectory().resolve("resources");
    instances =
        new OpenInstances(self, incarnation, agents, resources, hosts, events, evidence::publish);
    operations = new OperationRunner(instances, journal, events);
    try {
      // Before the log is begun: then nothing is left that is likely to fail.
      NodeRing.requireFreePort(identity.address(), config.ports().ring());
      nodeLog =
          NodeLog.open(
              config,
              identity,
              incarnation,
              tls,
              machine,
              fencing,
              events,
              this::logEvent,
              new LogDisk(config, identity, tls, machine::state, metrics.log(), host),
              host);
    } catch (IOException | RuntimeException e) {
      fencing.close();
      journal.close();
      throw e;
    }
    proposer = new Proposer(self, incarnation.run(), nodeLog.replicated());
    try {
      ring = new NodeRing(config, identity, incarnation, secrets, clock, metrics, hosts, evidence);
      evidence.connect(ring::multicast);
    } catch (IOException | RuntimeException e) {
      nodeLog.close();
      fencing.close();
      journal.close();
      throw e;
    }
    NodeCore core =
        new NodeCore(
            clock.instant(),
            self,
            incarnation,
            settings(),
            new PostgresElections(),
            machine.state());
    driver = new NodeDriver(core, clock, this);
  }

  /// Starts taking part.
  ///
  /// @throws StartFailure with the remedy
  static Node start(
      DaemonConfig config,
      Identity identity,
      SecretStore secrets,
      LiveTls tls,
      AgentCatalog agents,
      DaemonMetrics metrics,
      NodeHost host) {
    try {
      Incarnation incarnation = Lives.next(config, Instant.now());
      Node node = new Node(config, identity, incarnation, secrets, tls, agents, metrics, host);
      node.begin();
      log.atInfo()
          .addKeyValue("node", identity.node())
          .addKeyValue("run", incarnation.run())
          .log("node takes part");
      return node;
    } catch (DamagedRecordException e) {
      throw new StartFailure(StartFailure.CONFIG, String.valueOf(e.getMessage()));
    } catch (LogLostException | LogDamagedException e) {
      throw new LogUnusable(String.valueOf(e.getMessage()));
    } catch (ConsensusException | RingException e) {
      throw new StartFailure(
          StartFailure.UNAVAILABLE,
          e.getMessage()
              + ": is another quorated running, and does 'address' belong to this machine?");
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.UNAVAILABLE,
          "cannot start: " + e.getMessage() + ": check ports and directories in " + config.file());
    }
  }

  private void begin() {
    ClusterState opened = machine.state();
    fencing.stateChanged(opened);
    driver.submit(new NodeEvent.Started(opened, stopNote.interrupted()));
    events.connect(driver);
    driver.start();
  }

  private NodeSettings settings() {
    NodeSettings standard = NodeSettings.defaults(List.copyOf(identity.everyone().keySet()));
    return new NodeSettings(
        standard.bootstrapVoters(),
        config.timing().quorumBound(),
        config.timing().startupQuorumBound(),
        config.timing().grace(),
        config.timing().resend(),
        standard.electionDeadline(),
        standard.review(),
        standard.probeAgain(),
        standard.emergencyStop(),
        standard.leaveWait());
  }

  // What others say.

  private void applied(ClusterState state, List<ClusterChange> changes) {
    metrics.applied(changes);
    teller.applied(state, changes);
    events.accept(new NodeEvent.StateApplied(state));
  }

  private void logEvent(LogEvent event) {
    switch (event) {
      case LogEvent.LeadershipChanged(var leadership) -> {
        log.atInfo().addKeyValue("reason", leadership).log("leadership changed");
        if (leadership instanceof Leadership.Leader) {
          NodeLog.foundIfNew(machine.state(), identity)
              .ifPresent(command -> events.accept(new NodeEvent.AgentProposed(command)));
        }
      }
      case LogEvent.QuorumLost(var reason) -> {
        quorum = false;
        quorumReason = reason;
      }
      case LogEvent.QuorumRegained() -> {
        quorum = true;
        quorumReason = "";
      }
      case LogEvent.LogFailed(var reason) -> {
        quorum = false;
        quorumReason = "the log of this node has failed: " + reason;
        logFailure = Optional.of(reason);
      }
    }
    events.accept(new NodeEvent.LogReported(event));
  }

  @Override
  public void viewInstalled(View installed, List<NodeId> left) {
    view = Optional.of(installed);
    metrics.viewInstalled(installed);
    SortedMap<String, String> keys = new TreeMap<>();
    keys.put("members", installed.nodes().toString());
    host.happened("view " + installed.id() + " installed", keys);
    log.atInfo()
        .addKeyValue("view", installed.id())
        .addKeyValue("members", installed.nodes())
        .log("view installed");
    nodeLog.viewInstalled(installed);
    events.accept(new NodeEvent.ViewInstalled(installed, left));
  }

  @Override
  public void delivered(RingId from, NodeId sender, byte[] payload) {}

  @Override
  public void paused(Duration howLong) {
    metrics.paused(howLong);
    events.accept(new NodeEvent.Paused(howLong));
  }

  @Override
  public void stopped(String reason) {
    failed("the ring was given up: " + reason);
  }

  // What the brain wants.

  @Override
  public void stateChanged(ClusterState state) {
    ring.stateChanged(state);
    fencing.stateChanged(state);
    instances.stateChanged(state);
    host.agreed(state);
  }

  @Override
  public void perform(NodeEffect effect) {
    switch (effect) {
      case NodeEffect.Propose(var ticket, var command) -> proposer.propose(ticket, command, events);
      case NodeEffect.ForgetTicket(var ticket) -> proposer.forget(ticket);
      case NodeEffect.ProbePeer(var peer, var ringId) -> probe(peer, ringId);
      case NodeEffect.OpenInstance(var resource) -> instances.open(resource, machine.state());
      case NodeEffect.CloseInstance(var resource) -> instances.close(resource);
      case NodeEffect.RunOperation(var intent) -> operations.run(intent);
      case NodeEffect.RunMonitor(var resource, var seen, var timeout) ->
          operations.monitor(resource, seen, timeout);
      case NodeEffect.EmergencyStop(var resource, var timeout) ->
          operations.emergencyStop(resource, timeout);
      case NodeEffect.RememberStop(var underWay) -> stopNote.write(underWay);
      case NodeEffect.SpeakInRing(var on) -> {
        speaking = on;
        ring.speak(on);
      }
      case NodeEffect.EndSelf(var reason) -> selfFence.end(reason);
      case NodeEffect.Fence(var intent, var request) -> fencing.fence(intent, request);
      case NodeEffect.TransferLeadership(var to) -> {
        var _ =
            nodeLog
                .replicated()
                .transferLeadership(to)
                .thenAccept(done ->
                    log.atInfo()
                        .addKeyValue("target", to)
                        .addKeyValue("reason", done)
                        .log("leadership transfer asked for"));
      }
      case NodeEffect.SetTimer _, NodeEffect.CancelTimer _ -> {}
      case NodeEffect.Notice(var level, var code, var message, var keys) ->
          notice(level, code, message, keys);
      case NodeEffect.LeaveCluster() -> Thread.ofPlatform().name("leave").start(this::leave);
      case NodeEffect.FailStop(var reason) -> failed(reason);
    }
  }

  private void probe(NodeId peer, RingId ringId) {
    String address = identity.everyone().get(peer);
    NodeDefinition configured = machine.state().configuration().nodes().get(peer);
    String target = configured != null ? configured.address() : address;
    if (target == null) {
      return;
    }
    Thread.ofVirtual()
        .name("probe-" + peer)
        .start(() ->
            events.accept(
                new NodeEvent.PeerProbed(
                    peer, ringId, PeerProbe.ask(hosts, target, config.ports().admin()))));
  }

  private void notice(
      NodeEffect.Notice.Level level, String code, String message, SortedMap<String, String> keys) {
    var line =
        log.atLevel(
            switch (level) {
              case INFO -> Level.INFO;
              case WARN -> Level.WARN;
              case ERROR -> Level.ERROR;
            });
    for (var entry : keys.entrySet()) {
      line = line.addKeyValue(entry.getKey(), entry.getValue());
    }
    if (!code.isEmpty()) {
      line = line.addKeyValue("code", code);
    }
    line.log(message);
    host.happened(message, keys);
  }

  private void leave() {
    nodeLog.left();
    handOver();
    ring.leave();
    close();
    host.left();
  }

  /// Lets another lead, if this node does and there is one.
  void handOver() {
    new HandOver(nodeLog.replicated(), identity.node())
        .perform(view, HAND_OVER)
        .ifPresent(to -> host.happened("leadership handed over to " + to, new TreeMap<>()));
  }

  @Override
  public void failed(String reason) {
    host.failed(reason);
  }

  /// Asks the brain to stop everything here and leave.
  void requestLeave() {
    events.accept(new NodeEvent.LeaveRequested());
  }

  // What others may know.

  NodeId self() {
    return identity.node();
  }

  StateMachineAdapter machine() {
    return machine;
  }

  /// How long ago the node's brain was last seen to work.
  Duration sinceTurn() {
    return driver.sinceTurn();
  }

  OpenInstances instances() {
    return instances;
  }

  NodeRing ring() {
    return ring;
  }

  NodeEvidence evidence() {
    return evidence;
  }

  Proposer proposer() {
    return proposer;
  }

  ReplicatedLog replicatedLog() {
    return nodeLog.replicated();
  }

  /// Which log of this node's it is that is open.
  int logIncarnation() {
    return nodeLog.incarnation();
  }

  /// Why the log takes no part any more, if it has failed.
  Optional<String> logFailure() {
    return logFailure;
  }

  /// The leader has said that this node's log is a member.
  ///
  /// @param listens whether it shall not vote
  void takenIn(boolean listens) {
    listensForGood = listens;
  }

  boolean listensForGood() {
    return listensForGood;
  }

  Leadership leadership() {
    return nodeLog.replicated().leadership();
  }

  NodeLog nodeLog() {
    return nodeLog;
  }

  LogPosition applied() {
    return nodeLog.replicated().applied();
  }

  Optional<View> view() {
    return view;
  }

  boolean quorum() {
    return quorum && nodeLog.accepting() && !(leadership() instanceof Leadership.Leaderless);
  }

  /// What a peer is told that misses this node in the ring.
  int signOfLife() {
    return !speaking ? HttpListener.NOTHING : quorum ? HttpListener.ALIVE : HttpListener.WAITING;
  }

  String quorumReason() {
    if (quorum()) {
      return "";
    }
    return nodeLog
        .facts()
        .filter(PairFacts::waiting)
        .map(PairFacts::standing)
        .orElse(quorumReason.isEmpty() ? "no leader is known" : quorumReason);
  }

  /// Ends taking part without stopping any resource.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    driver.close();
    ring.close();
    nodeLog.close();
    fencing.close();
    instances.close();
    try {
      journal.close();
    } catch (IOException e) {
      log.atDebug().addKeyValue("reason", e.getMessage()).log("journal not closed cleanly");
    }
  }
}
