package dev.quorate.daemon;

import dev.quorate.agents.core.postgresql.Topology;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogListener;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.PairFacts;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.core.HungDisk;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.daemon.core.PairStanding;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.pair.Hello;
import dev.quorate.daemon.pair.LastSeenFile;
import dev.quorate.daemon.pair.PairLog;
import dev.quorate.daemon.pair.PairRules;
import dev.quorate.daemon.pair.PairShell;
import dev.quorate.daemon.pair.Surroundings;
import dev.quorate.daemon.pair.SurvivorFile;
import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FencingOutcome;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.fencing.ProofLevel;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.Absence;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.TwoNodes;
import dev.quorate.resource.core.state.TakeOver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The arbitration of two voters within a node: where it finds the peer, the fence devices and the
/// agreed state.
final class TwoVoters implements Surroundings {
  private static final Logger LOG = LoggerFactory.getLogger(TwoVoters.class);
  private static final Duration PATIENCE = Duration.ofMillis(1500);
  private static final Duration OATH = Duration.ofSeconds(20);

  /// A machine that is on may be busy, and packets may be lost, before an oath is taken.
  private static final Duration DOUBT = Duration.ofSeconds(4);

  private static final Duration RETIRE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(250);

  /// For the peer to write down that it goes on alone, and to open its log.
  private static final Duration PARTING = Duration.ofSeconds(5);

  private final DaemonConfig config;
  private final Identity identity;
  private final Incarnation incarnation;
  private final LiveTls tls;
  private final StateMachineAdapter machine;
  private final FenceDesk fencing;
  private final Consumer<NodeEvent> events;
  private final NodeHost host;
  private final LogListener listener;
  private final NodeId peer;
  private final HostAddresses hosts = new HostAddresses();
  private final AtomicLong requests = new AtomicLong();
  private final PairLog pairLog;
  private final PairShell shell;

  /// Why the peer says that it does not arbitrate; empty if it does not say so.
  private volatile String refusal = "";

  /// Whether the log on disk could not be read, so that nothing is known of the agreed state.
  private boolean unread;

  TwoVoters(
      DaemonConfig config,
      Identity identity,
      Incarnation incarnation,
      LiveTls tls,
      ConsensusConfig founding,
      StateMachineAdapter machine,
      FenceDesk fencing,
      Consumer<NodeEvent> events,
      LogListener listener,
      NodeHost host)
      throws IOException {
    this.config = config;
    this.identity = identity;
    this.incarnation = incarnation;
    this.tls = tls;
    this.machine = machine;
    this.fencing = fencing;
    this.events = events;
    this.host = host;
    this.listener = listener;
    this.peer = identity.peers().firstKey();
    this.pairLog =
        new PairLog(
            founding,
            machine,
            event -> {
              listener.logEvent(event);
              shell().logEvent(event);
            },
            () -> shell().accepting());
    SurvivorFile file = LogPlace.record(config);
    SurvivorRecord survivor = recorded(file, founding);
    this.shell =
        new PairShell(
            peer,
            new Hello(identity.node(), survivor, incarnation.bootId(), false),
            file,
            new LastSeenFile(
                config.stateDirectory().resolve("last-seen-alone"), incarnation.bootId()),
            pairLog,
            this,
            config.timing().grace());
  }

  /// Whether a cluster of these founders is one of two voters with resources.
  static boolean fits(Identity identity) {
    return identity.peers().size() == 1 && identity.witnesses().isEmpty();
  }

  /// The record is there from before the first entry on; where it should be and is not, nobody can
  /// say what the node may do.
  private SurvivorRecord recorded(SurvivorFile file, ConsensusConfig founding) throws IOException {
    Optional<SurvivorRecord> found = file.read();
    if (found.isPresent()) {
      try {
        pairLog.preview(found.get().epoch());
      } catch (ConsensusException e) {
        // Damaged, it is opened only if the other does not know more; and copied anew if it does.
        unread = true;
        LOG.atWarn()
            .addKeyValue("reason", e.getMessage())
            .log("what was agreed cannot be read from the log on disk");
      }
      return found.get();
    }
    pairLog.preview(1);
    if (PairLog.foundedAnew(founding.directory())
        || TwoNodes.wanted(machine.state().configuration())) {
      throw file.missing();
    }
    file.write(SurvivorRecord.founded());
    return SurvivorRecord.founded();
  }

