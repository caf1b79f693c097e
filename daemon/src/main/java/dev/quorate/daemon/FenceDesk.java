package dev.quorate.daemon;

import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FenceAgentCall;
import dev.quorate.fencing.FenceAgentResult;
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
import java.util.Optional;
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
  private final Map<String, Consumer<FencingOutcome>> direct = new ConcurrentHashMap<>();
  private final FenceAgentScript scripts;
  private List<FenceDeviceDefinition> devices = List.of();
  private volatile List<FenceDevice> inUse = List.of();
  private volatile Duration timeout = FencingConfig.DEFAULT.timeout();

  FenceDesk(NodeId self, DaemonConfig config, InstantSource clock, Consumer<NodeEvent> events) {
    this.events = events;
    FencingCoordinator coordinator =
        new FencingCoordinator(self, FencingConfig.DEFAULT, RandomGenerator.of("L64X128MixRandom"));
    FenceAgentScript.Settings settings =
        new FenceAgentScript.Settings(
            config.fenceDirectories(), FenceAgentScript.Settings.DEFAULT.launcher());
    scripts = new FenceAgentScript(settings);
    driver = new FencingDriver(coordinator, scripts, clock, this);
  }

  /// Fences without an intent in the log: the arbitration of two voters, which has no log then.
  void fence(FencingRequest request, Consumer<FencingOutcome> ended) {
    direct.put(request.id(), ended);
    driver.request(request);
  }

  /// Asks the devices for a node whether it is on; blocks.
  ///
  /// @param up whether it is known to be
  /// @return what is wrong; empty if one of them would do
  Optional<String> inspect(NodeId target, boolean up) throws InterruptedException {
    List<String> problems = new ArrayList<>();
    for (List<FenceDevice> level : FencingTopology.NONE.levelsFor(target, inUse)) {
      for (FenceDevice device : level) {
        Duration patience = device.timeoutFor(FenceAction.STATUS, timeout);
        var answer = scripts.run(new FenceAgentCall(device, FenceAction.STATUS, target, patience));
        Optional<String> problem = problem(target, up, answer);
        if (problem.isEmpty()) {
          return Optional.empty();
        }
        problems.add(device.id() + " " + problem.get());
      }
    }
    return Optional.of(
        problems.isEmpty() ? "no enabled device can fence " + target : String.join("; ", problems));
  }

  private static Optional<String> problem(NodeId target, boolean up, FenceAgentResult answer) {
    return switch (answer) {
      case FenceAgentResult.Exited(var code, _) when code == 0 || (code == 2 && !up) ->
          Optional.empty();
      case FenceAgentResult.Exited(var code, _) when code == 2 ->
          Optional.of("says that " + target + " is off, and it is not");
      case FenceAgentResult.Exited(var code, var message) ->
          Optional.of("does not answer (exit code " + code + ": " + message.strip() + ")");
      case FenceAgentResult.Killed(var message) -> Optional.of("does not answer: " + message);
      case FenceAgentResult.NotStarted(var reason) -> Optional.of("cannot be asked: " + reason);
    };
  }

  void fence(String intent, FencingRequest request) {
    intents.put(request.id(), intent);
    driver.request(request);
  }

  @Override
  public void completed(FencingRequest request, FencingOutcome outcome) {
    Consumer<FencingOutcome> waiting = direct.remove(request.id());
    if (waiting != null) {
      waiting.accept(outcome);
      return;
    }
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
    inUse = List.copyOf(usable);
    driver.submit(new FencingEvent.DevicesChanged(usable, FencingTopology.NONE));
  }

  @Override
  public void close() {
    driver.close();
  }
}
