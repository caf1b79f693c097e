package dev.quorate.agents.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the kernel says of one process.
///
/// @param asleep whether it sleeps and can be woken by a signal
/// @param pending the signals that were sent and not yet delivered, one bit each
public record ProcessStatus(boolean asleep, long pending) {
  /// Looks at a process; empty if there is none.
  ///
  /// @param pid its number
  public static Optional<ProcessStatus> of(long pid) {
    try {
      return Optional.of(parse(Files.readAllLines(Path.of("/proc/" + pid + "/status"))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static ProcessStatus parse(List<String> lines) {
    boolean asleep = false;
    long pending = 0;
    for (String line : lines) {
      int colon = line.indexOf(':');
      String value = line.substring(colon + 1).strip();
      switch (colon < 0 ? "" : line.substring(0, colon)) {
        case "State" -> asleep = value.startsWith("S");
        case "SigPnd", "ShdPnd" -> pending |= Long.parseUnsignedLong(value, 16);
        default -> {}
      }
    }
    return new ProcessStatus(asleep, pending);
  }

  /// Whether a signal was sent and is not yet delivered.
  ///
  /// @param signal its number
  public boolean isPending(int signal) {
    return (pending >>> (signal - 1) & 1) == 1;
  }
}
