package dev.quorate.daemon;

import dev.quorate.agents.Finding;
import dev.quorate.agents.Setup;
import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.cli.CertificateFacts;
import dev.quorate.daemon.cli.Cluster;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.daemon.cli.PairFacts;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.core.scheduling.PlacementScheduler;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What operators can ask of this daemon.
final class Operator implements Cluster {
  private static final Duration PROPOSAL_PATIENCE = Duration.ofSeconds(15);
  private static final Duration QUORUM_PATIENCE = Duration.ofSeconds(4);
  private static final Duration SETUP_PATIENCE = Duration.ofSeconds(45);
  private static final Duration EXAMINATION_PATIENCE = Duration.ofSeconds(20);
  private static final Duration APPLY_PATIENCE = Duration.ofSeconds(5);

  private final Lifecycle lifecycle;
  private final AgentCatalog agents;
  private final EventHistory history;

  Operator(Lifecycle lifecycle, AgentCatalog agents, EventHistory history) {
    this.lifecycle = lifecycle;
    this.agents = agents;
    this.history = history;
  }

  @Override
  public NodeFacts facts() {
    Optional<Identity> identity = lifecycle.config().identity();
    Optional<Node> node = lifecycle.node();
    return new NodeFacts(
        Version.TEXT,
        identity.map(Identity::cluster).orElse(""),
        identity.map(Identity::node),
        lifecycle.phase(),
        node.map(Node::leadership).orElse(new Leadership.Leaderless(0)),
        node.map(Node::quorum).orElse(false),
        node.map(Node::quorumReason)
            .or(() -> lifecycle.rebuilding().outage())
            .orElse("this node does not take part"),
        node.flatMap(Node::view),
        node.map(Node::applied).orElse(LogPosition.NONE),
        warnings());
  }

  private List<String> warnings() {
    List<String> all = new ArrayList<>(lifecycle.warnings());
    pair()
        .flatMap(PairFacts::unprotected)
        .ifPresent(why ->
            all.add(
                "NOT PROTECTED: this node cannot go on alone if the other is lost: "
                    + why
                    + "; see 'hactl quorum status'"));
    slowDisk().ifPresent(all::add);
    lifecycle.node().map(n -> n.ring().twins()).ifPresent(all::addAll);
    return all;
  }

  @Override
  public Optional<String> slowDisk() {
    return lifecycle.node().flatMap(n -> n.nodeLog().disk().trouble());
  }

  @Override
  public Optional<PairFacts> pair() {
    return lifecycle.node().flatMap(n -> n.nodeLog().facts());
  }

  @Override
  public String greeted(String client, String body) {
    return lifecycle
        .node()
        .flatMap(n -> n.nodeLog().greeted(client, body))
        .orElseGet(() -> {
          if (lifecycle.phase() == NodeFacts.Phase.DAMAGED) {
            throw TwoVoters.unusable(lifecycle.config().identity().orElseThrow().node());
          }
          return Cluster.super.greeted(client, body);
        });
  }

  @Override
  public long adopt(NodeId absent, String client, String reason) {
    return running().nodeLog().adopt(absent, client, reason);
  }

  @Override
  public ClusterState state() {
    return lifecycle
        .node()
        .map(n -> n.machine().state())
        .orElseGet(() ->
            ClusterState.initial(
                lifecycle.config().identity().map(Identity::cluster).orElse("none")));
  }

  @Override
  public List<NodeId> nodes() {
    TreeSet<NodeId> nodes = new TreeSet<>(state().configuration().nodes().keySet());
    if (nodes.isEmpty()) {
      lifecycle.config().identity().ifPresent(i -> nodes.addAll(i.everyone().keySet()));
    }
    return List.copyOf(nodes);
  }

  @Override
  public ZonedDateTime now() {
    return ZonedDateTime.now(ZoneId.systemDefault());
  }

  @Override
  public AgentCatalog agents() {
    return agents;
  }

  @Override
  public List<String> fenceAgents() {
    TreeSet<String> names = new TreeSet<>();
    for (Path directory : lifecycle.config().fenceDirectories()) {
      if (!Files.isDirectory(directory)) {
        continue;
      }
      try (Stream<Path> files = Files.list(directory)) {
        files
            .filter(Files::isExecutable)
            .map(file -> String.valueOf(file.getFileName()))
            .filter(name -> name.startsWith("fence_"))
            .forEach(names::add);
      } catch (IOException e) {
        history.add("cannot look for fence agents in " + directory + ": " + e.getMessage());
      }
    }
    return List.copyOf(names);
  }

