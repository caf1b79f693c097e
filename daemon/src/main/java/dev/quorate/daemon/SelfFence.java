package dev.quorate.daemon;

import dev.quorate.daemon.config.DaemonConfig;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends this machine. What runs on it is being stopped meanwhile, so that a program that fails
/// costs time and not safety; and it is no proof for anybody else.
final class SelfFence {
  private static final Logger log = LoggerFactory.getLogger(SelfFence.class);
  private static final List<String> USUAL =
      List.of("/usr/bin/systemctl", "--force", "--force", "reboot");

  private final List<String> program;

  private SelfFence(List<String> program) {
    this.program = program;
  }

  static SelfFence of(DaemonConfig config) {
    boolean usual = config.selfFence().isEmpty() && !Lives.laboratory(config);
    return new SelfFence(usual ? USUAL : config.selfFence());
  }

  /// Returns at once.
  void end(String reason) {
    log.atError()
        .addKeyValue("code", "HA-QUORUM-004")
        .addKeyValue("reason", reason)
        .log("this machine ends itself");
    Thread.ofPlatform().daemon().name("self-fence").start(this::run);
  }

  private void run() {
    if (program.isEmpty()) {
      failed("no program is configured (quorum.self-fence)");
      return;
    }
    try {
      int code =
          new ProcessBuilder(program)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      failed(program.getFirst() + " ended with code " + code + ", and the machine still runs");
    } catch (IOException e) {
      failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void failed(String reason) {
    log.atError()
        .addKeyValue("code", "HA-QUORUM-005")
        .addKeyValue("reason", reason)
        .log("this machine could not end itself");
  }
}
