package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.MemberOrder.Kind;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The orders of a member without a server, and what it remembers of them.
class MemberOrdersTest {
  private static final NodeId SELF = new NodeId("a");
  private static final Incarnation LIFE = new Incarnation("boot", 1);
  private static final ResourceId PG = new ResourceId("pg");
  private static final MemberOrder COPY = new MemberOrder(Kind.COPY, "1");
  private static final MemberOrder RELOAD = new MemberOrder(Kind.RELOAD, "2");

  @TempDir private Path directory;
  private final List<String> proposed = new ArrayList<>();
  private Runnable meanwhile = () -> {};
  private LocalPostgres local;
  private MemberOrders orders;
  private long index;

  @BeforeEach
  void open() {
    local =
        new LocalPostgres(
            new Context(), PostgresParameters.parse(TestServers.parameters(directory, 5432)));
    local.state = ClusterState.initial("test");
    apply(
        change(
            new ConfigurationChange.PutNode(
                new NodeDefinition(SELF, "127.0.0.2", true, new TreeMap<>()))));
    apply(change(new ConfigurationChange.CreateResource(resource())));
    apply(new ClusterCommand.JoinNode(SELF, LIFE, ClusterState.FEATURE_LEVEL));
    order(COPY);
    orders = new MemberOrders(local);
  }

  @AfterEach
  void close() {
    local.close();
  }

  private static ClusterCommand change(ConfigurationChange change) {
    return new ClusterCommand.ChangeConfiguration(-1, "test", List.of(change));
  }

  private void apply(ClusterCommand command) {
    index++;
    local.state =
        ClusterStateMachine.apply(local.state, new LogPosition(1, 1, index), index, command)
            .state();
  }

  private void order(MemberOrder order) {
    attribute("order-pg", order.format());
  }

  private void attribute(String name, String value) {
    apply(new ClusterCommand.SetAttribute(SELF, LIFE, name, value));
  }

  /// The attributes as a review wants them; a later one says the same only after a while.
  private List<String> reviewed() {
    proposed.clear();
    orders.review();
    return List.copyOf(proposed);
  }

  private Path memory() {
    return directory.resolve("agent/order");
  }

  private void tooLate() {
    apply(new ClusterCommand.PassTime(MemberOrder.VALID.toMillis() + 1_000));
  }

  @Test
  void aMemoryThatCannotBeReadKeepsTheDriverFromNothing() throws IOException {
    Files.createDirectory(memory());
    orders.review();
    assertTrue(orders.problem().contains("cannot be read"), orders.problem());
    assertEquals(MemberOrder.NONE, orders.pending(), "it may have been carried out");
    orders.attend(Optional.empty(), true);
    assertEquals(List.of(), proposed);

    Path data = directory.resolve("data");
    Files.createSymbolicLink(data, data);
    try (PostgresDriver driver = new PostgresDriver(local)) {
      local.started = true;
      driver.kick();
      TestServers.await(
          "a look at the data", () -> local.condition.contains("UncheckedIOException"));
    }
    Files.delete(memory());
    orders.review();
    assertEquals("", orders.problem());
    assertEquals(COPY, orders.pending());
  }

  @Test
  void whatIsDoneIsNotDoneAgainThoughItCannotBeWritten() throws IOException {
    Path beside = memory().resolveSibling("order.new");
    Files.createDirectory(beside);
    orders.done(COPY);
    assertTrue(orders.problem().contains("cannot be written"), orders.problem());
    assertEquals(MemberOrder.NONE, orders.pending());
    orders.review();
    assertTrue(orders.problem().contains("cannot be written"), orders.problem());
    Files.delete(beside);
    orders.review();
    assertEquals("", orders.problem());
    assertEquals(MemberOrder.NONE, new MemberOrders(local).pending(), "the next daemon knows");
  }

