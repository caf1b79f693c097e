package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.agents.core.postgresql.LossRule;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.PromotionPolicy;
import dev.quorate.agents.core.postgresql.PromotionPolicy.Ballot;
import dev.quorate.agents.core.postgresql.PromotionPolicy.Verdict;
import dev.quorate.agents.core.postgresql.replication.Hearsay;
import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Election;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.core.scheduling.PlacementScheduler;
import dev.quorate.resource.core.state.Applied;
import dev.quorate.resource.core.state.ClusterStateMachine;
import dev.quorate.resource.core.state.ElectionSupervisor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The real state machine and the real agents without a ring or a log: every proposal is applied at
/// once, in order, and shown to every agent.
final class TinyCluster implements AutoCloseable {
  static final ResourceId PG = new ResourceId("pg");
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final Map<NodeId, ResourceInstance> instances = new ConcurrentSkipListMap<>();
  private final Map<NodeId, Incarnation> lives = new ConcurrentSkipListMap<>();
  private final Map<NodeId, Server> homes = new ConcurrentSkipListMap<>();
  private final Map<NodeId, AtomicInteger> alarms = new ConcurrentSkipListMap<>();
  private volatile ClusterState state = ClusterState.initial("test");
  private final SortedMap<NodeId, SortedMap<String, String>> board = new TreeMap<>();
  private final Hearsay hearsay = new Hearsay();
  private final AtomicInteger publications = new AtomicInteger();
  private final SortedMap<String, String> extra;
  private volatile LossRule loss = LossRule.NOTHING;
  private long index;
  private long passed;
  private int intents;

  TinyCluster(List<Server> members) {
    this(members, new TreeMap<>());
  }

  /// @param extra more parameters of the resource
  TinyCluster(List<Server> members, SortedMap<String, String> extra) {
    this.extra = extra;
    for (Server member : members) {
      homes.put(member.node(), member);
      alarms.put(member.node(), new AtomicInteger());
      accepted(
          change(
              new ConfigurationChange.PutNode(
                  new NodeDefinition(member.node(), member.address(), true, new TreeMap<>()))));
    }
    accepted(change(new ConfigurationChange.CreateResource(definition(members.getFirst()))));
    members.forEach(m -> boot(m.node(), "boot1", 1));
  }

  private ResourceDefinition definition(Server any) {
    SortedMap<String, String> meta = new TreeMap<>();
    meta.put(Primacy.HOLDS_DATA, "true");
    SortedMap<String, String> parameters =
        TestServers.parameters(
            any.parameters().bindir().orElseThrow(), any.home(), any.parameters().port());
    parameters.putAll(extra);
    parameters.put("start_opts", "-c listen_addresses=" + any.address());
    return new ResourceDefinition(
        PG,
        AgentType.parse("ocf:heartbeat:pgsqlms"),
        parameters,
        meta,
        List.of(),
        new ResourceDefinition.Form.Promotable(new ResourceId("pg-clone"), 0, 1, new TreeMap<>()));
  }

  private ClusterCommand change(ConfigurationChange change) {
    return new ClusterCommand.ChangeConfiguration(-1, "test", List.of(change));
  }

  /// Begins a life of a node.
  void boot(NodeId node, String bootId, long run) {
    Incarnation life = new Incarnation(bootId, run);
    lives.put(node, life);
    accepted(new ClusterCommand.JoinNode(node, life, ClusterState.FEATURE_LEVEL));
    ResourceInstance instance = new PostgresAgent().open(new Context(node, life));
    instance.stateChanged(state);
    instances.put(node, instance);
    perform(OperationKind.MONITOR, node);
  }

  ResourceInstance instance(NodeId node) {
    return Objects.requireNonNull(instances.get(node));
  }

  /// What would be done next.
  List<Action> planned() {
    return PlacementScheduler.plan(state, true).graph().actions();
  }

  /// Who streams from whom, as the agents have said.
  Replication replication() {
    synchronized (board) {
      return hearsay.replication(now(), PG);
    }
  }

  /// What may be lost from now on; the resource must be configured alike.
  void mayLose(LossRule rule) {
    loss = rule;
  }

