package dev.quorate.agents.postgresql;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks a primary who it is, aside: a primary that is lost gives no answer for as long as a
/// connection takes to fail, and whoever wants to know has an election to vote in meanwhile.
///
/// Used by the driver's thread alone. Each question has a thread of its own, one at a time, and is
/// not put again before [#AGAIN] has passed since the last.
final class LineageQuestion {
  /// Nanoseconds from one question to the next, and how long an answer is worth something.
  static final long AGAIN = TimeUnit.SECONDS.toNanos(5);

  private final LongSupplier clock;
  private final Runnable arrived;
  private final AtomicReference<@Nullable Reply> reply = new AtomicReference<>();
  private @Nullable String asked;
  private long askedAt;

  /// What came of a question: an answer, or why there is none.
  private record Reply(
      String about, Upstream.@Nullable Answer answer, @Nullable RuntimeException failure) {}

  /// Makes one that has asked nothing.
  ///
  /// @param clock nanoseconds of a clock that only goes forward
  /// @param arrived called on the question's thread when it has ended
  LineageQuestion(LongSupplier clock, Runnable arrived) {
    this.clock = clock;
    this.arrived = arrived;
  }

  /// Takes the answer that has arrived, once; puts the question if it is time to. An answer about
  /// something else is thrown away.
  ///
  /// @param about who is asked in which epoch
  /// @throws RuntimeException what the question failed with, once
  Optional<Upstream.Answer> answer(String about, Supplier<Upstream.Answer> question) {
    boolean isFresh = asked != null && clock.getAsLong() - askedAt < AGAIN;
    Reply had = reply.getAndSet(null);
    if (had != null && isFresh && had.about.equals(about)) {
      if (had.failure != null) {
        throw had.failure;
      }
      return Optional.ofNullable(had.answer);
    }
    if (!isFresh || !about.equals(asked)) {
      asked = about;
      askedAt = clock.getAsLong();
      Thread.ofVirtual().name("postgres-lineage").start(() -> ask(about, question));
    }
    return Optional.empty();
  }

  private void ask(String about, Supplier<Upstream.Answer> question) {
    Reply made;
    try {
      made = new Reply(about, question.get(), null);
    } catch (RuntimeException e) {
      made = new Reply(about, null, e);
    }
    reply.set(made);
    arrived.run();
  }
}
