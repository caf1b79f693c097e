package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QuorumWatchTest {
  private static final Instant START = Instant.EPOCH;
  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final List<NodeId> VOTERS = nodes("n1", "n2", "n3");

  private final QuorumWatch watch = new QuorumWatch(START, Duration.ofSeconds(15));

  @Test
  void silenceOfTheLogInARingWithoutMajorityStopsAtOnce() {
    watch.viewInstalled(view("n1", "n2", "n3"));
    watch.logQuorum(START, true, BOUND);
    watch.viewInstalled(view("n1"));
    assertFalse(watch.mustStop(START, VOTERS), "the log is still heard: degraded, not stopped");

    watch.logQuorum(START.plusMillis(100), false, BOUND);

    assertTrue(watch.mustStop(START.plusMillis(100), VOTERS));
    assertEquals(QuorumWatch.State.STOPPING, watch.state());
  }

  @Test
  void silenceOfTheLogInARingWithMajorityIsBounded() {
    watch.viewInstalled(view("n1", "n2", "n3"));
    watch.logQuorum(START, true, BOUND);
    watch.logQuorum(START, false, BOUND);

    assertFalse(watch.mustStop(START.plus(BOUND).minusMillis(1), VOTERS));
    assertTrue(watch.mustStop(START.plus(BOUND), VOTERS));
  }

  @Test
  void aChangeOfLeaderThatEndsInTimeStopsNothing() {
    watch.viewInstalled(view("n1", "n2"));
    watch.logQuorum(START, true, BOUND);
    watch.logQuorum(START, false, BOUND);
    watch.logQuorum(START.plusSeconds(1), true, BOUND);

    assertFalse(watch.mustStop(START.plusSeconds(60), VOTERS));
    assertTrue(watch.quorate());
  }

  @Test
  void aStopIsLatchedUntilNothingIsLeft() {
    watch.viewInstalled(view("n1"));
    watch.logQuorum(START, true, BOUND);
    watch.logQuorum(START, false, BOUND);
    assertTrue(watch.mustStop(START, VOTERS));

    watch.logQuorum(START.plusMillis(10), true, BOUND);
    assertEquals(QuorumWatch.State.STOPPING, watch.state(), "quorum does not interrupt a stop");

    watch.stopped();
    assertTrue(watch.quorate());
  }

  @Test
  void aDaemonThatNeverFindsAQuorumStopsWhatRunsAfterTheStartupBound() {
    watch.viewInstalled(view("n1"));

    assertFalse(watch.mustStop(START.plusSeconds(14), VOTERS));
    assertTrue(watch.mustStop(START.plusSeconds(15), VOTERS));
  }

  private static View view(String... names) {
    return new View(
        new RingId(4, new NodeId("n1")),
        Stream.of(names)
            .map(n -> new Member(new NodeId(n), new Incarnation("b-" + n, 1)))
            .toList());
  }

  private static List<NodeId> nodes(String... names) {
    return Stream.of(names).map(NodeId::new).toList();
  }
}
