package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LineageQuestionTest {
  private static final Upstream.Answer ANSWER =
      new Upstream.Answer(true, "7", TimelineHistory.root(Timeline.FIRST), true, Optional.empty());

  private final AtomicLong clock = new AtomicLong(TimeUnit.HOURS.toNanos(1));
  private final AtomicInteger asked = new AtomicInteger();
  private final Semaphore arrived = new Semaphore(0);
  private final LineageQuestion question = new LineageQuestion(clock::get, arrived::release);

  @Test
  void whoAsksAPrimaryThatDoesNotAnswerGoesOnAtOnce() {
    var silence = new CountDownLatch(1);
    assertEquals(Optional.empty(), question.answer("n1", () -> afterwards(silence)));
    assertEquals(0, arrived.availablePermits(), "it is asked still");
    silence.countDown();
    arrived.acquireUninterruptibly();
    assertEquals(Optional.of(ANSWER), take("n1"));
    assertEquals(Optional.empty(), take("n1"), "once");
  }

  @Test
  void itIsAskedAgainAfterAWhile() {
    ask("n1");
    assertTrue(take("n1").isPresent());
    clock.addAndGet(LineageQuestion.AGAIN - 1);
    take("n1");
    assertEquals(1, asked.get(), "not yet");
    clock.addAndGet(1);
    ask("n1");
    assertEquals(2, asked.get());
    assertTrue(take("n1").isPresent());
  }

  @Test
  void anAnswerThatIsOldOrOfSomebodyElseIsWorthNothing() {
    ask("n1 in 4");
    ask("n1 in 5");
    assertTrue(take("n1 in 5").isPresent());
    clock.addAndGet(LineageQuestion.AGAIN);
    ask("n1 in 5");
    clock.addAndGet(LineageQuestion.AGAIN);
    ask("n1 in 5");
  }

  @Test
  void aFailureIsToldOnce() {
    var failure = new PostgresException("the primary cannot be asked: no route");
    question.answer(
        "n1",
        () -> {
          throw failure;
        });
    arrived.acquireUninterruptibly();
    assertEquals(failure, assertThrows(PostgresException.class, () -> take("n1")));
    assertEquals(Optional.empty(), take("n1"));
    assertEquals(0, asked.get());
  }

  /// Puts the question, which takes no answer, and waits until it has ended.
  private void ask(String about) {
    assertEquals(Optional.empty(), take(about));
    arrived.acquireUninterruptibly();
  }

  private Optional<Upstream.Answer> take(String about) {
    return question.answer(
        about,
        () -> {
          asked.incrementAndGet();
          return ANSWER;
        });
  }

  private static Upstream.Answer afterwards(CountDownLatch silence) {
    try {
      silence.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return ANSWER;
  }
}
