package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class JournalledOperationsTest {
  private static final NodeId SELF = new NodeId("n1");
  private static final Incarnation LIFE = new Incarnation("boot", 1);
  private static final ResourceId THING = new ResourceId("thing");
  private static final Path FULL = Path.of("/dev/full");

  @TempDir Path directory;
  private final BlockingQueue<NodeEvent> events = new LinkedBlockingQueue<>();

  @Test
  void aFullDiskDoesNotKeepAnythingRunning() throws Exception {
    assertEquals(OperationResult.succeeded(Role.STOPPED), resultOf(OperationKind.STOP));
  }

  @Test
  void nothingBeginsThatIsNotWrittenDown() throws Exception {
    assertEquals(OperationResult.Status.UNKNOWN, resultOf(OperationKind.START).status());
  }

  private OperationResult resultOf(OperationKind kind) throws Exception {
    assumeTrue(Files.exists(FULL));
    Path journals = Files.createDirectory(directory.resolve("journal"));
    Files.createSymbolicLink(journals.resolve("operations"), FULL);
    try (OpenInstances instances =
            new OpenInstances(
                SELF,
                LIFE,
                new AgentCatalog(List.of(new ThingAgent())),
                directory.resolve("work"),
                new HostAddresses(),
                events::add,
                (_, _) -> {});
        OperationJournal journal = new OperationJournal(journals)) {
      instances.open(
          new ResourceDefinition(
              THING,
              AgentType.parse("ocf:test:thing"),
              new TreeMap<>(),
              new TreeMap<>(),
              List.of(),
              new ResourceDefinition.Form.Primitive()),
          ClusterState.initial("test"));
      new OperationRunner(instances, journal, events::add)
          .run(
              new Intent(
                  "1.1@n1",
                  1,
                  1,
                  new Action.OperationAction(kind, THING, SELF),
                  SELF,
                  LIFE,
                  Duration.ofSeconds(5),
                  LogPosition.NONE));
      NodeEvent ended = events.poll(10, TimeUnit.SECONDS);
      if (ended instanceof NodeEvent.OperationFinished(_, var result)) {
        return result;
      }
      throw new IOException("no result came: " + ended);
    }
  }

  private static final class ThingAgent implements ResourceAgent {
    @Override
    public AgentMetadata metadata() {
      return new AgentMetadata(
          List.of(AgentType.parse("ocf:test:thing")),
          "a thing",
          false,
          false,
          new TreeMap<>(),
          List.of());
    }

    @Override
    public List<String> problems(SortedMap<String, String> parameters) {
      return List.of();
    }

    @Override
    public ResourceInstance open(InstanceContext context) {
      return new ResourceInstance() {
        @Override
        public OperationResult run(OperationKind operation, Duration deadline) {
          return OperationResult.succeeded(Role.STOPPED);
        }

        @Override
        public void stateChanged(ClusterState state) {}

        @Override
        public OperationResult emergencyStop(Duration deadline) {
          return OperationResult.succeeded(Role.STOPPED);
        }

        @Override
        public void close() {}
      };
    }
  }
}
