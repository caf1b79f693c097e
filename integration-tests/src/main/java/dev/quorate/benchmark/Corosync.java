package dev.quorate.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// Three corosyncs, each in a namespace of a [BenchNetwork], configured and sealed as `pcs cluster
/// setup` does it.
final class Corosync implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/corosync");
  private static final int KEY = 256;

  private final List<Process> daemons = new ArrayList<>();

  Corosync() throws IOException {
    var directory = Files.createTempDirectory("quorate-corosync");
    var key = new byte[KEY];
    new SecureRandom().nextBytes(key);
    Files.write(directory.resolve("authkey"), key);
    for (int i = 1; i <= BenchNetwork.SIZE; i++) {
      var home = Files.createDirectories(directory.resolve("n" + i));
      Files.createDirectories(home.resolve("lib"));
      Files.writeString(
          home.resolve("corosync.conf"),
          configuration(directory.resolve("authkey"), home.resolve("log")));
      // What it keeps under fixed names is its own: sockets are of the namespace, files of the
      // mount.
      var command = new ArrayList<>(BenchNetwork.inside(i));
      command.addAll(
          List.of(
              "unshare",
              "--mount",
              "sh",
              "-c",
              "mount --bind "
                  + home.resolve("lib")
                  + " /var/lib/corosync && mount -t tmpfs tmpfs /run && exec corosync -f -c "
                  + home.resolve("corosync.conf")));
      daemons.add(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("output").toFile())
              .start());
    }
  }

  /// What a node is told of the cluster.
  static String configuration(Path key, Path log) {
    var nodes = new StringBuilder();
    for (int i = 1; i <= BenchNetwork.SIZE; i++) {
      nodes.append(
          "  node {\n    ring0_addr: %s\n    name: n%d\n    nodeid: %d\n  }\n"
              .formatted(BenchNetwork.address(i), i, i));
    }
    return """
    totem {
      version: 2
      cluster_name: benchmark
      transport: knet
      crypto_cipher: aes256
      crypto_hash: sha256
      keyfile: %s
    }
    nodelist {
    %s}
    quorum {
      provider: corosync_votequorum
    }
    logging {
      to_logfile: yes
      logfile: %s
      to_syslog: no
    }
    """
        .formatted(key, nodes, log);
  }

  /// Whether it is installed here.
  static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  @Override
  public void close() {
    daemons.forEach(Process::destroyForcibly);
    daemons.forEach(d -> d.onExit().join());
  }
}
