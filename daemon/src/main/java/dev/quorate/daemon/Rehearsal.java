package dev.quorate.daemon;

import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.cli.CommandTree;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.Output;
import dev.quorate.daemon.config.ConfigFile;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/// Runs through what a daemon does, so that the virtual machine can keep its classes in the form in
/// which they are loaded. `Rehearsal DIRECTORY`.
///
/// Two nodes without resources found a cluster on the loopback interface and leave it at once;
/// neither sees the configuration or the state of the machine's own daemon. What the daemon needs
/// for a takeover only, agents and the driver of PostgreSQL, is loaded by name.
///
/// The nodes are patient, since the machine has more important things to do.
///
/// Exits with 0, or 70 with one line if that cannot be done, or not within [#PATIENCE].
public final class Rehearsal {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String NET = "127.54.15.";

  private final Path directory;
  private final List<Integer> ports;
  private final List<String> said = new ArrayList<>();

  private Rehearsal(Path directory) throws IOException {
    this.directory = directory;
    this.ports = freePorts(3);
  }

  /// Runs the rehearsal in an empty directory, which is left as it became.
  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println("usage: Rehearsal DIRECTORY");
      System.exit(StartFailure.USAGE);
    }
    try {
      new Rehearsal(Path.of(arguments[0]).toAbsolutePath()).run();
    } catch (IOException | RuntimeException e) {
      System.err.println("the rehearsal failed: " + e);
      System.exit(StartFailure.FAIL_STOP);
    }
    System.exit(0);
  }

  private void run() throws IOException {
    try (Lifecycle first = daemon(1);
        Lifecycle second = daemon(2)) {
      type(first, "cluster setup rehearsal n1=" + NET + "1 n2=" + NET + "2 --force");
      type(first, "cluster token n2");
      type(
          second,
          "cluster join " + said.getLast().strip().replaceFirst("^hactl cluster join ", ""));
      await(() -> sees(first) && sees(second));
      type(first, "property set stonith-enabled=false");
      type(second, "status");
    }
    int left = 0;
    for (Path jar : jars()) {
      left += load(jar);
    }
    System.out.println(left + " classes need what is not installed");
  }

  /// Ports of TCP that nobody had a moment ago.
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private Lifecycle daemon(int number) throws IOException {
    Path home = Files.createDirectories(directory.resolve("n" + number));
    String text =
        """
        admin.port = %d
        raft.port = %d
        ring.port = %d
        metrics.port = 0
        ring.token-timeout = 5s
        raft.election-timeout = 1s
        quorum.bound = 30s
        state.directory = %s
        run.directory = %s
        fence.directories = %5$s
        quorum.self-fence = /bin/false
        log.free-space = 0
        boot-id = rehearsal
        """
            .formatted(ports.get(0), ports.get(1), ports.get(2), home.resolve("state"), home);
    Files.createDirectories(home.resolve("state"));
    Path file = Files.writeString(home.resolve("quorate.conf"), text);
    return new Lifecycle(ConfigFile.read(file), AgentCatalog.installed(), new EventHistory());
  }

  private void type(Lifecycle at, String line) {
    said.clear();
    ExitCode exit =
        CommandTree.run(List.of(line.split(" ")), "root", at.operator(), Output.into(said, said));
    if (exit != ExitCode.OK) {
      throw new StartFailure(StartFailure.FAIL_STOP, "'" + line + "' failed: " + said);
    }
  }

  private static boolean sees(Lifecycle daemon) {
    return daemon.operator().state().nodes().values().stream().filter(n -> n.online()).count() == 2;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new StartFailure(
            StartFailure.FAIL_STOP,
            "two daemons on the loopback interface did not find each other in "
                + PATIENCE.toSeconds()
                + " s: is the interface 'lo' up?");
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /// The project's own jars and the driver of PostgreSQL; what else is needed, the nodes have used.
  private static List<Path> jars() throws IOException {
    Path own =
        Path.of(
            URI.create(
                Rehearsal.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    List<Path> jars = new ArrayList<>();
    try (var entries =
        Files.newDirectoryStream(own.resolveSibling(""), "{quorate-*,postgresql}.jar")) {
      entries.forEach(jars::add);
    }
    Collections.sort(jars);
    return jars;
  }

  /// Returns how many classes could not be loaded: a driver may be used without its options.
  private static int load(Path jar) throws IOException {
    int missing = 0;
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(file.entries())) {
        String name = entry.getName();
        if (name.endsWith(".class")
            && !name.startsWith("META-INF/")
            && !name.endsWith("-info.class")) {
          String type = name.substring(0, name.length() - ".class".length()).replace('/', '.');
          try {
            Class.forName(type, false, Rehearsal.class.getClassLoader());
          } catch (ClassNotFoundException | LinkageError _) {
            missing++;
          }
        }
      }
    }
    return missing;
  }
}
