package dev.quorate.simulation;

import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.fencing.FenceDevice;
import dev.quorate.fencing.FencingConfig;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.fencing.FencingTopology;
import dev.quorate.fencing.core.FencingCoordinator;
import dev.quorate.fencing.core.FencingEffect;
import dev.quorate.fencing.core.FencingEvent;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Carries out what a daemon's real fencing coordinator asks for.
final class FencingShell {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final SimulatedDaemon daemon;
  private final World world;
  private final FencingCoordinator coordinator;
  private final TreeSet<Long> running = new TreeSet<>();

  FencingShell(SimulatedDaemon daemon, World world) {
    this.daemon = daemon;
    this.world = world;
    coordinator =
        new FencingCoordinator(
            daemon.self,
            FencingConfig.DEFAULT.withTimeout(TIMEOUT),
            world.random("fencing " + daemon.self + " " + daemon.incarnation.run()));
  }

  void start() {
    TreeMap<String, String> attributes = new TreeMap<>();
    attributes.put(
        "pcmk_host_list", world.nodes.stream().map(NodeId::name).collect(Collectors.joining(" ")));
    attributes.put("pcmk_action_limit", "-1");
    FenceDevice power = FenceDevice.of("power", "fence_simulated", attributes);
    handle(new FencingEvent.DevicesChanged(List.of(power), FencingTopology.NONE));
  }

  void request(String intentId, FencingRequest request) {
    if (!request.id().equals(intentId)) {
      throw new IllegalArgumentException("request " + request.id() + " of intent " + intentId);
    }
    handle(new FencingEvent.Requested(request));
  }

  private void handle(FencingEvent event) {
    for (FencingEffect effect : coordinator.handle(world.agenda.now(), event)) {
      follow(effect);
    }
  }

  private void follow(FencingEffect effect) {
    switch (effect) {
      case FencingEffect.RunAgent(var operation, var call) -> {
        running.add(operation);
        world.fenceDevice.call(
            call,
            result ->
                daemon.later(
                    Duration.ZERO,
                    Agenda.Kind.FENCING,
                    () -> {
                      if (running.remove(operation)) {
                        handle(new FencingEvent.AgentFinished(operation, result));
                      }
                    }));
      }
      case FencingEffect.StopAgent(var operation) -> running.remove(operation);
      case FencingEffect.SetTimer(var timer, var at) ->
          daemon.later(
              Duration.between(world.agenda.now(), at),
              Agenda.Kind.FENCING,
              () -> handle(new FencingEvent.TimerFired(timer)));
      case FencingEffect.CancelTimer _ -> {
        // A late fire is ignored by the coordinator.
      }
      case FencingEffect.Complete(var request, var outcome) -> {
        world.trace.note(daemon.self.name(), "fencing of " + request.target() + ": " + outcome);
        daemon.post(new NodeEvent.FencingFinished(request.id(), outcome));
      }
      case FencingEffect.RecordHistory _ -> {}
      case FencingEffect.ReportPowerOnFailed(var target, _, _) ->
          world.trace.note(daemon.self.name(), "cannot switch on " + target);
    }
  }
}
