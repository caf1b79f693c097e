package dev.quorate.daemon;

import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.secrets.OwnerOnly;
import dev.quorate.membership.Incarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// Which life of the node this is: the boot of the kernel, and the number of the daemon's run.
///
/// Numbers of runs rise. The first is the time of day in seconds, so that a node that lost its
/// state directory and joins again is not taken for one of its former runs, whose commands were
/// answered.
final class Lives {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");

  private Lives() {}

  /// A new life; its number is on disk when this returns.
  ///
  /// @param now counts if no run is known
  static Incarnation next(DaemonConfig config, Instant now) throws IOException {
    Path file = config.stateDirectory().resolve("run-counter");
    long run = Math.max(1, now.getEpochSecond());
    if (Files.exists(file)) {
      String text = Files.readString(file).strip();
      if (!text.matches("\\d{1,18}")) {
        throw new StartFailure(
            StartFailure.CONFIG,
            file + " is damaged: write a number into it that is larger than any it held before");
      }
      run = Long.parseLong(text) + 1;
    }
    OwnerOnly.write(file, (run + "\n").getBytes(StandardCharsets.US_ASCII));
    return new Incarnation(bootId(config), run);
  }

  private static String bootId(DaemonConfig config) throws IOException {
    String given = givenBootId(config);
    return given.isEmpty() ? Files.readString(KERNEL).strip() : given;
  }

  /// Whether the boot is said to be another one than the kernel's: then the machine is not a whole
  /// one.
  static boolean laboratory(DaemonConfig config) {
    return !givenBootId(config).isEmpty();
  }

  private static String givenBootId(DaemonConfig config) {
    String environment = System.getenv("QUORATE_BOOT_ID");
    return environment != null && !environment.isBlank() ? environment.strip() : config.bootId();
  }
}