  private Node running() {
    return lifecycle
        .node()
        .orElseThrow(() ->
            HactlError.failed(
                "this node does not take part now", "start it with 'hactl cluster start'"));
  }

  @Override
  public String propose(ClusterCommand command) {
    Node node = running();
    awaitQuorum(node);
    awaitFounded();
    CommandId id = node.proposer().newId();
    long deadline = System.nanoTime() + PROPOSAL_PATIENCE.toNanos();
    while (true) {
      ProposalOutcome outcome = node.proposer().propose(id, command).join();
      switch (outcome) {
        case ProposalOutcome.Committed(var position, var answer) -> {
          await(s -> s.position().compareTo(position) >= 0, APPLY_PATIENCE);
          return accepted(ClusterJson.decodeAnswer(answer));
        }
        case ProposalOutcome.Rejected(var reason) -> again(node, deadline, reason);
        case ProposalOutcome.Unknown(var reason) -> again(node, deadline, reason);
      }
    }
  }

  private static void awaitQuorum(Node node) {
    long deadline = System.nanoTime() + QUORUM_PATIENCE.toNanos();
    while (!node.quorum()) {
      if (System.nanoTime() > deadline) {
        throw noQuorum(node);
      }
      rest();
    }
  }

  /// The first entry says who belongs to the cluster; what comes before it would keep it out.
  private void awaitFounded() {
    if (!await(s -> !s.configuration().nodes().isEmpty(), QUORUM_PATIENCE)) {
      throw HactlError.failed(
          "nothing was changed: the cluster's first leader has not yet written down who belongs to"
              + " it",
          "type it again when 'hactl status' shows the nodes");
    }
  }

  private static HactlError noQuorum(Node node) {
    return new HactlError(
        ExitCode.NO_QUORUM,
        "HA-QUORUM-003",
        "there is no quorum, so nothing can be decided: " + node.quorumReason(),
        "bring up a majority of the nodes; see 'hactl status'");
  }

  private static void again(Node node, long deadline, String reason) {
    if (System.nanoTime() > deadline) {
      if (!node.quorum()) {
        throw noQuorum(node);
      }
      throw HactlError.timeout(
          "nobody knows whether the change was made: " + reason, "look before trying again");
    }
    rest();
  }

  private static void rest() {
    try {
      Thread.sleep(Duration.ofMillis(50));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HactlError.failed("interrupted", "");
    }
  }

  private static String accepted(CommandAnswer answer) {
    return switch (answer) {
      case CommandAnswer.Accepted(var note) -> note;
      case CommandAnswer.Refused(var code, var message, var hint) ->
          throw new HactlError(
              code.startsWith("HA-CONF") ? ExitCode.USAGE : ExitCode.REFUSED, code, message, hint);
    };
  }

