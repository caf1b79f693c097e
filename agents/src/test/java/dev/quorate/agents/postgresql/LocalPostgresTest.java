package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPostgresTest {
  private static final NodeId SELF = new NodeId("a");
  private static final NodeId OTHER = new NodeId("b");

  @TempDir private Path directory;
  private final Map<String, String> names = new TreeMap<>();
  private final List<ClusterCommand> proposed = new CopyOnWriteArrayList<>();

  @Test
  void copiesUnderANameThatNoStandbyCanHave() {
    try (LocalPostgres local =
        new LocalPostgres(
            new Alone(), PostgresParameters.parse(TestServers.parameters(directory, 5432)))) {
      local.state = knowing(OTHER);
      Matcher name =
          Pattern.compile("application_name=(\\S+)").matcher(local.upstream(OTHER).conninfo());
      assertTrue(name.find());
      assertThrows(IllegalArgumentException.class, () -> new NodeId(name.group(1)));
      assertFalse(name.find());
    }
  }

  /// Whoever resolves names while it streams cannot be stopped as long as the name server is mute.
  @Test
  void aNamedHostIsReachedByItsAddress() throws IOException {
    Path control = Files.createDirectories(directory.resolve("data/global")).resolve("pg_control");
    Files.createFile(control);
    Files.writeString(directory.resolve("data/PG_VERSION"), "15\n");
    try (LocalPostgres local =
        new LocalPostgres(
            new Alone(), PostgresParameters.parse(TestServers.parameters(directory, 5432)))) {
      local.state = knowing(OTHER);
      assertFalse(local.upstream(OTHER).conninfo().contains("hostaddr="));
      names.put("127.0.0.2", "192.0.2.7");
      assertTrue(local.upstream(OTHER).conninfo().contains("host=127.0.0.2 "));
      assertTrue(local.upstream(OTHER).conninfo().contains(" hostaddr=192.0.2.7"));
      assertTrue(
          local.surroundings().conninfos().toString().contains(" hostaddr=192.0.2.7"),
          "and so does the standby");
    }
  }

  @Test
  void aDiskThatCannotBeAskedIsRed() throws IOException {
    Path data = directory.resolve("data");
    try (LocalPostgres local =
        new LocalPostgres(
            new Alone(), PostgresParameters.parse(TestServers.parameters(directory, 5432)))) {
      local.state = knowing(OTHER);
      DiskHealth disks = new DiskHealth(local);
      disks.look();
      assertTrue(proposed.isEmpty(), "there is no database yet, and no fault: " + proposed);
      Files.createSymbolicLink(data, data);
      disks.look();
      assertTrue(proposed.toString().contains("#health-disk-pg, value=red"), proposed::toString);
      assertTrue(proposed.toString().contains(data + "/pg_wal cannot be read"), proposed::toString);
    }
  }

  @Test
  void theDriverGoesOnAfterWhateverHappens() throws IOException {
    Path data = directory.resolve("data");
    Files.createSymbolicLink(data, data);
    try (LocalPostgres local =
            new LocalPostgres(
                new Alone(), PostgresParameters.parse(TestServers.parameters(directory, 5432)));
        PostgresDriver driver = new PostgresDriver(local)) {
      local.started = true;
      driver.kick();
      TestServers.await("the problem", () -> local.condition.contains("UncheckedIOException"));
      Files.delete(data);
      driver.kick();
      TestServers.await("the next attempt", () -> local.condition.isEmpty());
    }
  }

  /// Commits go by what the checkpointer has read, not by what a session shows.
  @Test
  void aBusyCheckpointerHoldsThePromiseBack() throws Exception {
    assumeTrue(TestServers.available());
    try (TestServers servers = new TestServers()) {
      TestServers.Server a = servers.fresh("a", "127.0.0.2");
      a.instance().start(a.alone(), TestServers.LONG);
      a.probe().promote(TestServers.LONG);
      TestServers.await("promoted", () -> !a.probe().inRecovery(TestServers.SHORT));
      a.probe().checkpoint(TestServers.LONG);
      try (LocalPostgres local = new LocalPostgres(new Alone(), a.parameters())) {
        local.adopt(local.probe.facts(TestServers.SHORT));
        String checkpointer =
            servers.ask(a, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'");
        servers.run("kill", "-STOP", checkpointer);
        try {
          local.apply(SyncNames.of(List.of(OTHER), 1));
          TestServers.await(
              "the session to know",
              () -> local.probe.facts(TestServers.SHORT).syncNames().contains("b"));
          // It would wait for ever, if it did as it was told.
          servers.ask(a, "CREATE TABLE t ()");
          Instant end = Instant.now().plusMillis(600);
          while (Instant.now().isBefore(end)) {
            assertFalse(local.inForce());
            assertTrue(local.boundary(local.probe.facts(TestServers.SHORT)).isEmpty());
          }
        } finally {
          servers.run("kill", "-CONT", checkpointer);
        }
        TestServers.await(
            "the boundary", () -> local.boundary(local.probe.facts(TestServers.SHORT)).isPresent());
        assertTrue(local.inForce());
      }
    }
  }

  /// It could receive once more, and acknowledge what its vote does not say.
  @Test
  void aStartupProcessThatHasNotReadIsNotDeaf() throws Exception {
    assumeTrue(TestServers.available());
    try (TestServers servers = new TestServers()) {
      TestServers.Server a = servers.fresh("a", "127.0.0.2");
      a.instance().start(a.alone(), TestServers.LONG);
      try (LocalPostgres local = new LocalPostgres(new Alone(), a.parameters())) {
        local.adopt(local.probe.facts(TestServers.SHORT));
        assertFalse(deaf(local), "nobody knows what is written");
        local.follow("host=127.0.0.9 port=1");
        TestServers.await(
            "the session to know",
            () -> !local.probe.facts(TestServers.SHORT).conninfo().isEmpty());
        String startup =
            servers.ask(a, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'");
        servers.run("kill", "-STOP", startup);
        try {
          local.follow("");
          TestServers.await(
              "the session to show no upstream and a known end",
              () -> {
                var facts = local.probe.facts(TestServers.SHORT);
                return facts.conninfo().isEmpty() && facts.endIsKnown();
              });
          Instant end = Instant.now().plusMillis(600);
          while (Instant.now().isBefore(end)) {
            assertFalse(deaf(local));
          }
        } finally {
          servers.run("kill", "-CONT", startup);
        }
        TestServers.await("deaf", () -> deaf(local));
      }
    }
  }

  private static boolean deaf(LocalPostgres local) {
    local.deafness.prove(local.probe.facts(TestServers.SHORT));
    return local.deafness.isProven();
  }

  /// It is seldom seen to do anything else.
  @Test
  void aStartupProcessThatRestoresAllTheTimeIsDeafAllTheSame() throws Exception {
    assumeTrue(TestServers.available());
    try (TestServers servers = new TestServers()) {
      TestServers.Server a = servers.fresh("a", "127.0.0.2");
      Files.writeString(
          a.parameters().dataDirectory().resolve("postgresql.conf"),
          "restore_command = 'sleep 0.3; false'\n",
          StandardOpenOption.APPEND);
      a.instance().start(a.alone(), TestServers.LONG);
      try (LocalPostgres local = new LocalPostgres(new Alone(), a.parameters())) {
        local.adopt(local.probe.facts(TestServers.SHORT));
        local.follow("");
        TestServers.await("deaf", () -> deaf(local));
      }
    }
  }

  private static ClusterState knowing(NodeId node) {
    return ClusterStateMachine.apply(
            ClusterState.initial("test"),
            new LogPosition(1, 1, 1),
            1,
            new ClusterCommand.ChangeConfiguration(
                -1,
                "test",
                List.of(
                    new ConfigurationChange.PutNode(
                        new NodeDefinition(node, "127.0.0.2", true, new TreeMap<>())))))
        .state();
  }

  private final class Alone implements InstanceContext {
    @Override
    public NodeId self() {
      return SELF;
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
          new TreeMap<>(),
          new TreeMap<>(),
          List.of(),
          new ResourceDefinition.Form.Promotable(
              new ResourceId("pg-clone"), 0, 1, new TreeMap<>()));
    }

    @Override
    public void propose(ClusterCommand command) {
      proposed.add(command);
    }

    @Override
    public void monitorSoon() {}

    @Override
    public Optional<String> addressOf(String host) {
      return Optional.ofNullable(names.get(host));
    }

    @Override
    public Path workDirectory() {
      return directory.resolve("agent");
    }
  }
}
