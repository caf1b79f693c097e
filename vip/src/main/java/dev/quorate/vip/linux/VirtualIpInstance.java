package dev.quorate.vip.linux;

import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import dev.quorate.vip.VipConfig;
import dev.quorate.vip.core.LookAhead;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A virtual address as a resource. While it is started here, a thread renews its life-time.
final class VirtualIpInstance implements ResourceInstance {
  private static final Logger log = LoggerFactory.getLogger(VirtualIpInstance.class);
  private static final int GENERIC_ERROR = 1;
  private static final int UNIMPLEMENTED = 3;

  private final VirtualIpAddress address;
  private final Duration renewal;
  private final Object lock = new Object();
  private final InstanceContext context;
  private @Nullable Thread renewer;
  private Optional<String> lookedBeside = Optional.empty();

  VirtualIpInstance(VipConfig config, InstanceContext context) {
    this.context = context;
    address = new VirtualIpAddress(config);
    renewal = config.lifetime().dividedBy(4);
  }

  @Override
  public OperationResult run(OperationKind operation, Duration deadline) {
    return switch (operation) {
      case START -> start();
      case STOP -> stop();
      case MONITOR -> monitor();
      case PROMOTE, DEMOTE, RELOAD ->
          OperationResult.failed(UNIMPLEMENTED, Role.STOPPED, operation + " is not for an address");
    };
  }

  @Override
  public void stateChanged(ClusterState state) {
    var promotion = LookAhead.beside(state, context.resource().id(), context.self());
    if (promotion.isPresent() && !promotion.equals(lookedBeside)) {
      address.lookAhead();
    }
    lookedBeside = promotion;
  }

  @Override
  public OperationResult emergencyStop(Duration deadline) {
    return stop();
  }

  /// Leaves the address with its full life-time, for whoever opens it next.
  @Override
  public void close() {
    stopRenewing();
    address.renew();
    address.close();
  }

  private OperationResult start() {
    return switch (address.add()) {
      case VirtualIpAddress.Outcome.Present _ -> {
        startRenewing();
        yield OperationResult.succeeded(Role.STARTED);
      }
      case VirtualIpAddress.Outcome.Absent() -> failed(Role.STOPPED, "the address did not stay");
      case VirtualIpAddress.Outcome.Unreachable(_, var reason) -> failed(Role.STARTED, reason);
      case VirtualIpAddress.Outcome.Conflict(_, var reason) -> failed(Role.STOPPED, reason);
      case VirtualIpAddress.Outcome.Failed(var reason) -> failed(Role.STOPPED, reason);
    };
  }

  private OperationResult stop() {
    stopRenewing();
    return switch (address.remove()) {
      case VirtualIpAddress.Outcome.Absent() -> OperationResult.succeeded(Role.STOPPED);
      case VirtualIpAddress.Outcome.Failed(var reason) -> failed(Role.STARTED, reason);
      case VirtualIpAddress.Outcome.Present(var present) ->
          failed(Role.STARTED, present + " is still present");
      case VirtualIpAddress.Outcome.Unreachable(_, var reason) -> failed(Role.STARTED, reason);
      case VirtualIpAddress.Outcome.Conflict(_, var reason) -> failed(Role.STARTED, reason);
    };
  }

  private OperationResult monitor() {
    return switch (address.monitor()) {
      case VirtualIpAddress.Outcome.Present _ -> {
        startRenewing();
        yield OperationResult.succeeded(Role.STARTED);
      }
      case VirtualIpAddress.Outcome.Absent() -> OperationResult.succeeded(Role.STOPPED);
      case VirtualIpAddress.Outcome.Unreachable(_, var reason) -> failed(Role.STARTED, reason);
      case VirtualIpAddress.Outcome.Conflict(_, var reason) -> failed(Role.STARTED, reason);
      case VirtualIpAddress.Outcome.Failed(var reason) -> OperationResult.unknown(reason);
    };
  }

  private static OperationResult failed(Role observed, String reason) {
    return OperationResult.failed(GENERIC_ERROR, observed, reason);
  }

  /// A platform thread: whatever holds up the virtual ones must not cost the address.
  private void startRenewing() {
    synchronized (lock) {
      if (renewer == null) {
        renewer = Thread.ofPlatform().daemon().name("vip-renewer").start(this::renewUntilStopped);
      }
    }
  }

  private void stopRenewing() {
    Thread thread;
    synchronized (lock) {
      thread = renewer;
      renewer = null;
    }
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void renewUntilStopped() {
    try {
      while (true) {
        Thread.sleep(renewal);
        if (address.renew() instanceof VirtualIpAddress.Outcome.Failed(var reason)) {
          log.atWarn().addKeyValue("reason", reason).log("address could not be renewed");
        }
      }
    } catch (InterruptedException e) {
      // Stopped: the address goes, or another life of the daemon takes it over.
    }
  }
}
