package dev.quorate.daemon.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.daemon.core.PairStanding.Proof;
import dev.quorate.daemon.core.survivor.Survivor.Phase;
import dev.quorate.membership.NodeId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PeerEndTest {
  private static final NodeId PEER = new NodeId("n2");
  private static final Proof OATH = Proof.sworn(PEER, "root", "burnt");
  private static final Proof SHOWN = Proof.shown(PEER, "power", true);

  private final PeerEnd end = new PeerEnd();

  @ParameterizedTest
  @EnumSource(names = {"BURYING", "SOLE"})
  void aFencingThatFailsAfterAnOathTakesNothingAway(Phase now) {
    end.sworn(OATH);
    end.fenced(now, Optional.empty());
    assertEquals(Optional.of(OATH), end.proof());
    assertEquals(0, end.failures());
  }

  @ParameterizedTest
  @EnumSource(names = {"FENCING", "RESUMING"})
  void whatIsWaitedForCounts(Phase now) {
    end.fenced(now, Optional.empty());
    end.fenced(now, Optional.empty());
    assertEquals(2, end.failures());
    end.fenced(now, Optional.of(SHOWN));
    assertEquals(Optional.of(SHOWN), end.proof());
    assertEquals(0, end.failures());
    end.fenced(now, Optional.empty());
    assertEquals(Optional.empty(), end.proof());
  }

  /// Whoever offers to take the peer in and is asked to begin anew is alone again without a proof:
  /// the one of the last time would have a machine that is up recorded as fenced.
  @ParameterizedTest
  @EnumSource(names = {"WAITING", "ALONE", "LEARNING", "OFFERING", "PAIRED"})
  void aPeerThatIsMetAgainHasNotEnded(Phase met) {
    end.fenced(Phase.FENCING, Optional.of(SHOWN));
    end.in(Phase.BURYING);
    end.in(Phase.SOLE);
    assertEquals(Optional.of(SHOWN), end.proof());
    end.in(met);
    end.in(Phase.BURYING);
    end.in(Phase.SOLE);
    assertEquals(Optional.empty(), end.proof());
  }

  @Test
  void failuresCountUntilThePeerVotes() {
    end.fenced(Phase.FENCING, Optional.empty());
    end.in(Phase.ALONE);
    assertEquals(1, end.failures());
    end.in(Phase.PAIRED);
    assertEquals(0, end.failures());
  }
}
