package dev.quorate.agents.core.postgresql;

/// What became of an order, as far as its giver can tell. Only the member's own answer says that it
/// was carried out: an order is gone as well when its node booted anew or left.
public sealed interface OrderFate {
  /// It may still be carried out.
  record Waits() implements OrderFate {}

  /// The member says that it carried it out.
  record Done() implements OrderFate {}

  /// It was not, and will not be.
  ///
  /// @param reason in plain words
  record NotDone(String reason) implements OrderFate {}

  /// Nobody knows whether it was.
  ///
  /// @param reason in plain words
  record Unknown(String reason) implements OrderFate {}

  /// Judges by the attributes of the member's node. What stands there may still be carried out, be
  /// it answered or not: the answer may be that of an order that looked the same.
  ///
  /// @param order as it was given
  /// @param written the order that stands there now, or empty text
  /// @param answered the member's last answer, or empty text
  static OrderFate of(MemberOrder order, String written, String answered) {
    MemberOrder now = MemberOrder.parse(written);
    if (now.equals(order)) {
      return new Waits();
    }
    var answer = OrderAnswer.parse(answered).filter(a -> a.order().equals(order));
    if (answer.isPresent()) {
      return switch (answer.get().outcome()) {
        case DONE -> new Done();
        case REFUSED -> new NotDone("the member refused: " + answer.get().reason());
        case WITHDRAWN -> new NotDone("the order was withdrawn: " + answer.get().reason());
      };
    }
    return new Unknown(
        now.given()
            ? "another order took its place: " + now.format()
            : "the order is gone without an answer, as after a boot of the node or when it left");
  }
}
