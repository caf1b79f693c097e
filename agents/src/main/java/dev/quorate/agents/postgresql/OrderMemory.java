package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.OrderAnswer;
import dev.quorate.agents.core.postgresql.OrderAnswer.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How far the last order is, in a file: begun, or answered. It outlives the daemon, and a file
/// that cannot be written does not make this daemon forget. Thread-safe.
final class OrderMemory {
  private static final String BEGUN = "begun ";

  private final Path file;
  private @Nullable String text;
  private boolean unsaved;

  OrderMemory(Path directory) {
    this.file = directory.resolve("order");
  }

  /// What came of an order, if anything has.
  synchronized Optional<OrderAnswer> answer(MemberOrder order) {
    String known = text();
    // Earlier versions wrote only what they had carried out, and nothing but the order.
    Optional<OrderAnswer> answer =
        known.strip().equals(order.format())
            ? Optional.of(new OrderAnswer(order, Outcome.DONE, ""))
            : OrderAnswer.parse(known);
    return answer.filter(a -> order.given() && a.order().equals(order));
  }

  /// Whether it is known what came of earlier orders.
  synchronized boolean isLegible() {
    try {
      text();
      return true;
    } catch (PostgresException _) {
      return false;
    }
  }

  /// Whether an order was begun and has no answer yet.
  synchronized boolean begun(MemberOrder order) {
    return order.given() && text().equals(BEGUN + order.format());
  }

  /// Remembers that an order is begun, for this daemon until it is saved.
  synchronized void begin(MemberOrder order) {
    if (!begun(order)) {
      text = BEGUN + order.format();
      unsaved = true;
    }
  }

  /// Remembers what came of an order, for this daemon until it is saved.
  synchronized void remember(OrderAnswer answer) {
    text = answer.format();
    unsaved = true;
  }

  /// Writes down what is not yet. The old text stands until the new one is whole.
  synchronized void save() {
    if (!unsaved) {
      return;
    }
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(beside, text());
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new PostgresException("the agent's directory cannot be written", e);
    }
    unsaved = false;
  }

  private String text() {
    if (text == null) {
      try {
        text = Files.exists(file) ? Files.readString(file) : "";
      } catch (IOException e) {
        throw new PostgresException("the agent's directory cannot be read", e);
      }
    }
    return text;
  }
}
