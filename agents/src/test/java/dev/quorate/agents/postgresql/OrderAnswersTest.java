package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.MemberOrder.Kind;
import dev.quorate.agents.core.postgresql.OrderAnswer;
import dev.quorate.agents.core.postgresql.OrderFate;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.resource.OperationKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A primary `a` and its standby `b`, and what they answer to orders.
@Tag("slow")
class OrderAnswersTest {
  private TestServers servers;
  private Server a;
  private Server b;
  private TinyCluster cluster;

  @BeforeEach
  void run() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    servers = new TestServers();
    a = servers.fresh("a", "127.0.0.2");
    b = servers.empty("b", "127.0.0.3");
    cluster = new TinyCluster(List.of(a, b));
    cluster.found(a);
    await("b follows", Duration.ofMinutes(1), () -> streams());
  }

  @AfterEach
  void close() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (servers != null) {
      servers.close();
    }
  }

  private boolean streams() {
    return a.probe().facts(SHORT).standbys().stream()
        .anyMatch(s -> s.streaming() && s.name().equals("b"));
  }

  private OrderFate fate(Server server, MemberOrder order) {
    return OrderFate.of(
        order,
        cluster.order(server.node()),
        cluster.attribute(server.node(), OrderAnswer.attribute(TinyCluster.PG)));
  }

  private String refusal(Server server, MemberOrder order) {
    cluster.order(server.node(), order);
    await("an answer", () -> !(fate(server, order) instanceof OrderFate.Waits));
    String reason = assertInstanceOf(OrderFate.NotDone.class, fate(server, order)).reason();
    await("its end", () -> cluster.order(server.node()).isEmpty());
    return reason;
  }

  @Test
  void aRestartIsAnsweredByWhoHasRestarted() {
    long before = b.instance().postmaster().orElseThrow();
    MemberOrder restart = new MemberOrder(Kind.RESTART, "1");
    cluster.order(b.node(), restart);
    await("an answer", () -> fate(b, restart) instanceof OrderFate.Done);
    assertNotEquals(before, b.instance().postmaster().orElseThrow());
    await("its end", () -> cluster.order(b.node()).isEmpty());
    assertInstanceOf(OrderFate.Done.class, fate(b, restart), "the answer stays");

    long primary = a.instance().postmaster().orElseThrow();
    String reason = refusal(a, new MemberOrder(Kind.RESTART, "2"));
    assertEquals("the member refused: it is the primary", reason);
    assertEquals(primary, a.instance().postmaster().orElseThrow());
  }

  @Test
  void whatIsLeftAloneTakesNoOrders() {
    cluster.meta("maintenance", "true");
    long before = b.instance().postmaster().orElseThrow();
    String reason = refusal(b, new MemberOrder(Kind.RESTART, "1"));
    assertEquals("the member refused: pg-clone is in maintenance", reason);
    cluster.meta("maintenance", "");
    MemberOrder reload = new MemberOrder(Kind.RELOAD, "2");
    cluster.order(b.node(), reload);
    await("the next one counts", () -> fate(b, reload) instanceof OrderFate.Done);
    assertEquals(before, b.instance().postmaster().orElseThrow());
  }

  /// A stopped instance cannot be restarted; when it is started much later, nobody expects that.
  @Test
  void anOrderThatNobodyCouldCarryOutIsWithdrawn() {
    cluster.succeed(OperationKind.STOP, b.node());
    MemberOrder restart = new MemberOrder(Kind.RESTART, "1");
    cluster.order(b.node(), restart);
    cluster.pass(MemberOrder.VALID.plusSeconds(1));
    await("an answer", () -> !(fate(b, restart) instanceof OrderFate.Waits));
    String reason = assertInstanceOf(OrderFate.NotDone.class, fate(b, restart)).reason();
    assertTrue(reason.startsWith("the order was withdrawn"), reason);
    cluster.succeed(OperationKind.START, b.node());
    long started = b.instance().postmaster().orElseThrow();
    await("b follows", () -> streams());
    await("its end", () -> cluster.order(b.node()).isEmpty());
    assertEquals(started, b.instance().postmaster().orElseThrow());
  }
}
