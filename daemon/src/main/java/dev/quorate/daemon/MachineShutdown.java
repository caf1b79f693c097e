package dev.quorate.daemon;

import dev.quorate.agents.process.ProcessRunner;
import dev.quorate.agents.process.ProgramCall;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.LeftAlone;
import dev.quorate.resource.ResourceDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the end of the daemon from the end of its machine.
///
/// Services survive a daemon that is restarted. They do not survive `reboot`, and would be killed
/// at its end, when the others hear nothing any more and fence the machine. So a machine that shuts
/// down in an orderly way leaves the cluster first, as `hactl cluster stop` does.
final class MachineShutdown {
  private static final Logger log = LoggerFactory.getLogger(MachineShutdown.class);

  /// For leaving: PostgreSQL may write for minutes before it stops. The unit's `TimeoutStopSec` is
  /// greater.
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /// For a state of things in which leaving cannot come to its end.
  static final Duration HOPE = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(200);

  private static final Duration QUESTION = Duration.ofSeconds(5);

  private final Supplier<String> state;
  private final LongSupplier clock;

  /// @param state what `systemctl is-system-running` says; empty text where nobody knows
  /// @param clock nanoseconds of a clock that only goes forward
  MachineShutdown(Supplier<String> state, LongSupplier clock) {
    this.state = state;
    this.clock = clock;
  }

  /// As systemd says it, of a daemon that it started.
  static MachineShutdown asSystemdSays() {
    return new MachineShutdown(
        () ->
            System.getenv("NOTIFY_SOCKET") == null
                ? ""
                : new ProcessRunner()
                    .run(ProgramCall.of("", QUESTION, List.of("systemctl", "is-system-running")))
                    .text(),
        System::nanoTime);
  }

  /// Whether the machine shuts down.
  boolean goesOn() {
    return state.get().strip().equals("stopping");
  }

  /// Leaves; if that takes too long, or cannot come to its end, the machine goes down without it.
  ///
  /// @param obstacle why leaving could not come to its end as things are; empty if it could
  void leaveFirst(Consumer<Duration> leave, Supplier<Optional<String>> obstacle) {
    log.atInfo().log("the machine shuts down: this node leaves its cluster first");
    Thread leaver =
        Thread.ofVirtual()
            .name("leave-first")
            .start(() -> {
              try {
                leave.accept(PATIENCE);
              } catch (HactlError e) {
                gaveUp(e.message());
              }
            });
    try {
      long since = clock.getAsLong();
      while (!leaver.join(LOOK)) {
        Optional<String> why = obstacle.get();
        if (why.isEmpty()) {
          since = clock.getAsLong();
        } else if (clock.getAsLong() - since > HOPE.toNanos()) {
          gaveUp(why.get());
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Why leaving could not come to its end as things are; empty if it could.
  static Optional<String> obstacle(NodeFacts facts, ClusterState state) {
    if (facts.phase() == NodeFacts.Phase.RUNNING && !facts.quorum()) {
      return Optional.of("no quorum: " + facts.quorumReason());
    }
    Optional<NodeId> self = facts.self();
    List<ResourceDefinition> active =
        state.configuration().resources().stream()
            .filter(r ->
                self.flatMap(n -> state.instance(r.id(), n))
                    .filter(i -> i.role().active())
                    .isPresent())
            .toList();
    List<LeftAlone> reasons =
        active.stream()
            .flatMap(r -> self.flatMap(n -> LeftAlone.of(state.configuration(), r, n)).stream())
            .toList();
    return active.size() > reasons.size()
        ? Optional.empty()
        : reasons.stream().findFirst().map(LeftAlone::reason);
  }

  private static void gaveUp(String reason) {
    log.atWarn()
        .addKeyValue("code", "HA-NODE-045")
        .addKeyValue("reason", reason)
        .log("the machine goes down with services that run");
  }
}
