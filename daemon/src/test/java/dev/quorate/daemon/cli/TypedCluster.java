package dev.quorate.daemon.cli;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.agents.Finding;
import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.agents.Setup;
import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.membership.core.link.LinkState;
import dev.quorate.membership.core.link.LinkStatus;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OnFail;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.scheduling.PlacementScheduler;
import dev.quorate.resource.core.state.Applied;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A cluster of three nodes on which commands can be typed: the real state machine, no network.
final class TypedCluster implements Cluster {
  private static final long NOON = 1_800_000_000_000L;

  private final AgentCatalog agents;
  private final List<String> output = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private ClusterState state = ClusterState.initial("demo");
  private long index;
  private boolean quorum = true;
  private Runnable meanwhile = () -> {};
  private Optional<String> slowDisk = Optional.empty();
  private Optional<View> view = Optional.empty();
  private Replication replication = Replication.UNKNOWN;

  TypedCluster() {
    this(new AgentCatalog(List.of(new Paper("IPaddr2", false), new Paper("pgsqlms", true))));
  }

  TypedCluster(AgentCatalog agents) {
    this.agents = agents;
    List<ConfigurationChange> nodes = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      nodes.add(
          new ConfigurationChange.PutNode(
              new NodeDefinition(new NodeId("n" + i), "10.0.0." + i, true, new TreeMap<>())));
    }
    apply(new ClusterCommand.ChangeConfiguration(0, "setup", nodes));
    for (int i = 1; i <= 3; i++) {
      apply(
          new ClusterCommand.JoinNode(
              new NodeId("n" + i), new Incarnation("boot-" + i, 1), ClusterState.FEATURE_LEVEL));
    }
  }

  /// Types a command line, words separated by blanks.
  ExitCode type(String line) {
    output.clear();
    remarks.clear();
    return CommandTree.run(
        List.of(line.strip().split("\\s+", -1)), "root", this, Output.into(output, remarks));
  }

  String output() {
    return String.join("\n", output);
  }

  String remarks() {
    return String.join("\n", remarks);
  }

  /// The ring holds these nodes, each in its first life.
  void see(String... nodes) {
    view =
        Optional.of(
            new View(
                new RingId(1, new NodeId("n1")),
                Stream.of(nodes)
                    .map(n ->
                        new Member(new NodeId(n), new Incarnation("boot-" + n.substring(1), 1)))
                    .toList()));
  }

  /// This is what was heard of the instances.
  void hear(Replication heard) {
    replication = heard;
  }

  @Override
  public Replication replication(ResourceId resource) {
    return replication;
  }

  void loseQuorum() {
    quorum = false;
  }

  void slowDown(String reason) {
    slowDisk = Optional.of(reason);
  }

  @Override
  public Optional<String> slowDisk() {
    return slowDisk;
  }

  CommandAnswer apply(ClusterCommand command) {
    Applied applied =
        ClusterStateMachine.apply(state, new LogPosition(1, 1, ++index), NOON + index, command);
    state = applied.state();
    return applied.answer();
  }

  void put(ClusterState other) {
    state = other;
  }

  @Override
  public NodeFacts facts() {
    NodeId self = new NodeId("n1");
    return new NodeFacts(
        "0.1.0",
        "demo",
        Optional.of(self),
        NodeFacts.Phase.RUNNING,
        quorum ? new Leadership.Leader(1) : new Leadership.Leaderless(1),
        quorum,
        quorum ? "" : "no leader was heard of",
        view,
        state.position(),
        List.of());
  }

  @Override
  public ClusterState state() {
    return state;
  }

  @Override
  public List<NodeId> nodes() {
    return List.copyOf(state.configuration().nodes().keySet());
  }

  @Override
  public ZonedDateTime now() {
    return ZonedDateTime.of(2026, 11, 20, 12, 0, 0, 0, ZoneOffset.UTC);
  }

  @Override
  public AgentCatalog agents() {
    return agents;
  }

  @Override
  public List<String> fenceAgents() {
    return List.of("fence_ipmilan", "fence_virsh");
  }

  @Override
  public String propose(ClusterCommand command) {
    if (!quorum) {
      throw new HactlError(ExitCode.NO_QUORUM, "HA-QUORUM-003", "there is no quorum", "");
    }
    return switch (apply(command)) {
      case CommandAnswer.Accepted(var note) -> note;
      case CommandAnswer.Refused(var code, var message, var hint) ->
          throw new HactlError(ExitCode.USAGE, code, message, hint);
    };
  }

  /// What happens once while the next command waits.
  void meanwhile(Runnable deed) {
    meanwhile = deed;
  }

  @Override
  public boolean await(Predicate<ClusterState> condition, Duration atMost) {
    Runnable deed = meanwhile;
    meanwhile = () -> {};
    deed.run();
    if (!condition.test(state)) {
      probe();
    }
    return condition.test(state);
  }

  /// Every node has looked and found nothing running.
  private void probe() {
    ClusterState s = state;
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances = new TreeMap<>();
    s.instances()
        .forEach((resource, byNode) -> {
          SortedMap<NodeId, InstanceStatus> stopped = new TreeMap<>();
          byNode
              .keySet()
              .forEach(node ->
                  stopped.put(
                      node,
                      new InstanceStatus(
                          Role.STOPPED, InstanceStatus.Certainty.KNOWN, 7, "", s.position())));
          instances.put(resource, stopped);
        });
    state = s.edit().instances(instances).build();
  }

  @Override
  public List<String> explain(ResourceDefinition resource, Optional<NodeId> node) {
    return PlacementScheduler.plan(state, quorum)
        .explain(resource.publicId())
        .map(e -> e.text().lines().toList())
        .orElse(List.of());
  }

  @Override
  public List<String> history() {
    return List.of();
  }

  @Override
  public SortedMap<NodeId, String> setup(
      String name,
      SortedMap<NodeId, List<String>> nodes,
      SortedSet<NodeId> witnesses,
      boolean unseen) {
    SortedMap<NodeId, String> tokens = new TreeMap<>();
    nodes.keySet().stream().skip(1).forEach(n -> tokens.put(n, "TOKEN-" + n + "@x:5417"));
    return tokens;
  }

  /// What the agents will find; a node that is not here cannot be asked.
  final SortedMap<NodeId, List<Finding>> findings = new TreeMap<>();

  @Override
  public List<Finding> examine(NodeId node, ResourceId resource) {
    List<Finding> found = findings.get(node);
    if (found == null) {
      throw HactlError.failed(node + " refuses connections", "is it up?");
    }
    return found;
  }

  /// What is left of their settings, before and after it is written; a node that is not here cannot
  /// be asked.
  final SortedMap<NodeId, List<Setup>> setups = new TreeMap<>();

  /// On which nodes something was written, in order.
  final List<NodeId> written = new ArrayList<>();

  @Override
  public Setup setUp(NodeId node, ResourceId resource, boolean write) {
    List<Setup> setup = setups.get(node);
    if (setup == null) {
      throw HactlError.failed(node + " refuses connections", "is it up?");
    }
    if (write) {
      written.add(node);
    }
    return written.contains(node) ? setup.getLast() : setup.getFirst();
  }

  /// What nodes find for names; a node that is not here finds nothing.
  final SortedMap<NodeId, SortedMap<String, String>> names = new TreeMap<>();

  @Override
  public SortedMap<String, String> names(NodeId node) {
    return names.getOrDefault(node, new TreeMap<>());
  }

  /// What the resources will have written; a node that is not here cannot be asked.
  final SortedMap<NodeId, List<String>> logs = new TreeMap<>();

  @Override
  public List<String> lastWords(NodeId node, ResourceId resource, int lines) {
    List<String> log = logs.get(node);
    if (log == null) {
      throw HactlError.failed(node + " refuses connections", "is it up?");
    }
    return log.subList(Math.max(0, log.size() - lines), log.size());
  }

  @Override
  public List<CertificateFacts> certificates() {
    return nodes().stream()
        .map(n ->
            n.name().equals("n3")
                ? CertificateFacts.unknown(n, "it is down")
                : new CertificateFacts(
                    n,
                    "4a" + n,
                    Instant.parse("2026-06-01T00:00:00Z"),
                    Instant.parse("2029-05-31T00:00:00Z"),
                    "0123456789abcdef",
                    List.of("0123456789abcdef"),
                    n.name().equals("n1"),
                    ""))
        .toList();
  }

  @Override
  public List<String> renewCertificates(List<NodeId> nodes) {
    return List.of("renewed " + nodes);
  }

  @Override
  public List<String> exchangeAuthority(String client) {
    return List.of("exchanged by " + client);
  }

  @Override
  public List<String> rekey() {
    return List.of("done");
  }

  @Override
  public void forgetLog(NodeId leaver) {}

  @Override
  public List<String> rebuild() {
    return List.of("done");
  }

  @Override
  public List<String> move(NodeDefinition wanted, String client) {
    return List.of("moved to " + wanted.address() + " " + wanted.links());
  }

  @Override
  public List<RingLink> ringLinks() {
    return List.of(
        new RingLink(
            new LinkStatus(
                new NodeId("n2"),
                0,
                LinkState.UP,
                Optional.of(Duration.ofNanos(250_000)),
                0,
                0,
                true),
            "10.0.0.2"),
        new RingLink(
            new LinkStatus(new NodeId("n2"), 1, LinkState.DOWN, Optional.empty(), 0.5, 1, false),
            "10.1.0.2"));
  }

  @Override
  public NodeId join(String token) {
    return new NodeId("n2");
  }

  @Override
  public String token(NodeId node) {
    return "TOKEN";
  }

  @Override
  public void stop(Duration atMost) {}

  @Override
  public void start() {}

  @Override
  public void relay(NodeId node, String verb, Duration atMost) {}

  /// An agent that exists on paper only.
  private record Paper(String type, boolean promotable) implements ResourceAgent {
    @Override
    public AgentMetadata metadata() {
      SortedMap<String, String> parameters = new TreeMap<>();
      if (promotable) {
        parameters.put("bindir", "where the programs are");
        parameters.put("pgdata", "the data directory");
        parameters.put("recovery_template", "ignored");
        parameters.put("upstream", "who streams from whom");
      } else {
        parameters.put("ip", "the address");
        parameters.put("cidr_netmask", "the length of its prefix");
        parameters.put("iflabel", "a label");
        parameters.put("nic", "the interface");
      }
      return new AgentMetadata(
          List.of(AgentType.parse("ocf:heartbeat:" + type)),
          "on paper",
          promotable,
          promotable,
          parameters,
          List.of(
              new OperationDefinition(
                  OperationKind.MONITOR,
                  Duration.ofSeconds(10),
                  Duration.ofSeconds(20),
                  Role.STARTED,
                  OnFail.RESTART)));
    }

    @Override
    public List<String> problems(SortedMap<String, String> parameters) {
      return promotable || parameters.containsKey("ip")
          ? List.of()
          : List.of("parameter 'ip' is missing: give the address");
    }

    @Override
    public ResourceInstance open(InstanceContext context) {
      throw new UnsupportedOperationException("on paper only");
    }
  }
}
