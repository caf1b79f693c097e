package dev.quorate.daemon.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.Absence;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MissedPeerTest {
  private final BlockingQueue<Absence> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<Runnable> submitted = new LinkedBlockingQueue<>();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private int changes;
  private final MissedPeer missed =
      new MissedPeer(
          this::answer,
          new MissedPeer.Loop() {
            @Override
            public void submit(Runnable event) {
              submitted.add(event);
            }

            @Override
            public void later(Duration delay, Runnable event) {
              assertEquals(MissedPeer.AGAIN, delay);
              later.add(event);
            }
          },
          () -> changes++);

  private Absence answer() {
    try {
      return answers.take();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void answered(Absence answer) throws InterruptedException {
    answers.add(answer);
    Runnable event = submitted.poll(10, TimeUnit.SECONDS);
    assertNotNull(event, "it was asked");
    event.run();
  }

  @Test
  void oneLostAnswerIsMadeGoodByTheNext() throws InterruptedException {
    missed.viewInstalled(false);
    answered(Absence.SILENT);
    assertTrue(missed.silent());
    later.remove().run();
    answered(Absence.ALIVE);
    assertFalse(missed.silent(), "without a view");
    assertFalse(missed.seen());
    later.remove().run();
    answered(Absence.SILENT);
    assertTrue(missed.silent());
    assertEquals(3, changes);
  }

  @Test
  void whoIsSeenAgainIsAskedNoMore() throws InterruptedException {
    missed.viewInstalled(false);
    answered(Absence.SILENT);
    missed.viewInstalled(true);
    assertTrue(missed.seen());
    assertFalse(missed.silent());
    later.remove().run();
    missed.viewInstalled(false);
    answered(Absence.SILENT);
    missed.viewInstalled(false);
    later.remove().run();
    assertFalse(missed.silent(), "that was about an earlier view");
    answered(Absence.DAEMON_GONE);
    assertEquals(3, changes);
    assertEquals(1, later.size(), "one question after the other");
    assertTrue(answers.isEmpty() && submitted.isEmpty());
  }
}
