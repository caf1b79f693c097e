package dev.quorate.fencing.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FenceDevice;
import dev.quorate.fencing.FencingConfig;
import dev.quorate.fencing.FencingOutcome;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.fencing.FencingTopology;
import dev.quorate.fencing.ProofLevel;
import dev.quorate.fencing.core.FencingCoordinator;
import dev.quorate.fencing.core.FencingEvent;
import dev.quorate.fencing.script.FakeAgent;
import dev.quorate.membership.NodeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FencingDriverTest {
  private static final NodeId N2 = new NodeId("n2");

  @TempDir Path directory = Path.of("");

  @Test
  void fencesWithARealProgram() throws Exception {
    assertEquals(
        new FencingOutcome.Confirmed("good", ProofLevel.DEVICE_VERIFIED),
        fence(FenceAction.OFF, device("good", Map.of())));
    assertEquals("off", Files.readString(directory.resolve("n2")).strip());
  }

  @Test
  void aLyingProgramConfirmsNothing() throws Exception {
    var outcome = fence(FenceAction.OFF, device("liar", Map.of("mode", "lie")));
    assertInstanceOf(FencingOutcome.Failed.class, outcome);
  }

  @Test
  void aHangingDeviceIsFollowedByTheNext() throws Exception {
    var outcome =
        fence(
            FenceAction.OFF,
            device("stuck", Map.of("mode", "hang", "priority", "1", "pcmk_off_timeout", "300ms")),
            device("good", Map.of()));
    assertEquals(new FencingOutcome.Confirmed("good", ProofLevel.DEVICE_VERIFIED), outcome);
  }

  private FenceDevice device(String id, Map<String, String> more) {
    var attributes = new TreeMap<>(more);
    attributes.put("pcmk_host_list", "n2");
    attributes.put("state_dir", directory.toString());
    return FenceDevice.of(id, "fence_fake", attributes);
  }

  private FencingOutcome fence(FenceAction action, FenceDevice... devices) throws Exception {
    var answer = new CompletableFuture<FencingOutcome>();
    var coordinator =
        new FencingCoordinator(new NodeId("n1"), FencingConfig.DEFAULT, new SplittableRandom(1));
    try (var driver =
        new FencingDriver(
            coordinator,
            FakeAgent.install(directory),
            InstantSource.system(),
            (_, outcome) -> {
              answer.complete(outcome);
            })) {
      driver.submit(new FencingEvent.DevicesChanged(List.of(devices), FencingTopology.NONE));
      driver.request(FencingRequest.of("r", N2, "boot-1", action, "n1"));
      var outcome = answer.get(20, TimeUnit.SECONDS);
      assertEquals(1, driver.history().size());
      return outcome;
    }
  }
}
