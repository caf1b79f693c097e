package dev.quorate.agents.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessStatusTest {
  @Test
  void readsWhatTheKernelWrites() {
    ProcessStatus status =
        ProcessStatus.parse(
            List.of(
                "Name:\tpostgres",
                "State:\tS (sleeping)",
                "SigPnd:\t0000000000000000",
                "ShdPnd:\t0000000000000201"));
    assertTrue(status.asleep());
    assertTrue(status.isPending(1));
    assertTrue(status.isPending(10));
    assertFalse(status.isPending(2));
    assertFalse(ProcessStatus.parse(List.of("State:\tD (disk sleep)")).asleep());
  }

  @Test
  void looksAtTheLivingOnly() {
    assertTrue(ProcessStatus.of(ProcessHandle.current().pid()).isPresent());
    assertEquals(Optional.empty(), ProcessStatus.of(999_999_999));
  }
}
