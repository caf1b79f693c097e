package dev.quorate.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How much memory the daemons hold.
final class Memory {
  private Memory() {}

  /// Resident megabytes of each node's daemon, as `n1 143 MB, n2 …`.
  static String ofDaemons(Lab lab) {
    List<String> all = new ArrayList<>();
    for (LabNode node : lab.nodes()) {
      for (long pid : lab.processes(node)) {
        if (isDaemon(pid)) {
          all.add(node.name() + " " + residentMegabytes(pid) + " MB");
        }
      }
    }
    return String.join(", ", all);
  }

  private static boolean isDaemon(long pid) {
    return read(pid, "cmdline").contains("dev.quorate.daemon.Quorated")
        && read(pid, "comm").startsWith("java");
  }

  private static long residentMegabytes(long pid) {
    return read(pid, "status")
            .lines()
            .filter(l -> l.startsWith("VmRSS:"))
            .map(l -> l.replaceAll("\\D", ""))
            .mapToLong(Long::parseLong)
            .findFirst()
            .orElse(0)
        / 1024;
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/" + file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }
}