  @Test
  void whatWasDoneStaysKnownUntilTheNextAnswerIsWhole() throws IOException {
    orders.done(COPY);
    Files.createDirectory(memory().resolveSibling("order.new"));
    orders.done(RELOAD);
    assertEquals(MemberOrder.NONE, new MemberOrders(local).pending());
  }

  @Test
  void whatWasBegunIsNotWithdrawn() {
    orders.begun(COPY);
    tooLate();
    assertEquals(List.of(), reviewed());
    orders = new MemberOrders(local);
    assertEquals(List.of(), reviewed(), "nor after the daemon's end");
    assertEquals(COPY, orders.pending());
    order(RELOAD);
    orders.begun(RELOAD);
    tooLate();
    assertEquals(1, reviewed().size(), "only a copy or a rewind is ever half done");
    assertTrue(proposed.getFirst().startsWith("answer-pg=reload:2 withdrawn"), proposed::toString);
  }

  private void leaveAlone() {
    apply(
        change(new ConfigurationChange.SetMeta(PG, new TreeMap<>(Map.of("maintenance", "true")))));
  }

  /// The driver may have looked before both.
  @Test
  void whoIsLeftAloneCarriesNothingOut() throws IOException {
    Files.createDirectories(directory.resolve("data/global"));
    Files.createFile(directory.resolve("data/global/pg_control"));
    Files.writeString(directory.resolve("data/PG_VERSION"), "15\n");
    MemberOrder init = new MemberOrder(Kind.INIT, "3");
    leaveAlone();
    order(init);
    orders.attend(Optional.empty(), false);
    assertEquals(init, orders.pending(), "not even refused, since nobody has looked");
  }

  @Test
  void whatAnEarlierVersionHasDoneIsDone() throws IOException {
    Files.writeString(memory(), COPY.format());
    assertEquals(MemberOrder.NONE, orders.pending());
    order(new MemberOrder(Kind.COPY, "12"));
    assertTrue(orders.pending().given(), "that was another one");
  }

  @Test
  void whatIsDoneIsToldThoughItIsLeftAloneSince() {
    orders.done(COPY);
    assertEquals(List.of(), reviewed(), "not before it is well");
    leaveAlone();
    assertEquals(List.of("answer-pg=copy:1 done"), reviewed());
    attribute("answer-pg", "copy:1 done");
    assertEquals(List.of("order-pg="), reviewed());
  }

  @Test
  void theEndOfAnOrderLeavesANewerOneStanding() {
    tooLate();
    List<String> answer = reviewed();
    assertTrue(answer.getFirst().startsWith("answer-pg=copy:1 withdrawn"), answer::toString);
    attribute("answer-pg", answer.getFirst().substring("answer-pg=".length()));
    meanwhile = () -> order(RELOAD);
    assertEquals(List.of(), reviewed());
    assertFalse(orders.pending().returns());
  }

  private static ResourceDefinition resource() {
    return new ResourceDefinition(
        PG,
        AgentType.parse("ocf:heartbeat:pgsqlms"),
        new TreeMap<>(),
        new TreeMap<>(Map.of("holds-data", "true")),
        List.of(),
        new ResourceDefinition.Form.Promotable(new ResourceId("pg-clone"), 0, 1, new TreeMap<>()));
  }

  private final class Context implements InstanceContext {
    @Override
    public NodeId self() {
      return SELF;
    }

    /// Asked for once an order is read.
    @Override
    public Incarnation incarnation() {
      Runnable deed = meanwhile;
      meanwhile = () -> {};
      deed.run();
      return LIFE;
    }

    @Override
    public ResourceDefinition resource() {
      return MemberOrdersTest.resource();
    }

    @Override
    public void propose(ClusterCommand command) {
      if (command instanceof ClusterCommand.SetAttribute(_, _, var name, var value)) {
        proposed.add(name + "=" + value);
      }
    }

    @Override
    public void monitorSoon() {}

    @Override
    public Path workDirectory() {
      return directory.resolve("agent");
    }
  }
}
