package dev.quorate.resource.core.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.resource.Absence;
import dev.quorate.resource.Action.FenceAction;
import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterCommand.BeginAction;
import dev.quorate.resource.ClusterCommand.CastVote;
import dev.quorate.resource.ClusterCommand.ChangeConfiguration;
import dev.quorate.resource.ClusterCommand.CloseElection;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.OpenElection;
import dev.quorate.resource.ClusterCommand.RecordFencing;
import dev.quorate.resource.ClusterCommand.RecordResult;
import dev.quorate.resource.ClusterCommand.ReportObservation;
import dev.quorate.resource.ClusterCommand.ReportView;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.CommandEnvelope;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.ConfigurationChange.CreateResource;
import dev.quorate.resource.ConfigurationChange.PutNode;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.ViewReport;
import dev.quorate.resource.Vote;
import dev.quorate.resource.json.ClusterJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A log of one writer for tests: applies commands one after the other and speaks for every node.
final class Ledger {
  static final NodeId N1 = new NodeId("n1");
  static final NodeId N2 = new NodeId("n2");
  static final NodeId N3 = new NodeId("n3");
  static final ResourceId PG = new ResourceId("pgsql");
  static final ResourceId CLONE = new ResourceId("pgsql-clone");
  static final ResourceId VIP = new ResourceId("vip");

  ClusterState state = ClusterState.initial("test");
  Applied last = new Applied(state, List.of(), new CommandAnswer.Accepted(""));

  /// Every command applied, as it would stand in the log.
  final List<byte[]> log = new ArrayList<>();

  int accepted;
  private long index;
  private long sequence;
  private int intents;

  /// Three voters in their first life, a database and an address, nothing probed.
  static Ledger three() {
    return of(3);
  }

  /// As [#three()], with n1 configured and never seen.
  static Ledger withoutFirst() {
    return of(2, 3);
  }

  static Ledger of(int nodes) {
    return of(1, nodes);
  }

  private static Ledger of(int firstSeen, int nodes) {
    Ledger ledger = new Ledger();
    List<ConfigurationChange> changes = new ArrayList<>();
    for (int i = 1; i <= nodes; i++) {
      changes.add(new PutNode(node("n" + i)));
    }
    changes.add(new CreateResource(database(new TreeMap<>())));
    changes.add(new CreateResource(address()));
    ledger.configure(changes.toArray(ConfigurationChange[]::new));
    for (int i = firstSeen; i <= nodes; i++) {
      ledger.accept(new JoinNode(new NodeId("n" + i), life("a", 1), 1));
    }
    return ledger;
  }

  /// As [#three()], with the database promoted on n1 and running on the others, each having
  /// promised to hold what is acknowledged by one of them.
  static Ledger running() {
    Ledger ledger = three();
    ledger.startStandbys();
    ledger.elect(1, N1, ledger.vote(N1, 1, 100), ledger.vote(N2, 1, 100), ledger.vote(N3, 1, 100));
    ledger.run(OperationKind.PROMOTE, PG, N1);
    ledger.accept(
        new ClusterCommand.SetSyncPromise(
            PG, 1, N1, 0, new dev.quorate.resource.SyncPromise(0, List.of(N2, N3), 1)));
    ledger.run(OperationKind.START, VIP, N1);
    return ledger;
  }

  static NodeDefinition node(String name) {
    return new NodeDefinition(new NodeId(name), name + ".example", true, new TreeMap<>());
  }

  static ResourceDefinition database(SortedMap<String, String> meta) {
    SortedMap<String, String> all = new TreeMap<>(meta);
    all.put(Primacy.HOLDS_DATA, "true");
    return new ResourceDefinition(
        PG,
        AgentType.parse("ocf:quorate:postgresql"),
        new TreeMap<>(),
        all,
        List.of(),
        new Form.Promotable(CLONE, 0, 1, new TreeMap<>()));
  }

  static ResourceDefinition address() {
    return new ResourceDefinition(
        VIP,
        AgentType.parse("IPaddr2"),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        new Form.Primitive());
  }

  static Incarnation life(String boot, long run) {
    return new Incarnation(boot, run);
  }

  // Commands.

  Applied apply(ClusterCommand command) {
    index++;
    log.add(ClusterJson.encode(CommandEnvelope.of(1000 * index, command)));
    last = ClusterStateMachine.apply(state, new LogPosition(1, 1, index), 1000 * index, command);
    if (!last.accepted()) {
      assertEquals(
          Draft.untouched(state, last.state().position(), last.state().wallMillis()),
          last.state(),
          "a refused command changed something");
      assertEquals(List.of(), last.changes());
    }
    accepted += last.accepted() ? 1 : 0;
    state = last.state();
    return last;
  }

  String lastCommand() {
    return new String(log.getLast(), StandardCharsets.UTF_8) + " -> " + last.answer();
  }

  void accept(ClusterCommand command) {
    assertInstanceOf(CommandAnswer.Accepted.class, apply(command).answer(), command::toString);
  }

