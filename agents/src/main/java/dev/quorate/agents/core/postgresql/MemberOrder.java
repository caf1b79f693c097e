package dev.quorate.agents.core.postgresql;

import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/// What an operator wants of one member: the value of a transient attribute of its node, which is
/// removed when the member has answered. Each order counts once, and not for ever.
///
/// @param kind of order
/// @param number distinguishes it from the ones before: the time at which it was given, in
///   milliseconds
public record MemberOrder(Kind kind, String number) {
  /// What is ordered.
  public enum Kind {
    /// Nothing.
    NONE,
    /// Whatever is needed to follow, whatever the resource's policy says.
    REBUILD,
    /// A new copy, whether it is needed or not.
    COPY,
    /// Stop the standby and start it again.
    RESTART,
    /// Read the settings again.
    RELOAD,
    /// Make a new database where there is none.
    INIT
  }

  /// How long an order may wait to be carried out; what was begun goes on.
  public static final Duration VALID = Duration.ofMinutes(10);

  /// No order.
  public static final MemberOrder NONE = new MemberOrder(Kind.NONE, "");

  /// The attribute that holds a resource's order.
  public static String attribute(ResourceId resource) {
    return "order-" + resource;
  }

  /// Reads a value; anything that is no order is none.
  public static MemberOrder parse(String value) {
    int colon = value.indexOf(':');
    return Stream.of(Kind.values())
        .filter(k -> k != Kind.NONE && colon > 0 && word(k).equals(value.substring(0, colon)))
        .findFirst()
        .map(k -> new MemberOrder(k, value.substring(colon + 1)))
        .orElse(NONE);
  }

  /// The value.
  public String format() {
    return given() ? word(kind) + ":" + number : "";
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /// Whether there is one.
  public boolean given() {
    return kind != Kind.NONE;
  }

  /// When it was given, in milliseconds; 0 if its number does not say.
  public long givenAt() {
    return number.matches("[0-9]{1,18}") ? Long.parseLong(number) : 0;
  }

  /// Whether it has waited too long, so that its giver does not expect it any more.
  ///
  /// @param wallMillis the time of the cluster's last command, which is what [#number] is taken
  ///   from
  /// @param waited how long it has been known to wait, while nothing was commanded
  public boolean expired(long wallMillis, Duration waited) {
    return waited.compareTo(VALID) > 0
        || (givenAt() > 0 && wallMillis - givenAt() > VALID.toMillis());
  }

  /// Whether it is about bringing the member back.
  public boolean returns() {
    return kind == Kind.REBUILD || kind == Kind.COPY;
  }

  /// Whether a new copy is wanted in any case.
  public boolean copies() {
    return kind == Kind.COPY;
  }
}
