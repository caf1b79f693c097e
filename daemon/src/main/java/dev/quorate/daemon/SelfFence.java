package dev.quorate.daemon;

import dev.quorate.daemon.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends this machine. What runs on it is being stopped meanwhile, so that a program that fails
/// costs time and not safety; and it is no proof for anybody else.
final class SelfFence {
  private static final Logger log = LoggerFactory.getLogger(SelfFence.class);
  private static final Path REBOOT = Path.of("/usr/sbin/reboot");

  private final List<String> program;

  private SelfFence(List<String> program) {
    this.program = program;
  }

  static SelfFence of(DaemonConfig config) {
    boolean usual = config.selfFence().isEmpty() && !Lives.laboratory(config);
    return new SelfFence(usual ? usual(REBOOT) : config.selfFence());
  }

  /// At once, and without a word to the disks where that can be said: one that hangs would keep the
  /// machine on. Only systemd's own `reboot` is known to take these options.
  static List<String> usual(Path reboot) {
    boolean systemd =
        Files.isSymbolicLink(reboot)
            && String.valueOf(target(reboot).getFileName()).equals("systemctl");
    return systemd
        ? List.of(reboot.toString(), "--force", "--force", "--no-sync")
        : List.of("/usr/bin/systemctl", "--force", "--force", "reboot");
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException _) {
      return link;
    }
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
