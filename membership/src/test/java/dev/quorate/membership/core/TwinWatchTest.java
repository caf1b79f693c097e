package dev.quorate.membership.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TwinWatchTest {
  private static final NodeId NODE = new NodeId("n3");
  private static final String THERE = "10.0.0.7";

  private final TwinWatch watch = new TwinWatch(Duration.ofSeconds(2));

  private static Instant at(long millis) {
    return Instant.EPOCH.plusMillis(millis);
  }

  @Test
  void whoeverIsSilentMayHaveBootedAgain() {
    assertTrue(watch.isSilent(at(0), NODE));
    watch.heard(at(0), NODE);
    assertFalse(watch.isSilent(at(1_999), NODE));
    assertTrue(watch.isSilent(at(2_000), NODE));
  }

  @Test
  void aMachineThatBootsFasterThanItsSilenceIsNoTwin() {
    watch.heard(at(0), NODE);
    watch.refused(at(1_000), NODE, THERE);
    assertEquals(Optional.empty(), watch.heard(at(1_100), NODE), "it was under way");
    watch.refused(at(2_000), NODE, THERE);
    assertTrue(watch.isSilent(at(3_100), NODE));
    assertEquals(List.of(), watch.twins(at(3_100)));
  }

  @Test
  void twoThatSpeakByTurnsAreTwins() {
    watch.heard(at(0), NODE);
    watch.refused(at(100), NODE, THERE);
    assertEquals(Optional.empty(), watch.heard(at(500), NODE));
    watch.refused(at(600), NODE, THERE);
    var twin = new TwinWatch.Twin(NODE, THERE);
    assertEquals(Optional.of(twin), watch.heard(at(1_000), NODE));
    assertEquals(List.of(twin), watch.twins(at(1_000)));
    watch.refused(at(1_100), NODE, THERE);
    assertEquals(Optional.empty(), watch.heard(at(2_000), NODE), "that is known");
    assertEquals(List.of(twin), watch.twins(at(61_000)));
    assertEquals(List.of(), watch.twins(at(62_000)));
    watch.refused(at(200_000), NODE, THERE);
    assertEquals(Optional.of(twin), watch.heard(at(201_000), NODE), "it is news again");
  }

  @Test
  void aClaimOfLongAgoIsNoProof() {
    watch.refused(at(0), NODE, THERE);
    watch.refused(at(10_000), NODE, THERE);
    assertEquals(Optional.empty(), watch.heard(at(10_100), NODE));
  }
}
