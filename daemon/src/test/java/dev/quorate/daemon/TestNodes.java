package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.ResourceAgent;
import dev.quorate.consensus.Leadership;
import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.cli.CommandTree;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.Output;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whole nodes of one cluster in this JVM, each at a loopback address of its own: real ring, real
/// log, real member ports; what is typed is typed.
final class TestNodes implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Path directory;
  private final List<Integer> ports;
  private final Map<NodeId, Lifecycle> up = new TreeMap<>();

  /// Daemons that wanted to end their process, with the exit code; they go on until they are shut.
  final Map<Integer, Integer> ended = new ConcurrentHashMap<>();

  /// What every node can run.
  List<ResourceAgent> agents = List.of();

  /// What was said by the last command.
  final List<String> said = new CopyOnWriteArrayList<>();

  TestNodes(Path directory) throws IOException {
    this.directory = directory;
    this.ports = Rehearsal.freePorts(3);
  }

  /// What a test has before it has made its own.
  static TestNodes none() {
    try {
      return new TestNodes(Path.of("/nowhere"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static NodeId node(int number) {
    return new NodeId("n" + number);
  }

  static String address(int number) {
    return "127.0.1." + number;
  }

  Path home(int number) {
    return directory.resolve("n" + number);
  }

  Path state(int number) {
    return home(number).resolve("state");
  }

  int admin() {
    return ports.get(0);
  }

  /// Sets a line of a daemon's configuration file, in place of an older one of the same name.
  void configure(int number, String line) throws IOException {
    Path file = file(number);
    String name = line.substring(0, line.indexOf('=') + 1);
    List<String> kept =
        Files.readString(file)
            .lines()
            .filter(l -> !l.startsWith(name))
            .collect(Collectors.toList());
    kept.addFirst(line);
    Files.write(file, kept);
  }

  private Path file(int number) throws IOException {
    Path file = home(number).resolve("quorate.conf");
    if (Files.notExists(file)) {
      Files.createDirectories(state(number));
      Files.writeString(
          file,
          """
          admin.port = %d
          raft.port = %d
          ring.port = %d
          metrics.port = 0
          state.directory = %s
          run.directory = %s
          """
              .formatted(ports.get(0), ports.get(1), ports.get(2), state(number), home(number)));
    }
    return file;
  }

  /// Starts a daemon; if its node belongs to a cluster, it takes part.
  Lifecycle boot(int number) throws IOException {
    Path file = file(number);
    Lifecycle daemon =
        new Lifecycle(
            ConfigFile.read(file),
            new AgentCatalog(agents),
            new EventHistory(),
            exit -> ended.put(number, exit));
    up.put(node(number), daemon);
    if (daemon.joined()) {
      daemon.startOrWait();
    }
    return daemon;
  }

  void shut(int number) {
    Lifecycle daemon = up.remove(node(number));
    if (daemon != null) {
      daemon.close();
    }
  }

  /// Empties what the log of a daemon that is down cannot be opened without.
  void damageLog(int number) throws IOException {
    try (Stream<Path> files = Files.walk(state(number).resolve("log"))) {
      for (Path meta : files.filter(f -> f.endsWith("raft-meta")).toList()) {
        Files.write(meta, new byte[0]);
      }
    }
  }

  /// Empties the state directory of a daemon that is down.
  void wipe(int number) throws IOException {
    try (Stream<Path> tree = Files.walk(state(number))) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    Files.createDirectories(state(number));
  }

  Lifecycle at(int number) {
    return Objects.requireNonNull(up.get(node(number)));
  }

  /// Types a command on a node.
  ExitCode type(int number, String line) {
    said.clear();
    return CommandTree.run(
        List.of(line.split(" ")), "root", at(number).operator(), Output.into(said, said));
  }

  void succeeds(int number, String line) {
    assertEquals(ExitCode.OK, type(number, line), () -> line + ": " + said);
  }

  /// The text that the last command printed, as one.
  String said() {
    return String.join("\n", said);
  }

  /// The token in what was printed.
  String token() {
    return said.stream()
        .filter(l -> l.strip().startsWith("hactl cluster join "))
        .map(l -> l.strip().substring("hactl cluster join ".length()))
        .reduce((a, b) -> b)
        .orElseThrow(() -> new AssertionError("no token in " + said));
  }

  /// Where the second link of a node is, if it has one.
  static String secondAddress(int number) {
    return "127.0.2." + number;
  }

  /// Founds a cluster of so many nodes and waits until all take part.
  void found(int count) throws IOException {
    found(count, false);
  }

  /// Founds a cluster.
  ///
  /// @param twice whether its nodes have two links
  void found(int count, boolean twice) throws IOException {
    StringBuilder line = new StringBuilder("cluster setup demo");
    for (int i = 1; i <= count; i++) {
      boot(i);
      line.append(" n").append(i).append('=').append(address(i));
      if (twice) {
        line.append(',').append(secondAddress(i));
      }
    }
    succeeds(1, line.append(" --force").toString());
    for (int i = 2; i <= count; i++) {
      succeeds(1, "cluster token n" + i);
      succeeds(i, "cluster join " + token());
    }
    awaitOnline(count);
  }

  void awaitOnline(int count) {
    await(
        count + " nodes take part",
        () ->
            up.values().stream()
                .allMatch(d ->
                    d.operator().state().nodes().values().stream().filter(s -> s.online()).count()
                        == count));
  }

  void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "did not happen: " + what);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /// The number of the node that leads; waits until there is one.
  int leader() {
    await("a leader", () -> up.values().stream().anyMatch(TestNodes::leads));
    String name =
        up.entrySet().stream()
            .filter(e -> leads(e.getValue()))
            .findFirst()
            .orElseThrow()
            .getKey()
            .name();
    return Integer.parseInt(name.substring(1));
  }

  private static boolean leads(Lifecycle daemon) {
    return daemon.node().filter(n -> n.leadership() instanceof Leadership.Leader).isPresent();
  }

  /// A property as a node has applied it, which may be later than another was told that it is set.
  @Nullable String property(int at, String name) {
    return at(at).operator().state().configuration().properties().get(name);
  }

  boolean votes(int at, int number) {
    return at(at).node().filter(n -> n.replicatedLog().members().votes(node(number))).isPresent();
  }

  @Override
  public void close() {
    up.values().forEach(Lifecycle::close);
  }
}
