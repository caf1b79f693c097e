package dev.quorate.agents.postgresql;

import dev.quorate.agents.NodeAttributes;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.OrderAnswer;
import dev.quorate.agents.core.postgresql.OrderAnswer.Outcome;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.LeftAlone;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What operators want of the local instance, one order after the other. What came of an order is
/// remembered beyond the daemon's end, and answered: that it was carried out once the instance is
/// well again, which is what its giver waits for. The order is taken back when the state shows the
/// answer. Confined to the driver's threads.
final class MemberOrders {
  private static final Logger LOG = LoggerFactory.getLogger(MemberOrders.class);
  private static final long REPEAT_NANOS = 1_000_000_000;

  private final LocalPostgres local;
  private final NodeAttributes attributes;
  private final OrderMemory memory;
  private MemberOrder waiting = MemberOrder.NONE;
  private long waitsSince;
  private String said = "";
  private long saidAt;
  private volatile String problem = "";

  MemberOrders(LocalPostgres local) {
    this.local = local;
    this.attributes = new NodeAttributes(local.context);
    this.memory = new OrderMemory(local.context.workDirectory());
  }

  private MemberOrder written() {
    return MemberOrder.parse(local.state.attribute(local.context.self(), attribute()));
  }

  private String attribute() {
    return MemberOrder.attribute(local.context.resource().id());
  }

  /// Why orders cannot be seen to; empty if they can.
  String problem() {
    return problem;
  }

  /// Does what needs the memory. Orders may wait for it, and nothing else does.
  private void remembering(Runnable deed) {
    try {
      deed.run();
      problem = "";
    } catch (PostgresException e) {
      String text = String.valueOf(e.getMessage());
      if (!text.equals(problem)) {
        LOG.atWarn()
            .addKeyValue("resource", local.context.resource().id())
            .addKeyValue("reason", text)
            .log("orders are not seen to");
      }
      problem = text;
    }
  }

  /// What was ordered and is to be carried out yet; nothing for as long as that is not known.
  MemberOrder pending() {
    MemberOrder order = written();
    boolean open = order.given() && memory.isLegible() && memory.answer(order).isEmpty();
    return open ? order : MemberOrder.NONE;
  }

  /// Remembers that an order is begun, and will not be given up.
  void begun(MemberOrder order) {
    if (order.returns()) {
      remembering(() -> {
        memory.begin(order);
        memory.save();
      });
    }
  }

  /// Remembers that an order was carried out.
  void done(MemberOrder order) {
    if (order.given()) {
      remember(new OrderAnswer(order, Outcome.DONE, ""));
    }
  }

  private void remember(OrderAnswer answer) {
    memory.remember(answer);
    remembering(memory::save);
    LOG.atInfo()
        .addKeyValue("resource", local.context.resource().id())
        .addKeyValue("reason", answer.format())
        .log("an order was answered");
  }

  /// Gives up what must not be carried out any more, whether the instance runs or not.
  void review() {
    MemberOrder order = written();
    if (!order.given()) {
      problem = "";
      return;
    }
    if (local.returning || !local.joined()) {
      return;
    }
    if (!order.equals(waiting)) {
      waiting = order;
      waitsSince = System.nanoTime();
    }
    remembering(() -> {
      review(order);
      memory.save();
    });
  }

  private void review(MemberOrder order) {
    Optional<LeftAlone> alone = local.leftAlone();
    if (memory.answer(order).isEmpty() && !memory.begun(order)) {
      Duration waited = Duration.ofNanos(System.nanoTime() - waitsSince);
      if (alone.isPresent()) {
        remember(new OrderAnswer(order, Outcome.REFUSED, alone.get().reason()));
      } else if (order.expired(local.state.wallMillis(), waited)) {
        remember(
            new OrderAnswer(
                order,
                Outcome.WITHDRAWN,
                "it could not be carried out for %d minutes"
                    .formatted(MemberOrder.VALID.toMinutes())));
      }
    }
    memory
        .answer(order)
        .filter(a -> a.outcome() != Outcome.DONE || alone.isPresent())
        .ifPresent(this::tell);
  }

  /// First the answer, and when the state shows that, the end of the order: whoever waits sees
  /// both.
  private void tell(OrderAnswer answer) {
    String name = OrderAnswer.attribute(local.context.resource().id());
    String saying = local.state.attribute(local.context.self(), name) + "|" + answer.format();
    if (saying.equals(said) && System.nanoTime() - saidAt < REPEAT_NANOS) {
      return;
    }
    said = saying;
    saidAt = System.nanoTime();
    if (!attributes.say(local.state, name, answer.format()) && written().equals(answer.order())) {
      local.context.propose(
          new ClusterCommand.SetAttribute(
              local.context.self(), local.context.incarnation(), attribute(), ""));
    }
  }

  /// Carries out what needs no primary, and answers what is done.
  ///
  /// @param facts empty if the instance does not answer
  /// @param follows whether there is somebody to stream from
  void attend(Optional<PostgresFacts> facts, boolean follows) {
    MemberOrder order = written();
    // What the driver looked at may be older than the order, and than the operator's word.
    if (!order.given() || !memory.isLegible() || local.leftAlone().isPresent()) {
      return;
    }
    Optional<OrderAnswer> answer = memory.answer(order);
    if (answer.isPresent()) {
      boolean well = facts.isPresent() && (!follows || facts.get().streaming());
      if (well) {
        tell(answer.get());
      }
      return;
    }
    switch (order.kind()) {
      case RELOAD -> {
        if (facts.isPresent()) {
          local.instance.reload();
          done(order);
        }
      }
      case RESTART -> restart(order, facts, follows);
      case INIT ->
          new NewDatabase(local)
              .make()
              .ifPresentOrElse(
                  why -> remember(new OrderAnswer(order, Outcome.REFUSED, why)), () -> done(order));
      case NONE, REBUILD, COPY -> {}
    }
  }

  /// A primary is never restarted on an order that was meant for a standby.
  private void restart(MemberOrder order, Optional<PostgresFacts> facts, boolean follows) {
    if (facts.isPresent() && !facts.get().inRecovery()) {
      remember(new OrderAnswer(order, Outcome.REFUSED, "it is the primary"));
    } else if (facts.isPresent() && follows) {
      local.restart();
      done(order);
    }
  }
}
