package dev.quorate.daemon;

import dev.quorate.agents.process.ProcessRunner;
import dev.quorate.agents.process.ProgramCall;
import dev.quorate.daemon.cli.HactlError;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
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

  /// For leaving. The unit's `TimeoutStopSec` is greater.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration QUESTION = Duration.ofSeconds(5);

  private final Supplier<String> state;

  /// @param state what `systemctl is-system-running` says; empty text where nobody knows
  MachineShutdown(Supplier<String> state) {
    this.state = state;
  }

  /// As systemd says it, of a daemon that it started.
  static MachineShutdown asSystemdSays() {
    return new MachineShutdown(() ->
        System.getenv("NOTIFY_SOCKET") == null
            ? ""
            : new ProcessRunner()
                .run(ProgramCall.of("", QUESTION, List.of("systemctl", "is-system-running")))
                .text());
  }

  /// Leaves if the machine shuts down; if that takes too long, the machine goes down without it.
  void leaveFirst(Consumer<Duration> leave) {
    if (!state.get().strip().equals("stopping")) {
      return;
    }
    log.atInfo().log("the machine shuts down: this node leaves its cluster first");
    try {
      leave.accept(PATIENCE);
    } catch (HactlError e) {
      log.atWarn()
          .addKeyValue("code", "HA-NODE-045")
          .addKeyValue("reason", e.message())
          .log("the machine goes down with services that run");
    }
  }
}