  /// Changes a meta-attribute of the resource.
  void meta(String name, String value) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put(name, value);
    accepted(change(new ConfigurationChange.SetMeta(PG, values)));
  }

  /// How often anything was said.
  int publications() {
    return publications.get();
  }

  private static Instant now() {
    return Instant.EPOCH.plusNanos(System.nanoTime());
  }

  /// How often an agent asked for a monitor.
  int alarms(NodeId node) {
    return Objects.requireNonNull(alarms.get(node)).get();
  }

  Primacy primacy() {
    return Objects.requireNonNull(state.primacies().get(PG));
  }

  synchronized CommandAnswer propose(ClusterCommand command) {
    index++;
    Applied applied =
        ClusterStateMachine.apply(state, new LogPosition(1, 1, index), passed + index, command);
    state = applied.state();
    instances.values().forEach(i -> i.stateChanged(applied.state()));
    return applied.answer();
  }

  void accepted(ClusterCommand command) {
    CommandAnswer answer = propose(command);
    assertTrue(answer instanceof CommandAnswer.Accepted, () -> command + ": " + answer);
  }

  /// Lets the cluster's time pass.
  void pass(Duration time) {
    passed += time.toMillis();
    accepted(new ClusterCommand.PassTime(passed));
  }

  /// Writes an operator's order for a member down.
  void order(NodeId node, MemberOrder order) {
    accepted(
        new ClusterCommand.SetAttribute(
            node,
            lives.getOrDefault(node, new Incarnation("none", 1)),
            MemberOrder.attribute(PG),
            order.format()));
  }

  /// The order for a member that was not taken back yet.
  String order(NodeId node) {
    return state
        .attributes()
        .getOrDefault(node, new TreeMap<>())
        .getOrDefault(MemberOrder.attribute(PG), "");
  }

  /// A node's attribute; empty if it has none of this name.
  String attribute(NodeId node, String name) {
    return state.attributes().getOrDefault(node, new TreeMap<>()).getOrDefault(name, "");
  }

  /// Orders an operation through intent and result.
  OperationResult perform(OperationKind kind, NodeId node) {
    return perform(kind, node, DEADLINE);
  }

  /// The same with another time-out.
  OperationResult perform(OperationKind kind, NodeId node, Duration timeout) {
    String id = "i" + ++intents;
    Incarnation life = lives.getOrDefault(node, new Incarnation("none", 1));
    accepted(
        new ClusterCommand.BeginAction(
            id, 1, 1, new Action.OperationAction(kind, PG, node), node, life, timeout));
    OperationResult result = instance(node).run(kind, timeout);
    accepted(new ClusterCommand.RecordResult(id, node, result));
    return result;
  }

  void succeed(OperationKind kind, NodeId node) {
    OperationResult result = perform(kind, node);
    assertEquals(OperationResult.Status.SUCCEEDED, result.status(), result::reason);
  }

  /// Nobody is preferred.
  Map<NodeId, Integer> alike() {
    Map<NodeId, Integer> scores = new TreeMap<>();
    homes.keySet().forEach(node -> scores.put(node, 0));
    return scores;
  }

  /// Starts every member; the one with the data must become the primary.
  void found(Server primary) {
    homes.keySet().forEach(node -> succeed(OperationKind.START, node));
    assertEquals(primary.node(), elect(alike()));
    succeed(OperationKind.PROMOTE, primary.node());
  }

  /// Holds an election and returns the winner.
  NodeId elect(Map<NodeId, Integer> scores) {
    open();
    TestServers.await("a verdict", () -> verdict(scores) instanceof Verdict.Winner);
    Verdict.Winner winner = (Verdict.Winner) verdict(scores);
    accepted(
        new ClusterCommand.CloseElection(
            PG, primacy().election().round(), winner.vote().voter().name(), winner.reason()));
    return winner.vote().voter();
  }

  /// Opens the round that is due, with what was heard of the last primary.
  void open() {
    TestServers.await("an election is due", () -> !due().isEmpty());
    synchronized (board) {
      due()
          .forEach(
              round -> accepted(round.knowing(hearsay.track(PG).flatMap(t -> t.lastWrite(now())))));
    }
  }

  private List<ClusterCommand.OpenElection> due() {
    return ElectionSupervisor.due(state, new TreeSet<>(List.of(PG)));
  }

  Verdict verdict(Map<NodeId, Integer> scores) {
    Election.Open open = (Election.Open) primacy().election();
    return PromotionPolicy.decide(Ballot.of(primacy(), open, loss, true, new TreeMap<>(scores)));
  }

  @Override
  public void close() {
    instances.values().forEach(ResourceInstance::close);
  }

  private final class Context implements InstanceContext {
    private final NodeId node;
    private final Incarnation life;

    Context(NodeId node, Incarnation life) {
      this.node = node;
      this.life = life;
    }

    @Override
    public NodeId self() {
      return node;
    }

    @Override
    public Incarnation incarnation() {
      return life;
    }

    @Override
    public ResourceDefinition resource() {
      return definition(home());
    }

    private Server home() {
      return Objects.requireNonNull(homes.get(node));
    }

    @Override
    public void propose(ClusterCommand command) {
      CommandAnswer answer = TinyCluster.this.propose(command);
      System.out.println(node + " proposes " + command + " -> " + answer);
    }

    @Override
    public void monitorSoon() {
      alarms.getOrDefault(node, new AtomicInteger()).incrementAndGet();
    }

    @Override
    public void publish(String text) {
      synchronized (board) {
        publications.incrementAndGet();
        board.put(node, new TreeMap<>());
        if (!text.isEmpty()) {
          board.getOrDefault(node, new TreeMap<>()).put(Hearsay.name(PG), text);
        }
        hearsay.heard(now(), board);
      }
    }

    @Override
    public Path workDirectory() {
      return home().home().resolve("agent");
    }
  }
}