  PairLog pairLog() {
    return pairLog;
  }

  PairShell shell() {
    return shell;
  }

  void viewInstalled(View view) {
    shell.viewInstalled(view.contains(peer));
  }

  /// Why this node would not go on if the peer left; empty if it would, with what is promoted there
  /// too.
  Optional<String> wouldNotGoOn() {
    return shell
        .wouldNotGoOn()
        .map(why -> "it would not go on alone: " + why)
        .or(() ->
            TakeOver.obstacle(
                machine.state(),
                identity.node(),
                resource -> Topology.of(resource.parameters()).promotes(identity.node())));
  }

  /// Asks the peer whether its disk is well and it would go on alone; blocks for a bounded time.
  ///
  /// @return why this node is not to leave; empty if it may
  Optional<String> peerObjects() {
    try {
      return HangingDisk.objection(
          MemberClient.post(
              tls.context(),
              address(),
              config.ports().admin(),
              HangingDisk.ROUTE,
              "{}",
              HungDisk.FRESH));
    } catch (HactlError e) {
      return Optional.of("the other does not say how its disk is: " + e.message());
    }
  }

  /// How it stands; empty while it is switched off.
  Optional<PairFacts> facts() {
    PairStanding standing = shell.standing();
    if (standing.mode() == PairStanding.Mode.MAJORITY && !rules().wanted()) {
      return Optional.empty();
    }
    SurvivorRecord survivor = shell.survivorRecord();
    return Optional.of(
        new PairFacts(
            standing.how() + refusal,
            !shell.accepting(),
            "epoch " + survivor.epoch() + ", " + survivor.standing(),
            shell.unprotected()));
  }