  CommandAnswer.Refused refuse(String code, ClusterCommand command) {
    var refused = assertInstanceOf(CommandAnswer.Refused.class, apply(command).answer());
    assertEquals(code, refused.code(), refused::message);
    return refused;
  }

  void configure(ConfigurationChange... changes) {
    accept(new ChangeConfiguration(-1, "test", Arrays.asList(changes)));
  }

  CommandAnswer.Refused misconfigure(String code, ConfigurationChange... changes) {
    return refuse(code, new ChangeConfiguration(-1, "test", Arrays.asList(changes)));
  }

  BeginAction operation(OperationKind kind, ResourceId resource, NodeId node) {
    return operation("i" + ++intents, kind, resource, node);
  }

  BeginAction operation(String id, OperationKind kind, ResourceId resource, NodeId node) {
    return new BeginAction(
        id,
        1,
        1,
        new OperationAction(kind, resource, node),
        node,
        status(node).incarnation(),
        Duration.ofSeconds(20));
  }

  BeginAction fence(String id, NodeId executor, NodeId target) {
    return new BeginAction(
        id,
        1,
        1,
        new FenceAction(target, status(target).incarnation().bootId(), true),
        executor,
        status(executor).incarnation(),
        Duration.ofSeconds(60));
  }

  RecordFencing fenced(String id, NodeId executor, NodeId target, String boot, boolean confirmed) {
    return new RecordFencing(
        id,
        new FencingRecord(
            target,
            boot,
            true,
            confirmed,
            confirmed ? "lab" : "",
            confirmed ? "device-verified" : "",
            "",
            executor,
            "cluster",
            0,
            LogPosition.NONE));
  }

  /// Begins an operation and has it succeed.
  void run(OperationKind kind, ResourceId resource, NodeId node) {
    Role observed =
        switch (kind) {
          case START -> resource.equals(PG) ? Role.UNPROMOTED : Role.STARTED;
          case STOP, MONITOR -> Role.STOPPED;
          case PROMOTE -> Role.PROMOTED;
          case DEMOTE -> Role.UNPROMOTED;
          case RELOAD -> Role.STARTED;
        };
    run(kind, resource, node, OperationResult.succeeded(observed));
  }

  void run(OperationKind kind, ResourceId resource, NodeId node, OperationResult result) {
    BeginAction begin = operation(kind, resource, node);
    accept(begin);
    accept(new RecordResult(begin.intentId(), node, result));
  }

  void startStandbys() {
    for (NodeId node : List.copyOf(state.nodes().keySet())) {
      run(OperationKind.MONITOR, PG, node);
      run(OperationKind.MONITOR, VIP, node);
      run(OperationKind.START, PG, node);
    }
  }

  Vote vote(NodeId node, long timeline, long position) {
    return new Vote(
        node,
        status(node).incarnation().bootId(),
        true,
        "sysid",
        timeline,
        position,
        List.of(),
        false,
        0,
        "");
  }

  void elect(long round, NodeId winner, Vote... votes) {
    open(round, votes);
    accept(new CloseElection(PG, round, winner.name(), "most advanced"));
  }

  void open(long round, Vote... votes) {
    accept(new OpenElection(PG, round, "test", Arrays.stream(votes).map(Vote::node).toList()));
    for (Vote vote : votes) {
      accept(new CastVote(PG, round, vote));
    }
  }

  void observe(NodeId node, ResourceId resource, OperationResult result) {
    accept(observation(node, resource, result));
  }

  ReportObservation observation(NodeId node, ResourceId resource, OperationResult result) {
    return new ReportObservation(
        node, status(node).incarnation(), resource, state.position(), result);
  }

  /// What a node reports that misses some nodes, all others being in its ring.
  ReportView view(NodeId reporter, Absence how, NodeId... missing) {
    SortedMap<NodeId, Absence> absent = new TreeMap<>();
    for (NodeId node : missing) {
      absent.put(node, how);
    }
    SortedMap<NodeId, Incarnation> members = new TreeMap<>();
    state
        .nodes()
        .forEach((node, status) -> {
          if (!absent.containsKey(node)) {
            members.put(node, status.incarnation());
          }
        });
    sequence++;
    return new ReportView(
        new ViewReport(
            reporter,
            status(reporter).incarnation(),
            new RingId(sequence, members.firstKey()),
            sequence,
            members,
            absent));
  }

  void see(NodeId reporter, NodeId... missing) {
    accept(view(reporter, Absence.SILENT, missing));
  }

  // Questions.

  NodeStatus status(NodeId node) {
    return state.node(node).orElseThrow();
  }

  NodeStatus.Presence presence(NodeId node) {
    return status(node).presence();
  }

  InstanceStatus instance(ResourceId resource, NodeId node) {
    return state.instance(resource, node).orElseThrow();
  }

  void is(ResourceId resource, NodeId node, Role role, InstanceStatus.Certainty certainty) {
    InstanceStatus instance = instance(resource, node);
    assertEquals(role + " " + certainty, instance.role() + " " + instance.certainty());
  }

  Primacy primacy() {
    Primacy primacy = state.primacies().get(PG);
    if (primacy == null) {
      throw new AssertionError("no primacy");
    }
    return primacy;
  }
}
