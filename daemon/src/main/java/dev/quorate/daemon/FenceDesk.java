package dev.quorate.daemon;

import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.fencing.FenceDevice;
import dev.quorate.fencing.FencingConfig;
import dev.quorate.fencing.FencingListener;
import dev.quorate.fencing.FencingOutcome;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.fencing.FencingTopology;
import dev.quorate.fencing.core.FencingCoordinator;
import dev.quorate.fencing.core.FencingEvent;
import dev.quorate.fencing.driver.FencingDriver;
import dev.quorate.fencing.script.FenceAgentScript;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.TimeText;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries fencing between the node's brain and the fencing module.
final class FenceDesk implements FencingListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FenceDesk.class);

  private final FencingDriver driver;
  private final Consumer<NodeEvent> events;
  private final Map<String, String> intents = new ConcurrentHashMap<>();
  private List<FenceDeviceDefinition> devices = List.of();
  private Duration timeout = FencingConfig.DEFAULT.timeout();

  FenceDesk(NodeId self, DaemonConfig config, InstantSource clock, Consumer<NodeEvent> events) {
    this.events = events;
    FencingCoordinator coordinator =
        new FencingCoordinator(self, FencingConfig.DEFAULT, RandomGenerator.of("L64X128MixRandom"));
    FenceAgentScript.Settings settings =
        new FenceAgentScript.Settings(
            config.fenceDirectories(), FenceAgentScript.Settings.DEFAULT.launcher());
    driver = new FencingDriver(coordinator, new FenceAgentScript(settings), clock, this);
  }

  void fence(String intent, FencingRequest request) {
    intents.put(request.id(), intent);
    driver.request(request);
  }

  @Override
  public void completed(FencingRequest request, FencingOutcome outcome) {
    String intent = intents.remove(request.id());
    events.accept(new NodeEvent.FencingFinished(intent == null ? request.id() : intent, outcome));
  }

  /// Hands changed devices and settings over.
  void stateChanged(ClusterState state) {
    Duration wanted =
        TimeText.parse(state.configuration().properties().getOrDefault("stonith-timeout", ""))
            .filter(t -> t.compareTo(Duration.ofSeconds(1)) >= 0)
            .orElse(FencingConfig.DEFAULT.timeout());
    if (!wanted.equals(timeout)) {
      timeout = wanted;
      driver.submit(new FencingEvent.ConfigChanged(FencingConfig.DEFAULT.withTimeout(wanted)));
    }
    List<FenceDeviceDefinition> now = state.configuration().fenceDevices();
    if (now.equals(devices)) {
      return;
    }
    devices = now;
    List<FenceDevice> usable = new ArrayList<>();
    for (FenceDeviceDefinition device : now) {
      try {
        usable.add(FenceDevice.of(device.id().name(), device.agent(), device.parameters()));
      } catch (IllegalArgumentException e) {
        log.atError()
            .addKeyValue("code", "HA-FENCE-010")
            .addKeyValue("device", device.id())
            .addKeyValue("reason", e.getMessage())
            .log("fence device cannot be used");
      }
    }
    driver.submit(new FencingEvent.DevicesChanged(usable, FencingTopology.NONE));
  }

  @Override
  public void close() {
    driver.close();
  }
}