  /// The peer says hello over the member port.
  ///
  /// @param client whose certificate was shown
  String greeted(String client, String body) {
    Optional<Hello> hello = Hello.parse(body);
    boolean itself =
        hello.filter(h -> h.node().equals(peer)).isPresent()
            && (client.equals("CN=" + peer) || client.startsWith("CN=" + peer + ","));
    if (!itself) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PAIR-003",
          "only " + peer + " may say what it has on its disk, and this was said by " + client,
          "do both nodes run the same version?");
    }
    if (shell.undecided()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PAIR-008",
          identity.node() + " is just writing down that it goes on alone",
          "it says so as soon as it is on its disk");
    }
    return shell
        .greeted(hello.get())
        .map(Hello::toJson)
        .orElseThrow(() -> unusable(identity.node()));
  }

  /// This node has left. Both could leave at once: who is second finds the other's entry in the log
  /// before its own, and leaves the vote where it is.
  void left() {
    if (!machine.state().online(peer)) {
      return;
    }
    boolean taken = false;
    try {
      taken = shell.left().get(PARTING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.atDebug().setCause(e).log("no answer of the other's in time");
    }
    if (taken) {
      happened(peer + " goes on alone");
    } else if (rules().wanted()) {
      LOG.atWarn()
          .addKeyValue("code", "HA-PAIR-010")
          .addKeyValue("target", peer)
          .log(
              "the other did not say that it goes on alone; if it does not, start this node again");
    }
  }

  /// An operator swears that the peer is off; blocks until this node goes on alone.
  long adopt(NodeId absent, String client, String reason) {
    if (!absent.equals(peer)) {
      throw HactlError.usage(
          "'" + absent + "' is not the other of the two nodes", "the other is " + peer);
    }
    if (MachineProbe.answers(hosts, address(), config.ports().admin(), DOUBT)) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PAIR-006",
          peer + " is not off: its machine answers at " + address(),
          "let it take part, or switch it off and type this again");
    }
    Optional<String> refused;
    try {
      refused =
          shell
              .sworn(PairStanding.Proof.sworn(peer, client, reason))
              .get(OATH.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HactlError.failed("interrupted", "look at 'hactl quorum status'");
    } catch (ExecutionException | TimeoutException e) {
      throw HactlError.timeout(
          "the arbitration did not take the oath in time", "look at 'hactl quorum status'");
    }
    if (refused.isPresent()) {
      throw new HactlError(
          ExitCode.REFUSED, "HA-PAIR-006", refused.get(), "see 'hactl quorum status'");
    }
    return shell.survivorRecord().epoch();
  }

  @Override
  public PairRules rules() {
    ClusterState state = machine.state();
    boolean unknown = unread && state.configuration().version() == 0;
    boolean wanted =
        unknown
            || (TwoNodes.wanted(state.configuration())
                && state.configuration().voters().size() == 2);
    boolean favoured = TwoNodes.favoured(state, identity.node(), incarnation.bootId());
    boolean left =
        state.node(peer).filter(s -> s.presence() == NodeStatus.Presence.LEFT).isPresent();
    return new PairRules(
        wanted,
        favoured ? Duration.ZERO : TwoNodes.delay(state.configuration()),
        left
            ? Optional.of(
                peer + " was stopped by an operator and is not fenced for that; start it again")
            : Optional.empty());
  }

  private String address() {
    NodeDefinition configured = machine.state().configuration().nodes().get(peer);
    return configured != null ? configured.address() : identity.peers().getOrDefault(peer, "");
  }

  @Override
  public Optional<Hello> greet(Hello mine) {
    try {
      String answer =
          MemberClient.post(
              tls.context(),
              address(),
              config.ports().admin(),
              "/v1/pair",
              mine.toJson(),
              PATIENCE);
      refusal = "";
      return Hello.parse(answer);
    } catch (HactlError e) {
      // It is not there, or not ready: asked again soon.
      refusal = refusal(e, peer);
      return Optional.empty();
    }
  }

  /// What is said where the peer is there and will not settle anything, with what helps then.
  static String refusal(HactlError answer, NodeId peer) {
    return switch (answer.code()) {
      case "HA-PAIR-004" ->
          "; %s: restart quorated there, or if that does not help switch its machine off; where this node waits then, 'hactl quorum adopt %s' lets it go on"
              .formatted(answer.message(), peer);
      case "HA-PAIR-005" -> "; " + answer.message() + ": " + answer.hint();
      default -> "";
    };
  }

  static HactlError unusable(NodeId self) {
    return new HactlError(
        ExitCode.REFUSED,
        "HA-PAIR-004",
        "the log of " + self + " is unusable, so that it takes no part",
        "see 'hactl status' there");
  }

  @Override
  public boolean retire() {
    String lost =
        new LogMembership.Message(identity.node(), 1, LogMembership.Standing.LISTENS).text();
    long end = System.nanoTime() + RETIRE.toNanos();
    while (true) {
      try {
        var _ =
            MemberClient.post(
                tls.context(), address(), config.ports().admin(), "/v1/log/retire", lost, PATIENCE);
        return true;
      } catch (HactlError e) {
        if (e.code().equals(LogMembership.ARBITRATED) || System.nanoTime() > end) {
          return false;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  @Override
  public Absence probe() {
    return PeerProbe.ask(hosts, address(), config.ports().admin());
  }

  @Override
  public void fence(Consumer<Optional<PairStanding.Proof>> ended) {
    boolean off = "off".equals(machine.state().configuration().properties().get("stonith-action"));
    // Without a boot: a proof from before, or of an older boot, does not count here.
    FencingRequest request =
        FencingRequest.of(
            "pair-" + incarnation.run() + "-" + requests.incrementAndGet(),
            peer,
            "",
            off ? FenceAction.OFF : FenceAction.REBOOT,
            "two-node");
    fencing.fence(
        request,
        outcome ->
            ended.accept(
                outcome instanceof FencingOutcome.Confirmed(var device, var level)
                        && level == ProofLevel.DEVICE_VERIFIED
                    ? Optional.of(PairStanding.Proof.shown(peer, device, !off))
                    : Optional.empty()));
  }

  @Override
  public Optional<String> inspect(boolean up) {
    try {
      return fencing.inspect(peer, up);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the daemon ends");
    }
  }

  @Override
  public void stands(PairStanding standing) {
    events.accept(new NodeEvent.PairStands(standing));
  }

  @Override
  public void happened(String text) {
    host.happened(text, new TreeMap<>());
  }

  @Override
  public void unusable(String reason) {
    listener.logEvent(new LogEvent.LogFailed(reason));
  }

  @Override
  public void failed(String reason) {
    host.failed(reason);
  }
}
