package dev.quorate.agents.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// Which directories cannot be renamed because something is mounted on them.
public final class MountPoints {
  private static final Path TABLE = Path.of("/proc/self/mountinfo");
  private static final int MOUNT_POINT = 4;

  private MountPoints() {}

  /// Whether a directory is held in its place: by a mount, or because it lies on another file
  /// system than what is beside it.
  ///
  /// @param directory a directory that exists
  public static boolean holds(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    return parent == null
        || isListed(directory.toRealPath(), Files.readAllLines(TABLE))
        || !Objects.equals(
            Files.getAttribute(directory, "unix:dev"), Files.getAttribute(parent, "unix:dev"));
  }

  /// Whether the kernel's table lists a mount there. A bind mount shows in no other way.
  static boolean isListed(Path directory, List<String> table) {
    return table.stream()
        .map(line -> line.split(" ", -1))
        .filter(fields -> fields.length > MOUNT_POINT)
        .anyMatch(fields -> Path.of(unescape(fields[MOUNT_POINT])).equals(directory));
  }

  /// The table writes blanks and the like as a backslash and three octal digits.
  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      boolean escaped =
          text.charAt(i) == '\\'
              && i + 3 < text.length()
              && text.substring(i + 1, i + 4).matches("[0-7]{3}");
      if (escaped) {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }
}
