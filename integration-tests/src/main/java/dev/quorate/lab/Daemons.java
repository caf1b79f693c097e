package dev.quorate.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The daemons of the lab: which processes they are, how much memory they hold.
final class Daemons {
  private Daemons() {}

  /// Resident megabytes of each node's daemon, as `n1 143 MB, n2 …`.
  static String memory(Lab lab) {
    List<String> all = new ArrayList<>();
    for (LabNode node : lab.nodes()) {
      of(lab, node).ifPresent(pid -> all.add(node.name() + " " + residentMegabytes(pid) + " MB"));
    }
    return String.join(", ", all);
  }

  /// The process of a node's daemon.
  static Optional<Long> of(Lab lab, LabNode node) {
    return lab.processes(node).stream().filter(Daemons::isDaemon).findFirst();
  }

  /// When the node's daemon was started, or nothing while it does not run.
  static Optional<Instant> startOf(Lab lab, LabNode node) {
    return of(lab, node).flatMap(ProcessHandle::of).flatMap(p -> p.info().startInstant());
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
