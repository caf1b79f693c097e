package dev.quorate.agents.core.postgresql;

import dev.quorate.resource.ResourceId;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What a member says of the last order that it was given: the value of a transient attribute of
/// its node. An order that is gone without an answer may have been carried out or not.
///
/// @param order which one
/// @param reason why it was not carried out; empty if it was
public record OrderAnswer(MemberOrder order, Outcome outcome, String reason) {
  /// What came of it.
  public enum Outcome {
    /// It was carried out.
    DONE,
    /// It was not, and will not be.
    REFUSED,
    /// It waited too long, and will not be carried out any more.
    WITHDRAWN
  }

  /// The attribute that holds the answer of a resource's member.
  public static String attribute(ResourceId resource) {
    return "answer-" + resource;
  }

  /// Reads a value; nothing if it is no answer.
  public static Optional<OrderAnswer> parse(String value) {
    String[] words = value.strip().split(" ", 3);
    MemberOrder order = MemberOrder.parse(words[0]);
    if (words.length < 2 || !order.given()) {
      return Optional.empty();
    }
    return Stream.of(Outcome.values())
        .filter(o -> word(o).equals(words[1]))
        .findFirst()
        .map(o -> new OrderAnswer(order, o, words.length > 2 ? words[2] : ""));
  }

  /// The value.
  public String format() {
    return (order.format() + " " + word(outcome) + " " + reason).strip();
  }

  private static String word(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