  @Override
  public boolean await(Predicate<ClusterState> condition, Duration atMost) {
    try {
      return running().machine().await(condition, atMost);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public List<String> explain(ResourceDefinition resource, Optional<NodeId> node) {
    return PlacementScheduler.plan(state(), facts().quorum())
        .explain(resource.publicId())
        .map(e -> narrowed(e.text(), node))
        .orElse(List.of("nothing is known of '" + resource.publicId() + "'"));
  }

  /// All lines, or what concerns the resource as a whole and one node.
  private static List<String> narrowed(String text, Optional<NodeId> node) {
    List<String> lines = new ArrayList<>();
    boolean wanted = true;
    for (String line : text.lines().toList()) {
      if (line.startsWith("  Node ")) {
        wanted = node.isEmpty() || line.startsWith("  Node " + node.get() + ":");
      } else if (line.startsWith("  ") && !line.startsWith("    ")) {
        wanted = true;
      }
      if (wanted) {
        lines.add(line);
      }
    }
    return lines;
  }

  @Override
  public List<String> history() {
    return history.lines();
  }

  @Override
  public SortedMap<NodeId, String> setup(
      String name,
      SortedMap<NodeId, List<String>> nodes,
      SortedSet<NodeId> witnesses,
      boolean unseen) {
    return lifecycle.setup(name, nodes, witnesses, unseen);
  }

  @Override
  public List<String> rekey() {
    return lifecycle
        .rekeying()
        .rekey(nodes().stream().filter(n -> !state().trust().shutOut(n)).toList());
  }

  @Override
  public List<CertificateFacts> certificates() {
    return lifecycle.certificates().list(nodes());
  }

  @Override
  public List<String> renewCertificates(List<NodeId> nodes) {
    return lifecycle.certificates().rotate(nodes);
  }

  @Override
  public List<String> exchangeAuthority(String client) {
    ClusterState now = state();
    List<NodeId> holders =
        nodes().stream()
            .filter(n -> !now.trust().shutOut(n))
            .filter(n -> now.node(n).filter(s -> s.presence() != Presence.NEVER_SEEN).isPresent())
            .toList();
    return lifecycle.certificates().exchangeAuthority(holders, client);
  }

  @Override
  public void forgetLog(NodeId leaver) {
    Node here = running();
    long deadline = System.nanoTime() + PROPOSAL_PATIENCE.toNanos();
    while (true) {
      awaitQuorum(here);
      try {
        askLeaderToForget(here, leaver);
        return;
      } catch (HactlError e) {
        // The one that left may just have led.
        boolean again =
            e.code().equals(LogMembership.ELSEWHERE) || e.code().equals(LogMembership.BUSY);
        if (!again || System.nanoTime() > deadline) {
          throw e;
        }
        rest();
      }
    }
  }

  private void askLeaderToForget(Node here, NodeId leaver) {
    Leadership leadership = here.leadership();
    if (leadership instanceof Leadership.Follower(_, var leader)) {
      String body = new LogMembership.Message(leaver, 0, LogMembership.Standing.OUTSIDE).text();
      ask(leader, "/v1/log/remove", body, PROPOSAL_PATIENCE);
    } else {
      new LogMembership(lifecycle::node, lifecycle::config, this::propose).remove(leaver);
    }
  }

  @Override
  public List<String> rebuild() {
    try {
      return lifecycle.rebuilding().rebuild();
    } catch (StartFailure e) {
      throw HactlError.failed(
          String.valueOf(e.getMessage()), "put it right, then 'hactl node rebuild' again");
    }
  }

  @Override
  public List<String> move(NodeDefinition wanted, String client) {
    return lifecycle.moving().move(running(), wanted, client);
  }

  @Override
  public List<RingLink> ringLinks() {
    return lifecycle.node().map(n -> n.ring().links()).orElse(List.of());
  }

  @Override
  public Replication replication(ResourceId resource) {
    return lifecycle
        .node()
        .map(n -> n.evidence().replication(resource))
        .orElse(Replication.UNKNOWN);
  }

  @Override
  public NodeId join(String token) {
    return lifecycle.join(token);
  }

  @Override
  public String token(NodeId node) {
    return lifecycle.token(node);
  }

  @Override
  public void stop(Duration atMost) {
    lifecycle.stop(atMost);
  }

  @Override
  public void start() {
    try {
      lifecycle.start();
    } catch (StartFailure e) {
      throw HactlError.failed(
          String.valueOf(e.getMessage()), "put it right, then 'hactl cluster start'");
    }
  }

  @Override
  public List<Finding> examine(NodeId node, ResourceId resource) {
    return node.equals(running().self())
        ? Findings.of(running().instances(), resource)
        : Findings.parse(
            ask(node, "/v1/examine", Findings.question(resource), EXAMINATION_PATIENCE));
  }

  @Override
  public Setup setUp(NodeId node, ResourceId resource, boolean write) {
    return node.equals(running().self())
        ? Setups.of(running().instances(), resource, write)
        : Setups.parse(ask(node, "/v1/setup", Setups.question(resource, write), SETUP_PATIENCE));
  }

  @Override
  public List<String> lastWords(NodeId node, ResourceId resource, int lines) {
    return node.equals(running().self())
        ? LastWords.of(running().instances(), resource, lines)
        : LastWords.parse(
            ask(node, "/v1/last-words", LastWords.question(resource, lines), EXAMINATION_PATIENCE));
  }

  @Override
  public SortedMap<String, String> names(NodeId node) {
    return node.equals(running().self())
        ? NodeNames.found(state().configuration())
        : NodeNames.parse(ask(node, "/v1/names", "{}", EXAMINATION_PATIENCE));
  }

  @Override
  public void relay(NodeId node, String verb, Duration atMost) {
    ask(node, "/v1/" + verb, "{\"patience\":" + atMost.toMillis() + "}", atMost.plusSeconds(5));
  }

  private String ask(NodeId node, String path, String body, Duration patience) {
    DaemonConfig config = lifecycle.config();
    String address = config.identity().map(i -> i.everyone().get(node)).orElse(null);
    if (address == null) {
      throw HactlError.failed(
          "the address of node " + node + " is not known",
          "type it on that node, or add 'peer." + node + " = ADDRESS' to " + config.file());
    }
    return MemberClient.post(
        lifecycle.tls(), address, config.ports().admin(), path, body, patience);
  }
}
