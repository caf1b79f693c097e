package dev.quorate.daemon;

import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.daemon.config.ConfigException;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.http.HttpListener;
import dev.quorate.daemon.metrics.DaemonMetrics;
import dev.quorate.daemon.secrets.JoinToken;
import dev.quorate.daemon.secrets.OwnerOnly;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.daemon.secrets.SecretsException;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.membership.time.MonotonicTime;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the node into a cluster, takes it out for a while and back, within one process. The admin
/// socket stays up all the time.
final class Lifecycle implements NodeHost, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

  private final AgentCatalog agents;
  private final EventHistory history;
  private final SecretStore secrets;
  private final DaemonMetrics metrics;
  private final Operator operator;
  private final Rekeying rekeying;
  private final LogRebuild rebuilding = new LogRebuild(this);
  private final NodeCertificates certificates;
  private final CertificateDesk desk;
  private final CertificateKeeper keeper;
  private final MemberPorts ports;
  private final AddressMover moving;
  private final HostAddresses hosts = new HostAddresses();
  private final IntConsumer end;
  private volatile DaemonConfig config;
  private volatile SortedMap<NodeId, NodeDefinition> known = new TreeMap<>();
  private volatile Optional<Node> node = Optional.empty();
  private final AtomicReference<CountDownLatch> leaving =
      new AtomicReference<>(new CountDownLatch(0));

  Lifecycle(DaemonConfig config, AgentCatalog agents, EventHistory history) {
    this(config, agents, history, Logging::halt);
  }

  /// @param end ends this process with an exit code
  Lifecycle(DaemonConfig config, AgentCatalog agents, EventHistory history, IntConsumer end) {
    this.end = end;
    this.config = config;
    this.agents = agents;
    this.history = history;
    this.secrets = new SecretStore(config.secretsDirectory());
    this.rekeying = new Rekeying(secrets, this::config, this::node, this::tls);
    this.certificates = new NodeCertificates(secrets);
    this.operator = new Operator(this, agents, history);
    this.desk =
        new CertificateDesk(
            secrets, certificates, this::config, this::addresses, operator::propose);
    this.keeper =
        new CertificateKeeper(
            certificates, desk, this::config, () -> node.map(Node::quorum).orElse(true));
    this.metrics = new DaemonMetrics(new MonotonicTime(), operator::facts, operator::state);
    LogMembership membership = new LogMembership(this::node, this::config, operator::propose);
    this.moving = new AddressMover(this, operator::propose);
    this.ports =
        new MemberPorts(
            this::config,
            this::liveTls,
            new MemberRoutes(
                operator,
                new Enrolment(secrets, this::identity, desk, membership::seat),
                rekeying,
                membership,
                desk,
                moving),
            new MetricsRoute(metrics),
            this::signOfLife);
    metrics.pair(operator::pair);
    metrics.log().usable(() -> rebuilding.outage().isEmpty());
    metrics.replication(operator::replication);
    metrics.logRoom(() -> this.config.stateDirectory().toFile().getUsableSpace());
    metrics.certificate(
        () -> joined() ? Optional.of(certificates.own().until()) : Optional.empty());
  }

  Operator operator() {
    return operator;
  }

  DaemonMetrics metrics() {
    return metrics;
  }

  Rekeying rekeying() {
    return rekeying;
  }

  LogRebuild rebuilding() {
    return rebuilding;
  }

  AddressMover moving() {
    return moving;
  }

  MemberPorts ports() {
    return ports;
  }

  LiveTls liveTls() {
    return certificates.tls();
  }

  CertificateDesk certificates() {
    return desk;
  }

  List<String> warnings() {
    return keeper.warnings();
  }

  DaemonConfig config() {
    return config;
  }

  Optional<Node> node() {
    return node;
  }

  NodeFacts.Phase phase() {
    if (rebuilding.outage().isPresent()) {
      return NodeFacts.Phase.DAMAGED;
    }
    if (node.isPresent()) {
      return NodeFacts.Phase.RUNNING;
    }
    return joined() ? NodeFacts.Phase.STOPPED : NodeFacts.Phase.UNJOINED;
  }

  boolean joined() {
    return config.identity().isPresent() && secrets.present();
  }

  SSLContext tls() {
    return certificates.tls().context();
  }

  /// Takes part, if the node belongs to a cluster.
  synchronized void start() {
    if (node.isPresent()) {
      return;
    }
    Identity identity = config.identity().orElseThrow(Lifecycle::noCluster);
    if (!secrets.present()) {
      throw noCluster();
    }
    try {
      AgreedIdentity.requireDirectory(config);
      certificates.requireTime(Instant.now());
      ports.listen(identity.address());
      Node started = Node.start(config, identity, secrets, liveTls(), agents, metrics, this);
      node = Optional.of(started);
      rebuilding.opened(started);
      moving.opened();
    } catch (SecretsException e) {
      throw new StartFailure(StartFailure.CONFIG, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.UNAVAILABLE,
          "cannot listen (%s): is another quorated running, and does 'address' in %s belong to this machine?"
              .formatted(e.getMessage(), config.file()));
    }
  }

  /// Takes part; or, if the log is unusable, waits for it to be rebuilt.
  void startOrWait() {
    try {
      start();
    } catch (LogUnusable e) {
      rebuilding.unusable(e);
    }
  }

  /// Ends taking part with a log that has failed; the daemon goes on.
  synchronized void setAside() {
    node.ifPresent(Node::close);
    node = Optional.empty();
  }

  private static HactlError noCluster() {
    return HactlError.failed(
        "this node belongs to no cluster", "use 'hactl cluster setup' or 'hactl cluster join'");
  }

  /// A node whose log is damaged is none that anybody may count on.
  private int signOfLife() {
    return rebuilding.outage().isPresent()
        ? HttpListener.NOTHING
        : node.map(Node::signOfLife).orElse(HttpListener.WAITING);
  }

  /// Founds a cluster.
  ///
  /// @param witnesses those of the nodes that only vote
  /// @param unseen whether nodes that cannot be reached are named nevertheless
  synchronized SortedMap<NodeId, String> setup(
      String name,
      SortedMap<NodeId, List<String>> links,
      SortedSet<NodeId> witnesses,
      boolean unseen) {
    requireUnjoined();
    SortedMap<NodeId, String> nodes = new TreeMap<>();
    SortedMap<NodeId, List<String>> further = new TreeMap<>();
    links.forEach((node, addresses) -> {
      nodes.put(node, addresses.getFirst());
      if (addresses.size() > 1) {
        further.put(node, addresses.subList(1, addresses.size()));
      }
    });
    NodeId self =
        nodes.entrySet().stream()
            .filter(e -> Reachability.local(e.getValue()))
            .map(java.util.Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() ->
                HactlError.usage(
                    "none of the addresses " + nodes.values() + " belongs to this machine",
                    "type this on one of the nodes, with their addresses as 'ip addr' shows them"));
    SortedMap<NodeId, String> peers = new TreeMap<>(nodes);
    String address = String.valueOf(peers.remove(self));
    if (!unseen) {
      Reachability.require(peers, config.ports().admin());
    }
    become(
        new Identity(name, self, address, peers, further, witnesses),
        () -> secrets.found(name, self, address, Instant.now()),
        "nothing was changed: put it right and type the command again");
    SortedMap<NodeId, String> tokens = new TreeMap<>();
    try {
      peers.keySet().forEach(peer -> tokens.put(peer, token(peer)));
    } catch (HactlError e) {
      throw new HactlError(
          ExitCode.PARTLY, e.code(), "the cluster is founded, but " + e.message(), e.hint());
    }
    return tokens;
  }

  private interface Acquisition {
    void run() throws IOException;
  }

  /// Takes an identity on. The configuration file counts, so it is written beside its place first
  /// and put there last; if anything fails before, no file of the attempt is left.
  ///
  /// @param again how it can be tried again
  private void become(Identity identity, Acquisition acquire, String again) {
    DaemonConfig before = config;
    Path file = config.file();
    FreshState fresh = FreshState.in(config.stateDirectory());
    Optional<OwnerOnly.Prepared> prepared = Optional.empty();
    try {
      String old = Files.exists(file) ? Files.readString(file) : "";
      String text = ConfigFile.withIdentity(old, identity);
      DaemonConfig next = ConfigFile.parse(file, text);
      prepared =
          Optional.of(OwnerOnly.prepare(file, text.getBytes(StandardCharsets.UTF_8), "rw-r--r--"));
      acquire.run();
      certificates.forget();
      config = next;
      start();
    } catch (ConfigException e) {
      giveUp(before, fresh, prepared);
      throw HactlError.usage(String.valueOf(e.getMessage()), again);
    } catch (StartFailure | SecretsException e) {
      giveUp(before, fresh, prepared);
      throw HactlError.failed(String.valueOf(e.getMessage()), again);
    } catch (IOException e) {
      giveUp(before, fresh, prepared);
      throw HactlError.failed(
          "cannot write " + e.getMessage(),
          "make " + file + " and " + config.stateDirectory() + " writable; " + again);
    } catch (RuntimeException e) {
      giveUp(before, fresh, prepared);
      throw e;
    }
    try {
      prepared.orElseThrow().commit();
    } catch (IOException e) {
      throw new HactlError(
          ExitCode.PARTLY,
          "HA-CLI-009",
          "this node takes part now, but forgets it when quorated ends: "
              + file
              + " cannot be"
              + " written ("
              + e.getMessage()
              + ")",
          "move " + file + ".new there");
    }
  }

  private void giveUp(
      DaemonConfig before, FreshState fresh, Optional<OwnerOnly.Prepared> prepared) {
    config = before;
    ports.close();
    certificates.forget();
    try {
      fresh.remove();
      if (prepared.isPresent()) {
        prepared.get().discard();
      }
    } catch (IOException e) {
      log.atWarn().addKeyValue("reason", e.getMessage()).log("files of a failed attempt are left");
    }
  }

  private void requireUnjoined() {
    if (config.identity().isPresent() && secrets.present()) {
      throw HactlError.failed(
          "this node already belongs to cluster '"
              + config.identity().orElseThrow().cluster()
              + "'",
          "to start over, stop quorate and remove "
              + config.stateDirectory()
              + " and the identity in "
              + config.file());
    }
  }

  /// Becomes a member.
  synchronized NodeId join(String text) {
    requireUnjoined();
    JoinToken token;
    try {
      token = JoinToken.parse(text);
    } catch (IllegalArgumentException e) {
      throw HactlError.usage(String.valueOf(e.getMessage()), "");
    }
    Enrolment.Admission admission =
        Enrolment.ask(token, identity -> JoinCheck.require(config, identity));
    become(
        admission.identity(),
        () -> {
          secrets.accept(admission.grant());
          LogPlace.take(config, admission);
        },
        "nothing was changed here, but the token is used up: put it right and join with a new one,"
            + " from 'hactl cluster token "
            + admission.identity().node()
            + "' on the first node");
    return admission.identity().node();
  }

  /// Who this node and its peers are, as the cluster has agreed.
  private Identity identity() {
    return AgreedIdentity.of(config.identity().orElseThrow(Lifecycle::noCluster), operator.state());
  }

  private List<String> addresses(NodeId of) {
    return AgreedIdentity.addresses(identity(), node.map(Node::replicatedLog), of);
  }

  /// From now on, and after a restart, this node is at another address; it listens there when it
  /// takes part the next time.
  synchronized void relocate(String address) throws IOException {
    config = AgreedIdentity.moved(config, address);
  }

  private synchronized void writeDown(ClusterState state) {
    if (node.isPresent()) {
      AgreedIdentity.record(config, state).ifPresent(next -> config = next);
    }
  }

  String token(NodeId peer) {
    Identity identity = identity();
    if (!identity.everyone().containsKey(peer)) {
      throw HactlError.usage(
          "node '" + peer + "' is not of this cluster",
          "known are " + identity.everyone().keySet());
    }
    if (!secrets.authority()) {
      throw HactlError.failed(
          "this node cannot sign certificates",
          "type this on the node where the cluster was set up");
    }
    try {
      return secrets
          .newToken(peer.name(), identity.address(), config.ports().admin(), Instant.now())
          .text();
    } catch (SecretsException e) {
      throw HactlError.failed(
          String.valueOf(e.getMessage()), "put it right, then 'hactl cluster token " + peer + "'");
    }
  }

  /// Stops the resources here and leaves.
  void stop(Duration atMost) {
    Optional<Node> leaver = node;
    if (leaver.isEmpty()) {
      return;
    }
    // Whoever asks while it leaves already waits for the same end.
    CountDownLatch done = leaving.updateAndGet(l -> l.getCount() == 0 ? new CountDownLatch(1) : l);
    leaver.get().requestLeave();
    try {
      if (!done.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw HactlError.timeout(
            "not stopped in " + atMost.toSeconds() + " s",
            "it goes on; see 'hactl status' for what is in the way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// To be called before the process ends: another shall lead, if this node does.
  void handOver() {
    node.ifPresent(Node::handOver);
  }

  /// Ends taking part and listening; the services go on.
  @Override
  public synchronized void close() {
    node.ifPresent(Node::close);
    node = Optional.empty();
    keeper.close();
    moving.close();
    ports.close();
  }

  @Override
  public synchronized void left() {
    node = Optional.empty();
    history.add("left the cluster");
    log.atInfo().log("left the cluster");
    leaving.get().countDown();
  }

  @Override
  public void failed(String reason) {
    try {
      log.atError()
          .addKeyValue("code", "HA-NODE-021")
          .addKeyValue("reason", reason)
          .log("stopping");
    } finally {
      end.accept(StartFailure.FAIL_STOP);
    }
  }

  @Override
  public HostAddresses addresses() {
    return hosts;
  }

  @Override
  public void agreed(ClusterState state) {
    keeper.agreed(state.trust());
    if (!state.configuration().nodes().equals(known)) {
      known = state.configuration().nodes();
      Thread.ofVirtual().name("identity").start(() -> writeDown(state));
    }
  }

  @Override
  public void told(Instant at, String text) {
    history.add(at, text);
  }

  @Override
  public void happened(String text, SortedMap<String, String> keys) {
    history.add(text, keys);
  }
}
