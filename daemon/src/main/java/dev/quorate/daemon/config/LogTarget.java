package dev.quorate.daemon.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where the daemon's log goes.
public sealed interface LogTarget {
  /// To the standard output, which systemd gives to the journal.
  record Standard() implements LogTarget {}

  /// To the syslog of this machine, on UDP port 514.
  ///
  /// @param facility as `local0`
  record Syslog(String facility) implements LogTarget {}

  /// To the end of a file, which others may rotate by copying and emptying it.
  record Into(Path file) implements LogTarget {}

  /// The names of syslog's facilities.
  List<String> FACILITIES =
      List.of(
          "daemon", "user", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
          "local7");

  /// The text that stands for the standard output.
  String STANDARD = "journal";

  /// Reads `journal`, `syslog:FACILITY` or a file's absolute path.
  static Optional<LogTarget> parse(String text) {
    if (text.equals(STANDARD)) {
      return Optional.of(new Standard());
    }
    if (text.startsWith("/")) {
      return Optional.of(new Into(Path.of(text)));
    }
    String[] parts = text.split(":", -1);
    return parts.length == 2 && parts[0].equals("syslog") && FACILITIES.contains(parts[1])
        ? Optional.of(new Syslog(parts[1]))
        : Optional.empty();
  }

  /// Every way to write one, for a message.
  static String forms() {
    return "use %s, an absolute path, or syslog: with one of %s, as syslog:local0"
        .formatted(STANDARD, String.join(", ", FACILITIES));
  }
}
