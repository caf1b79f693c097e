package dev.quorate.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Generated clusters, decided by us in a new process with a small heap, and by `crm_simulate`.
final class PeerRace {
  private static final Path PEER = Path.of("/usr/sbin/crm_simulate");
  private static final int LARGEST = 10_000;
  private static final int WARM_RESOURCES = 60_000;
  private static final int PEER_MINUTES = 10;
  private static final Pattern ROUND = Pattern.compile("round (\\d+): CPU (\\d+) ms");
  private static final Pattern PROCESS =
      Pattern.compile("process: CPU (\\d+) ms, peak memory (\\d+) MB, peak heap (\\d+) MB");

  private int repeat = 3;
  private boolean peerOnLargest;
  private final List<String> sizes = new ArrayList<>();

  PeerRace(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "--repeat" -> repeat = Integer.parseInt(words.get(++i));
        case "--peer-largest" -> peerOnLargest = true;
        default -> sizes.add(words.get(i));
      }
    }
    if (sizes.isEmpty()) {
      sizes.addAll(List.of("16x1000", "32x5000", "100x10000-sparse"));
    }
  }

  /// CPU in ms, and memory in MB.
  private record Used(List<Double> cpu, List<Double> memory) {
    Used() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  void run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("quorate-benchmark");
    for (String size : sizes) {
      Path file = directory.resolve(size + ".xml");
      Files.writeString(file, SchedulerBenchmark.document(size));
      Used cold = new Used();
      Used warm = new Used();
      Used peer = new Used();
      boolean races = Files.isExecutable(PEER) && (peerOnLargest || primitives(size) < LARGEST);
      for (int i = 0; i < repeat; i++) {
        ours(file, 1, cold);
        ours(file, Math.max(5, WARM_RESOURCES / primitives(size)), warm);
        if (races) {
          peer(file, directory.resolve("peer.out"), peer);
        }
      }
      SchedulerBenchmark.print("%s, %d MB of document", size, Files.size(file) >> 20);
      report("ours, new process, -Xmx512m", cold, peer);
      report("ours, warm process, -Xmx512m", warm, peer);
      report("crm_simulate", peer, new Used());
      Files.delete(file);
    }
    Files.deleteIfExists(directory.resolve("peer.out"));
    Files.delete(directory);
  }

  private static int primitives(String size) {
    return Integer.parseInt(size.replace("-sparse", "").split("x", -1)[1]);
  }

  private static void report(String who, Used used, Used peer) {
    if (used.cpu().isEmpty()) {
      SchedulerBenchmark.print("  %-30s not run", who);
      return;
    }
    String ratio =
        peer.cpu().isEmpty()
            ? ""
            : "  peer/ours: CPU %.1f, memory %.1f"
                .formatted(
                    Usage.median(peer.cpu()) / Usage.median(used.cpu()),
                    Usage.median(peer.memory()) / Usage.median(used.memory()));
    SchedulerBenchmark.print(
        "  %-30s CPU %s ms, peak memory %s MB%s",
        who, Usage.spread(used.cpu()), Usage.spread(used.memory()), ratio);
  }

  /// A new process of ours; of several rounds the last counts, of one the whole process.
  private static void ours(Path file, int rounds, Used used)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                SchedulerBenchmark.class.getName(),
                "one",
                file.toString(),
                Integer.toString(rounds))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    process.waitFor();
    Matcher whole = PROCESS.matcher(output);
    if (!whole.find()) {
      throw new IllegalStateException("our process failed on " + file + ": " + output);
    }
    used.memory().add(Double.parseDouble(whole.group(2)));
    if (rounds == 1) {
      used.cpu().add(Double.parseDouble(whole.group(1)));
      return;
    }
    Matcher round = ROUND.matcher(output);
    double last = 0;
    while (round.find()) {
      last = Double.parseDouble(round.group(2));
    }
    used.cpu().add(last);
  }

  private static void peer(Path file, Path output, Used used)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(PEER.toString(), "-R", "-Q", "-x", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(PEER_MINUTES);
    double cpu = 0;
    int memory = 0;
    while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
      cpu =
          Math.max(cpu, process.info().totalCpuDuration().map(d -> d.toNanos() / 1e6).orElse(0.0));
      Optional<Integer> peak = Usage.peakMegabytes(Long.toString(process.pid()));
      memory = Math.max(memory, peak.orElse(0));
      if (System.nanoTime() > deadline) {
        process.destroyForcibly();
        SchedulerBenchmark.print("  crm_simulate ended after %d minutes", PEER_MINUTES);
      }
    }
    used.cpu().add(cpu);
    used.memory().add((double) memory);
  }
}
