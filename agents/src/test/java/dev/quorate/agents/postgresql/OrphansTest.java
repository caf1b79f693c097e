package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.InstanceContext;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.OperationResult.Status;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.state.Applied;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that works in the data directory of a server that has ended, as the daemon finds it.
class OrphansTest {
  private static final NodeId SELF = new NodeId("a");
  private static final ResourceId PG = new ResourceId("pg");
  private static final Incarnation LIFE = new Incarnation("boot", 2);
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final AtomicInteger alarms = new AtomicInteger();
  private ClusterState state = ClusterState.initial("test");
  private long index;
  private Process orphan;
  private PostgresResource resource;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "sees who works where");
    Path data = Files.createDirectories(directory.resolve("data"));
    Path program = directory.resolve("postgres");
    Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
    orphan = new ProcessBuilder(program.toString(), "600").directory(data.toFile()).start();
    configure(
        new ConfigurationChange.PutNode(
            new NodeDefinition(SELF, "127.0.0.2", true, new TreeMap<>())),
        new ConfigurationChange.CreateResource(new Alone().resource()));
    LocalPostgres local =
        new LocalPostgres(
            new Alone(), PostgresParameters.parse(TestServers.parameters(directory, 5432)));
    resource = new PostgresResource(local, new PostgresDriver(local));
    resource.stateChanged(state);
  }

  @AfterEach
  void close() {
    if (orphan != null) {
      resource.close();
      orphan.destroyForcibly();
    }
  }

  /// It may serve clients still; and what the log says that far is old.
  @Test
  void nothingIsSaidOfItBeforeTheNodeHasJoinedAndThenItIsLookedAtAgain() throws Exception {
    OperationResult first = resource.run(OperationKind.MONITOR, LONG);
    assertEquals(Status.UNKNOWN, first.status(), first::reason);
    assertTrue(orphan.isAlive());
    join();
    TestServers.await("the cluster to be told", () -> alarms.get() > 0);
    assertEquals(
        OperationResult.succeeded(Role.STOPPED), resource.run(OperationKind.MONITOR, LONG));
    assertEquals(137, orphan.waitFor(), "killed");
  }

  @Test
  void whatIsLeftAloneMayTakeWritesForAllThatCanBeSeen() {
    configure(new ConfigurationChange.SetMeta(PG, new TreeMap<>(Map.of("is-managed", "false"))));
    join();
    OperationResult seen = resource.run(OperationKind.MONITOR, LONG);
    assertEquals(Status.UNKNOWN, seen.status(), seen::reason);
    promoted();
    OperationResult granted = resource.run(OperationKind.MONITOR, LONG);
    assertEquals(Role.PROMOTED, granted.observed());
    assertEquals(Status.SUCCEEDED, granted.status(), granted::reason);
    assertTrue(granted.reason().contains("without a server"), granted::reason);
    assertTrue(orphan.isAlive());
  }

  @Test
  void aServerWithoutClientsIsNoPrimaryAndEndsWithTheQuorumAllTheSame() throws Exception {
    Files.writeString(directory.resolve("data/postmaster.pid"), "-" + orphan.pid() + "\n");
    configure(new ConfigurationChange.SetMeta(PG, new TreeMap<>(Map.of("is-managed", "false"))));
    join();
    promoted();
    OperationResult seen = resource.run(OperationKind.MONITOR, LONG);
    assertEquals(Role.UNPROMOTED, seen.observed());
    assertEquals(Status.SUCCEEDED, seen.status(), seen::reason);
    assertEquals(OperationResult.succeeded(Role.STOPPED), resource.emergencyStop(LONG));
    assertEquals(137, orphan.waitFor(), "killed");
  }

  private void configure(ConfigurationChange... changes) {
    apply(new ClusterCommand.ChangeConfiguration(-1, "test", List.of(changes)));
  }

  private void join() {
    apply(new ClusterCommand.JoinNode(SELF, LIFE, ClusterState.FEATURE_LEVEL));
    resource.stateChanged(state);
  }

  /// Gives it the first grant, as to whoever is found promoted.
  private void promoted() {
    Action look = new Action.OperationAction(OperationKind.MONITOR, PG, SELF);
    apply(new ClusterCommand.BeginAction("i", 1, 1, look, SELF, LIFE, LONG));
    apply(new ClusterCommand.RecordResult("i", SELF, OperationResult.succeeded(Role.PROMOTED)));
    resource.stateChanged(state);
  }

  private void apply(ClusterCommand command) {
    index++;
    Applied applied =
        ClusterStateMachine.apply(state, new LogPosition(1, 1, index), index, command);
    assertFalse(applied.answer() instanceof CommandAnswer.Refused, () -> applied.answer() + "");
    state = applied.state();
  }

  private final class Alone implements InstanceContext {
    @Override
    public NodeId self() {
      return SELF;
    }

    @Override
    public Incarnation incarnation() {
      return LIFE;
    }

    @Override
    public ResourceDefinition resource() {
      return new ResourceDefinition(
          PG,
          AgentType.parse("ocf:heartbeat:pgsqlms"),
          new TreeMap<>(),
          new TreeMap<>(Map.of(Primacy.HOLDS_DATA, "true")),
          List.of(),
          new ResourceDefinition.Form.Promotable(
              new ResourceId("pg-clone"), 0, 1, new TreeMap<>()));
    }

    @Override
    public void propose(ClusterCommand command) {}

    @Override
    public void monitorSoon() {
      alarms.incrementAndGet();
    }

    @Override
    public Path workDirectory() {
      return directory.resolve("agent");
    }
  }
}
