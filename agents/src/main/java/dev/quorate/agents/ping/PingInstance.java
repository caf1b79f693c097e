package dev.quorate.agents.ping;

import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.NodeAttributes;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Looks, with each monitor, who of the hosts answers. Two attributes of the node say it: how many
/// do, and, while not all do, a colour of health.
final class PingInstance implements ResourceInstance {
  private final InstanceContext context;
  private final PingParameters parameters;
  private final NodeAttributes attributes;
  private volatile ClusterState state = ClusterState.initial("");

  PingInstance(InstanceContext context, PingParameters parameters) {
    this.context = context;
    this.parameters = parameters;
    this.attributes = new NodeAttributes(context);
  }

  @Override
  public OperationResult run(OperationKind operation, Duration deadline) {
    try {
      return switch (operation) {
        case START -> {
          Files.createDirectories(context.workDirectory());
          Files.writeString(mark(), context.incarnation().bootId());
          look(System.nanoTime() + deadline.toNanos());
          yield OperationResult.succeeded(Role.STARTED);
        }
        case STOP -> stop();
        case MONITOR -> {
          boolean started = isStarted();
          if (started) {
            look(System.nanoTime() + deadline.toNanos());
          }
          yield OperationResult.succeeded(started ? Role.STARTED : Role.STOPPED);
        }
        case PROMOTE, DEMOTE, RELOAD ->
            OperationResult.succeeded(isStarted() ? Role.STARTED : Role.STOPPED);
      };
    } catch (IOException e) {
      return OperationResult.unknown("the agent's directory cannot be used: " + e.getMessage());
    }
  }

  private Path mark() {
    return context.workDirectory().resolve("started");
  }

  private boolean isStarted() throws IOException {
    return Files.exists(mark()) && Files.readString(mark()).equals(context.incarnation().bootId());
  }

  private OperationResult stop() throws IOException {
    Files.deleteIfExists(mark());
    say(parameters.attribute(), "");
    say(health(), "");
    return OperationResult.succeeded(Role.STOPPED);
  }

  private String health() {
    return "#health-ping-" + context.resource().id();
  }

  private void look(long end) {
    int reached = 0;
    for (String host : parameters.hosts()) {
      reached += answers(host, end) ? 1 : 0;
    }
    int all = parameters.hosts().size();
    say(parameters.attribute(), Integer.toString(reached * parameters.multiplier()));
    say(health(), reached == all ? "" : reached == 0 ? "red" : "yellow");
  }

  /// One lost packet says nothing.
  private boolean answers(String host, long end) {
    for (int i = 0; i < parameters.attempts() && System.nanoTime() < end; i++) {
      try {
        if (InetAddress.getByName(host).isReachable((int) parameters.timeout().toMillis())) {
          return true;
        }
      } catch (IOException e) {
        // It is not reached: asked again.
      }
    }
    return false;
  }

  private void say(String name, String value) {
    attributes.say(state, name, value);
  }

  @Override
  public void stateChanged(ClusterState next) {
    state = next;
  }

  @Override
  public OperationResult emergencyStop(Duration deadline) {
    return OperationResult.succeeded(Role.STOPPED);
  }

  @Override
  public void close() {}
}
