package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.consensus.LogPosition;
import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Intent;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.OperationResult.Status;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What could not be opened is never said to be stopped.
class OperationRunnerTest {
  private static final NodeId SELF = new NodeId("n1");
  private static final Incarnation LIFE = new Incarnation("boot", 1);
  private static final ResourceId ID = new ResourceId("thing");
  private static final AgentType BROKEN = new AgentType("ocf", "test", "broken");
  private static final Duration TIMEOUT = Duration.ofMillis(100);

  @TempDir private Path directory;
  private final BlockingQueue<NodeEvent> events = new LinkedBlockingQueue<>();
  private final Broken agent = new Broken();
  private OpenInstances instances;
  private OperationJournal journal;
  private OperationRunner runner;

  @BeforeEach
  void open() throws IOException {
    instances =
        new OpenInstances(
            SELF,
            LIFE,
            new AgentCatalog(List.of(agent)),
            directory.resolve("work"),
            new HostAddresses(),
            events::add,
            (_, _) -> {});
    journal = new OperationJournal(directory.resolve("journal"));
    runner = new OperationRunner(instances, journal, events::add);
  }

  @AfterEach
  void close() throws IOException {
    instances.close();
    journal.close();
  }

  @Test
  void whatCouldNotBeOpenedMayRun() throws InterruptedException {
    instances.open(resource(BROKEN), ClusterState.initial("test"));
    OperationResult monitor = monitor();
    assertEquals(Status.UNKNOWN, monitor.status());
    assertTrue(monitor.reason().contains("no disk"), monitor::reason);
    assertEquals(Status.UNKNOWN, operation(OperationKind.STOP).status());
    assertEquals(Status.FAILED, operation(OperationKind.START).status());
    assertEquals(Status.FAILED, emergencyStop().status());
  }

  @Test
  void itIsOpenedOnceThatIsPossible() throws InterruptedException {
    instances.open(resource(BROKEN), ClusterState.initial("test"));
    assertEquals(Status.UNKNOWN, monitor().status());
    agent.mended = true;
    assertEquals(OperationResult.succeeded(Role.STARTED), monitor());
    assertEquals(Status.SUCCEEDED, emergencyStop().status());
  }

  @Test
  void whatWasRemovedOrHasNoAgentIsStopped() throws InterruptedException {
    instances.open(resource(BROKEN), ClusterState.initial("test"));
    instances.close(ID);
    assertEquals(OperationResult.succeeded(Role.STOPPED), monitor());
    instances.open(
        resource(new AgentType("ocf", "test", "unheard-of")), ClusterState.initial("test"));
    assertEquals(OperationResult.succeeded(Role.STOPPED), monitor());
    assertEquals(Status.SUCCEEDED, emergencyStop().status());
  }

  private static ResourceDefinition resource(AgentType type) {
    return new ResourceDefinition(
        ID,
        type,
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        new ResourceDefinition.Form.Primitive());
  }

  private NodeEvent event() throws InterruptedException {
    NodeEvent event = events.poll(10, TimeUnit.SECONDS);
    assertNotNull(event);
    return event;
  }

  private OperationResult monitor() throws InterruptedException {
    runner.monitor(ID, LogPosition.NONE, TIMEOUT);
    return assertInstanceOf(NodeEvent.MonitorFinished.class, event()).result();
  }

  private OperationResult operation(OperationKind kind) throws InterruptedException {
    runner.run(
        new Intent(
            "i",
            1,
            1,
            new Action.OperationAction(kind, ID, SELF),
            SELF,
            LIFE,
            TIMEOUT,
            LogPosition.NONE));
    return assertInstanceOf(NodeEvent.OperationFinished.class, event()).result();
  }

  private OperationResult emergencyStop() throws InterruptedException {
    runner.emergencyStop(ID, TIMEOUT);
    return assertInstanceOf(NodeEvent.EmergencyStopFinished.class, event()).result();
  }

  private static final class Broken implements ResourceAgent {
    private volatile boolean mended;

    @Override
    public AgentMetadata metadata() {
      return new AgentMetadata(List.of(BROKEN), "breaks", false, false, new TreeMap<>(), List.of());
    }

    @Override
    public List<String> problems(SortedMap<String, String> parameters) {
      return List.of();
    }

    @Override
    public ResourceInstance open(InstanceContext context) {
      if (!mended) {
        throw new IllegalStateException("no disk");
      }
      return new Running();
    }
  }

  private static final class Running implements ResourceInstance {
    @Override
    public OperationResult run(OperationKind operation, Duration deadline) {
      return OperationResult.succeeded(Role.STARTED);
    }

    @Override
    public void stateChanged(ClusterState state) {}

    @Override
    public OperationResult emergencyStop(Duration deadline) {
      return OperationResult.succeeded(Role.STOPPED);
    }

    @Override
    public void close() {}
  }
}
