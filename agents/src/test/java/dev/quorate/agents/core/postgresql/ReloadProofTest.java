package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.ReloadProof.Look;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReloadProofTest {
  private final ReloadProof proof = ReloadProof.ofCheckpointer();
  private Instant now = Instant.EPOCH;

  @BeforeEach
  void signal() {
    proof.signalled(7);
  }

  private boolean after(boolean pending, boolean asleep, String waitEvent) {
    proof.see(now, new Look(7, pending, asleep, waitEvent));
    return proof.isComplete();
  }

  @Test
  void onlyASleepInTheMainLoopAfterTheSignalIsOne() {
    assertFalse(after(true, true, "CheckpointerMain"));
    assertFalse(after(false, false, "CheckpointerMain"));
    assertFalse(after(false, true, ""));
    assertFalse(after(false, true, "DataFileSync"));
    assertTrue(after(false, true, "CheckpointerMain"));
    proof.restart();
    assertFalse(proof.isComplete());
    assertEquals(0, proof.process());
  }

  @Test
  void ofNapsTheSecondCounts() {
    assertFalse(after(false, true, "CheckpointWriteDelay"));
    now = now.plusMillis(90);
    assertFalse(after(false, true, "CheckpointWriteDelay"));
    now = now.plusMillis(170);
    assertFalse(after(false, false, "CheckpointWriteDelay"));
    assertTrue(after(false, true, "CheckpointWriteDelay"));
  }

  @Test
  void theStartupProcessHasSleepsOfItsOwn() {
    ReloadProof startup = ReloadProof.ofStartup();
    startup.signalled(7);
    startup.see(now, new Look(7, false, true, "CheckpointerMain"));
    assertFalse(startup.isComplete());
    startup.see(now, new Look(7, false, true, "RecoveryWalStream"));
    assertTrue(startup.isComplete());
    startup.restart();
    assertFalse(startup.isComplete());
    startup.given();
    assertTrue(startup.isComplete());
  }

  @Test
  void aPausedReplayReadsOnceASecond() {
    ReloadProof startup = ReloadProof.ofStartup();
    startup.signalled(7);
    startup.see(now, new Look(7, false, true, "RecoveryPause"));
    startup.see(now.plusMillis(1_000), new Look(7, false, true, "RecoveryPause"));
    assertFalse(startup.isComplete());
    startup.see(now.plusMillis(1_300), new Look(7, false, true, "RecoveryPause"));
    assertTrue(startup.isComplete());
  }

  @Test
  void anotherCheckpointerIsSignalledToo() {
    proof.see(now, new Look(8, false, true, "CheckpointerMain"));
    assertFalse(proof.isComplete());
    assertEquals(0, proof.process());
  }
}
