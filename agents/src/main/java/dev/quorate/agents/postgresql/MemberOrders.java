package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.resource.ClusterCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What operators want of the local instance, one order after the other. An order that was carried
/// out is remembered beyond the daemon's end, and taken back once the instance is well again, which
/// is what its giver waits for.
final class MemberOrders {
  private static final Logger LOG = LoggerFactory.getLogger(MemberOrders.class);
  private static final long REPEAT_NANOS = 1_000_000_000;

  private final LocalPostgres local;
  private long answeredAt = System.nanoTime() - REPEAT_NANOS;

  MemberOrders(LocalPostgres local) {
    this.local = local;
  }

  private MemberOrder written() {
    return MemberOrder.parse(
        local
            .state
            .attributes()
            .getOrDefault(local.context.self(), new TreeMap<>())
            .getOrDefault(attribute(), ""));
  }

  private String attribute() {
    return MemberOrder.attribute(local.context.resource().id());
  }

  private Path memory() {
    return local.context.workDirectory().resolve("order");
  }

  private boolean isDone(MemberOrder order) {
    try {
      return Files.exists(memory()) && Files.readString(memory()).equals(order.format());
    } catch (IOException e) {
      throw new PostgresException("the agent's directory cannot be read", e);
    }
  }

  /// What was ordered and is not done yet.
  MemberOrder pending() {
    MemberOrder order = written();
    return order.given() && isDone(order) ? MemberOrder.NONE : order;
  }

  /// Remembers that an order was carried out.
  void done(MemberOrder order) {
    if (!order.given()) {
      return;
    }
    try {
      Files.writeString(memory(), order.format());
    } catch (IOException e) {
      throw new PostgresException("the agent's directory cannot be written", e);
    }
    LOG.atInfo()
        .addKeyValue("resource", local.context.resource().id())
        .addKeyValue("reason", order.format())
        .log("an order was carried out");
  }

  /// Carries out what needs no primary, and takes back what is done.
  ///
  /// @param facts empty if the instance does not answer
  /// @param follows whether there is somebody to stream from
  void attend(Optional<PostgresFacts> facts, boolean follows) {
    MemberOrder order = written();
    if (!order.given()) {
      return;
    }
    if (isDone(order)) {
      boolean well = facts.isPresent() && (!follows || facts.get().streaming());
      if (well && System.nanoTime() - answeredAt > REPEAT_NANOS) {
        answeredAt = System.nanoTime();
        local.context.propose(
            new ClusterCommand.SetAttribute(
                local.context.self(), local.context.incarnation(), attribute(), ""));
      }
      return;
    }
    switch (order.kind()) {
      case RELOAD -> {
        local.instance.reload();
        done(order);
      }
      case RESTART -> {
        // A primary is never restarted on an order that was meant for a standby.
        if (facts.isPresent() && facts.get().inRecovery() && follows) {
          local.restart();
          done(order);
        }
      }
      case INIT -> {
        new NewDatabase(local).make();
        done(order);
      }
      case NONE, REBUILD, COPY -> {}
    }
  }
}
