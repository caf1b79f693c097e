package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.agents.Setup;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two whole nodes, of which one has the other look at its settings and write them.
@Tag("slow")
class SetupAcrossNodesTest {
  @TempDir Path directory = Path.of("");
  private final List<NodeId> written = new CopyOnWriteArrayList<>();

  /// A database of which a setting is wrong until it is written.
  private final class Database implements ResourceInstance {
    private final NodeId self;

    Database(NodeId self) {
      this.self = self;
    }

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
    public Setup setUp(boolean write) {
      if (write) {
        written.add(self);
      }
      return written.contains(self)
          ? Setup.nothing("/" + self + "/quorate.conf")
          : new Setup(
              "/" + self + "/quorate.conf",
              List.of(new Setup.Amendment("fsync", "on", false, false, "", "it is off")),
              false,
              "",
              "");
    }

    @Override
    public void close() {}
  }

  private final class Agent implements ResourceAgent {
    @Override
    public AgentMetadata metadata() {
      return new AgentMetadata(
          List.of(AgentType.parse("ocf:heartbeat:pgsqlms")),
          "a database",
          true,
          true,
          new TreeMap<>(),
          List.of());
    }

    @Override
    public List<String> problems(SortedMap<String, String> parameters) {
      return List.of();
    }

    @Override
    public ResourceInstance open(InstanceContext context) {
      return new Database(context.self());
    }
  }

  private static void says(TestNodes nodes, String text) {
    assertTrue(nodes.said().contains(text), nodes::said);
  }

  @Test
  void eachNodeWritesItsOwn() throws IOException {
    try (TestNodes nodes = new TestNodes(directory)) {
      nodes.agents = List.of(new Agent());
      nodes.found(2);
      nodes.succeeds(1, "resource create pg ocf:heartbeat:pgsqlms promotable --disabled");
      nodes.await("both have it", () -> nodes.type(1, "pg setup") == ExitCode.OK);
      says(nodes, "n1: /n1/quorate.conf");
      says(nodes, "n2: /n2/quorate.conf\n  fsync = 'on'");
      assertEquals(List.of(), written);
      nodes.succeeds(1, "pg setup n2 --yes");
      says(nodes, "is in force");
      assertEquals(List.of(TestNodes.node(2)), written);
      nodes.succeeds(2, "pg setup --yes");
      assertEquals(List.of(TestNodes.node(2), TestNodes.node(1)), written);
      nodes.shut(2);
      assertEquals(ExitCode.PARTLY, nodes.type(1, "pg setup"), nodes::said);
      says(nodes, "n1: nothing to do");
      says(nodes, "not every node could be asked: {n2=");
    }
  }
}
