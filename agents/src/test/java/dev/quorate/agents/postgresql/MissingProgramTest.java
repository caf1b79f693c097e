package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator reads who named a directory without PostgreSQL's programs.
class MissingProgramTest {
  @TempDir private Path home = Path.of("");

  @Test
  void aStartWithoutProgramsNamesThePlaceAndTheRemedyAndTouchesNothing() throws IOException {
    Path data = home.resolve("data");
    Files.createDirectories(data.resolve("global"));
    Files.writeString(data.resolve("PG_VERSION"), "15\n");
    Files.write(data.resolve("global/pg_control"), new byte[8192]);
    assertRefused(data);
    try (var files = Files.list(data)) {
      assertEquals(2, files.count(), "the data directory was touched");
    }
  }

  @Test
  void anEmptyDirectoryIsNoExcuse() throws IOException {
    assertRefused(Files.createDirectory(home.resolve("data")));
  }

  private void assertRefused(Path data) {
    try (ResourceInstance instance = new PostgresAgent().open(new Surroundings(data, home))) {
      OperationResult result = instance.run(OperationKind.START, Duration.ofSeconds(10));

      assertEquals(OperationResult.Status.FAILED, result.status(), result::reason);
      assertEquals(5, result.code(), "OCF's code for a program that is not installed");
      assertTrue(result.reason().startsWith("/nowhere/bin/postgres is not there"), result::reason);
      assertTrue(result.reason().contains("'bindir'"), result::reason);
    }
  }

  private record Surroundings(Path data, Path workDirectory) implements InstanceContext {
    @Override
    public NodeId self() {
      return new NodeId("n1");
    }

    @Override
    public Incarnation incarnation() {
      return new Incarnation("boot", 1);
    }

    @Override
    public ResourceDefinition resource() {
      return new ResourceDefinition(
          new ResourceId("pg"),
          AgentType.parse("ocf:heartbeat:pgsqlms"),
          new TreeMap<>(
              Map.of("bindir", "/nowhere/bin", "pgdata", data.toString(), "system_user", "root")),
          new TreeMap<>(),
          List.of(),
          new ResourceDefinition.Form.Promotable(
              new ResourceId("pg-clone"), 0, 1, new TreeMap<>()));
    }

    @Override
    public void propose(ClusterCommand command) {
      throw new IllegalStateException("nothing is to be proposed: " + command);
    }

    @Override
    public void monitorSoon() {}
  }
}
