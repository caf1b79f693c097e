package dev.quorate.vip.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MisconfiguredInstanceTest {
  @Test
  void isNotSaidToBeStopped() {
    try (MisconfiguredInstance instance = new MisconfiguredInstance(List.of("no ip"))) {
      for (OperationKind kind : List.of(OperationKind.MONITOR, OperationKind.STOP)) {
        OperationResult result = instance.run(kind, Duration.ofSeconds(1));
        assertEquals(OperationResult.Status.UNKNOWN, result.status());
        assertEquals("no ip", result.reason());
      }
      assertEquals(
          OperationResult.Status.FAILED, instance.emergencyStop(Duration.ofSeconds(1)).status());
    }
  }
}
