package dev.quorate.daemon;

import dev.quorate.daemon.cli.AgentCatalog;
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
import dev.quorate.membership.time.MonotonicTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the node into a cluster, takes it out for a while and back, within one process. The admin
/// socket stays up all the time.
final class Lifecycle implements Node.Host {
  private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

  private final AgentCatalog agents;
  private final EventHistory history;
  private final SecretStore secrets;
  private final DaemonMetrics metrics;
  private final Operator operator;
  private volatile DaemonConfig config;
  private volatile Optional<Node> node = Optional.empty();
  private volatile CountDownLatch leaving = new CountDownLatch(0);
  private Optional<HttpListener> members = Optional.empty();
  private Optional<HttpListener> scraped = Optional.empty();

  Lifecycle(DaemonConfig config, AgentCatalog agents, EventHistory history) {
    this.config = config;
    this.agents = agents;
    this.history = history;
    this.secrets = new SecretStore(config.secretsDirectory());
    this.operator = new Operator(this, agents, history);
    this.metrics = new DaemonMetrics(new MonotonicTime(), operator::facts, operator::state);
  }

  Operator operator() {
    return operator;
  }

  DaemonConfig config() {
    return config;
  }

  Optional<Node> node() {
    return node;
  }

  NodeFacts.Phase phase() {
    if (node.isPresent()) {
      return NodeFacts.Phase.RUNNING;
    }
    return joined() ? NodeFacts.Phase.STOPPED : NodeFacts.Phase.UNJOINED;
  }

  boolean joined() {
    return config.identity().isPresent() && secrets.present();
  }

  SSLContext tls() {
    return secrets.tls().context();
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
      requireSameCluster(identity.cluster());
      listen(identity);
      node = Optional.of(Node.start(config, identity, secrets, agents, metrics, this));
    } catch (SecretsException e) {
      throw new StartFailure(StartFailure.CONFIG, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.UNAVAILABLE,
          "cannot listen on "
              + identity.address()
              + " ports "
              + config.ports().admin()
              + " and "
              + config.ports().metrics()
              + " ("
              + e.getMessage()
              + "): is another quorated running, and does 'address' in "
              + config.file()
              + " belong to this machine?");
    }
  }

  private static HactlError noCluster() {
    return HactlError.failed(
        "this node belongs to no cluster", "use 'hactl cluster setup' or 'hactl cluster join'");
  }

  /// A state directory belongs to one cluster for good.
  private void requireSameCluster(String cluster) throws IOException {
    Path file = config.stateDirectory().resolve("cluster");
    if (!Files.exists(file)) {
      OwnerOnly.write(file, (cluster + "\n").getBytes(StandardCharsets.UTF_8));
      return;
    }
    String owner = Files.readString(file).strip();
    if (!owner.equals(cluster)) {
      throw new StartFailure(
          StartFailure.CONFIG,
          config.stateDirectory()
              + " belongs to cluster '"
              + owner
              + "', "
              + config.file()
              + " says '"
              + cluster
              + "': correct 'cluster', or move the directory away");
    }
  }

  private void listen(Identity identity) throws IOException {
    if (members.isEmpty()) {
      Enrolment enrolment = new Enrolment(secrets, () -> config.identity().orElseThrow());
      members =
          Optional.of(
              HttpListener.tcp(
                  identity.address(),
                  config.ports().admin(),
                  Optional.of(tls()),
                  new MemberRoutes(operator, enrolment)));
    }
    if (scraped.isEmpty() && config.ports().metrics() > 0) {
      scraped =
          Optional.of(
              HttpListener.tcp(
                  identity.address(),
                  config.ports().metrics(),
                  Optional.empty(),
                  (request, reply) -> {
                    boolean known = request.path().equals("/metrics");
                    reply.send(
                        known ? 200 : 404,
                        "text/plain; version=0.0.4; charset=utf-8",
                        known ? metrics.scrape() : "only /metrics is served here\n");
                  }));
    }
  }

  /// Founds a cluster.
  synchronized SortedMap<NodeId, String> setup(String name, SortedMap<NodeId, String> nodes) {
    requireUnjoined();
    NodeId self =
        nodes.entrySet().stream()
            .filter(e -> local(e.getValue()))
            .map(java.util.Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() ->
                HactlError.usage(
                    "none of the addresses " + nodes.values() + " belongs to this machine",
                    "type this on one of the nodes, with their addresses as 'ip addr' shows them"));
    SortedMap<NodeId, String> peers = new TreeMap<>(nodes);
    String address = String.valueOf(peers.remove(self));
    become(
        new Identity(name, self, address, peers),
        () -> secrets.found(name, self, address, Instant.now()));
    SortedMap<NodeId, String> tokens = new TreeMap<>();
    peers.keySet().forEach(peer -> tokens.put(peer, token(peer)));
    return tokens;
  }

  private interface Acquisition {
    void run() throws IOException;
  }

  /// Takes an identity on: the configuration file is checked and written last, so that nothing
  /// counts before everything is there.
  private void become(Identity identity, Acquisition acquire) {
    DaemonConfig before = config;
    try {
      String old = Files.exists(config.file()) ? Files.readString(config.file()) : "";
      String text = ConfigFile.withIdentity(old, identity);
      DaemonConfig next = ConfigFile.parse(config.file(), text);
      acquire.run();
      config = next;
      start();
      OwnerOnly.write(config.file(), text.getBytes(StandardCharsets.UTF_8), "rw-r--r--");
    } catch (ConfigException e) {
      config = before;
      throw HactlError.usage(String.valueOf(e.getMessage()), "");
    } catch (StartFailure e) {
      config = before;
      throw HactlError.failed(String.valueOf(e.getMessage()), "nothing was changed");
    } catch (IOException e) {
      config = before;
      throw HactlError.failed(
          "cannot write " + e.getMessage(),
          "make " + config.file() + " and its directory writable");
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

  private static boolean local(String address) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
      return true;
    } catch (IOException e) {
      return false;
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
    Enrolment.Admission admission = Enrolment.ask(token);
    become(admission.identity(), () -> secrets.accept(admission.grant()));
    return admission.identity().node();
  }

  String token(NodeId peer) {
    Identity identity = config.identity().orElseThrow(Lifecycle::noCluster);
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
    return secrets
        .newToken(peer.name(), identity.address(), config.ports().admin(), Instant.now())
        .text();
  }

  /// Stops the resources here and leaves.
  void stop(Duration atMost) {
    Optional<Node> leaver = node;
    if (leaver.isEmpty()) {
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    leaving = done;
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

  @Override
  public synchronized void left() {
    node = Optional.empty();
    history.add("left the cluster");
    log.atInfo().log("left the cluster");
    leaving.countDown();
  }

  @Override
  public void failed(String reason) {
    log.atError().addKeyValue("code", "HA-NODE-002").addKeyValue("reason", reason).log("stopping");
    Runtime.getRuntime().halt(StartFailure.FAIL_STOP);
  }

  @Override
  public void happened(String text, SortedMap<String, String> keys) {
    history.add(text, keys);
  }
}
