package dev.quorate.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Machines that are network namespaces on one bridge, with power, cables and disks of their own.
///
/// "Power off" takes the cable away first and ends every process then, so that no kernel answers
/// for a dead node; "power on" gives the node a new boot id. The machines outlive this program.
final class Lab {
  static final String PREFIX = "qrlab";
  static final String BRIDGE = "qrlab0";

  /// The name of the namespace that this program, the bridge and the far ends of cables are in.
  private static final String OUTSIDE = PREFIX + "-outside";

  static final String NETWORK = "10.213.77.";
  static final String VIP = NETWORK + "100";
  private static final Path RUN = Path.of("/run/quorate-lab");
  private static final Path DISKS = Path.of("/var/lib/quorate-lab");

  /// Where every node sees its own disk.
  static final Path DISK = Path.of("/srv/quorate-lab");

  private final List<LabNode> nodes;
  private final boolean witness;

  private Lab(List<LabNode> nodes, boolean witness) {
    this.nodes = List.copyOf(nodes);
    this.witness = witness;
  }

  /// The lab with that many nodes; touches nothing.
  static Lab of(int count) {
    return of(count, false);
  }

  /// The lab with that many nodes that can have a database, and perhaps one more that only votes.
  static Lab of(int hosts, boolean witness) {
    int count = hosts + (witness ? 1 : 0);
    List<LabNode> nodes = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      String name = "n" + i;
      nodes.add(new LabNode(name, NETWORK + (10 + i), RUN.resolve(name), DISKS.resolve(name)));
    }
    return new Lab(nodes, witness);
  }

  /// The lab that exists on this machine; without nodes if there is none.
  static Lab existing() {
    int count = 0;
    while (Files.exists(RUN.resolve("n" + (count + 1)).resolve("address"))) {
      count++;
    }
    return of(count);
  }

  List<LabNode> nodes() {
    return nodes;
  }

  /// The nodes that can have a database.
  List<LabNode> hosts() {
    return witness ? nodes.subList(0, nodes.size() - 1) : nodes;
  }

  /// The node that only votes, if there is one.
  Optional<LabNode> witness() {
    return witness ? Optional.of(nodes.getLast()) : Optional.empty();
  }

  LabNode node(String name) {
    return nodes.stream()
        .filter(n -> n.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new LabException("the lab has no node '" + name + "'"));
  }

  /// Makes bridge, namespaces, cables and directories. Removes an older lab first.
  void build(String java, String jvmFlags, String classpath) throws IOException {
    existing().remove();
    Files.createDirectories(RUN.resolve("bin"));
    for (String script : List.of("lab-node", "fence_lab")) {
      install(script);
    }
    Files.writeString(
        RUN.resolve("lab.env"),
        "LAB_PREFIX=%s\nLAB_BRIDGE=%s\nLAB_JAVA='%s'\nLAB_JVM_FLAGS='%s'\nLAB_CLASSPATH='%s'\nLAB_DISKS=%s\nLAB_DISK=%s\n"
            .formatted(PREFIX, BRIDGE, java, jvmFlags, classpath, DISKS, DISK));
    Files.createDirectories(DISK);
    Command.must("ip", "netns", "attach", OUTSIDE, Long.toString(ProcessHandle.current().pid()));
    Command.must("ip", "link", "add", BRIDGE, "type", "bridge", "forward_delay", "0");
    Command.must("ip", "addr", "add", NETWORK + "1/24", "dev", BRIDGE);
    Command.must("ip", "link", "set", BRIDGE, "up");
    for (LabNode node : nodes) {
      Files.createDirectories(node.home());
      Files.createDirectories(node.store());
      Files.createDirectories(node.pgSocketDirectory());
      Files.writeString(
          node.home().resolve("quorate.conf"),
          """
          state.directory = %s
          run.directory = %s
          fence.directories = %s
          quorum.self-fence = setsid ip netns exec %s %s reboot %s
          """
              .formatted(
                  node.store().resolve("state"),
                  node.home(),
                  RUN.resolve("bin"),
                  OUTSIDE,
                  RUN.resolve("bin/lab-node"),
                  node.name()));
      Files.writeString(node.home().resolve("address"), node.address());
      String name = PREFIX + "-" + node.name();
      Command.must("ip", "netns", "add", name);
      Command.must(
          "ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
      Command.must("ip", "link", "set", name, "master", BRIDGE);
      Command.must("ip", "-n", name, "link", "set", "lo", "up");
      Command.must("ip", "-n", name, "link", "set", "eth0", "up");
      Command.must("ip", "-n", name, "addr", "add", node.address() + "/24", "dev", "eth0");
      Command.must("ip", "link", "set", name, "up");
    }
  }

  private static void install(String script) throws IOException {
    Path target = RUN.resolve("bin").resolve(script);
    try (InputStream in = Lab.class.getResourceAsStream(script)) {
      if (in == null) {
        throw new LabException("the script '" + script + "' is missing from the build");
      }
      Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Ends every process and removes everything that [#build] made. Idempotent.
  void remove() throws IOException {
    for (LabNode node : nodes) {
      if (Files.exists(RUN.resolve("bin/lab-node"))) {
        Command.run(List.of(RUN.resolve("bin/lab-node").toString(), "off", node.name()));
      }
      Command.run(List.of("ip", "netns", "del", PREFIX + "-" + node.name()));
      Command.run(List.of("ip", "link", "del", PREFIX + "-" + node.name()));
    }
    Cables.forget();
    Command.run(List.of("ip", "link", "del", BRIDGE));
    Command.run(List.of("ip", "netns", "del", OUTSIDE));
    deleteTree(RUN);
    deleteTree(DISKS);
    deleteTree(DISK);
  }

  /// What is left of a lab on this machine: namespaces, interfaces, mounts, directories.
  static List<String> leftovers() {
    List<String> left = new ArrayList<>();
    Command.run(List.of("ip", "netns", "list")).output().lines().forEach(left::add);
    Command.run(List.of("ip", "-o", "link")).output().lines().forEach(left::add);
    Command.run(List.of("cat", "/proc/self/mounts")).output().lines().forEach(left::add);
    Command.run(List.of("iptables", "-w", "-S")).output().lines().forEach(left::add);
    left.removeIf(l -> !l.contains(PREFIX) && !l.contains("quorate-lab"));
    for (Path directory : List.of(RUN, DISKS, DISK)) {
      if (Files.exists(directory)) {
        left.add(directory.toString());
      }
    }
    return left;
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /// The directory where the lab's fence agent lies.
  Path agentDirectory() {
    return RUN.resolve("bin");
  }

  void powerOn(LabNode node) {
    Command.must(RUN.resolve("bin/lab-node").toString(), "on", node.name());
  }

  void powerOff(LabNode node) {
    Command.must(RUN.resolve("bin/lab-node").toString(), "off", node.name());
  }

  void freeze(LabNode node) {
    Command.must(RUN.resolve("bin/lab-node").toString(), "freeze", node.name());
  }

  void unplug(LabNode node) {
    Command.must(RUN.resolve("bin/lab-node").toString(), "unplug", node.name());
  }

  void plug(LabNode node) {
    Command.must(RUN.resolve("bin/lab-node").toString(), "plug", node.name());
  }

  /// Makes the fence device answer, or time out.
  void fenceDevice(boolean reachable) throws IOException {
    Path flag = RUN.resolve("fence-unreachable");
    if (reachable) {
      Files.deleteIfExists(flag);
    } else {
      Files.writeString(flag, "");
    }
  }

  /// Runs a program inside a node.
  Command in(LabNode node, String... words) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", PREFIX + "-" + node.name()));
    all.addAll(List.of(words));
    return Command.run(all);
  }

  /// Starts a program inside a node, and does not wait for it.
  Process start(LabNode node, String... words) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", PREFIX + "-" + node.name()));
    all.addAll(List.of(words));
    try {
      return new ProcessBuilder(all)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new LabException("could not run '" + words[0] + "': " + e.getMessage(), e);
    }
  }

  /// Whether a machine has power, and its processes run.
  boolean isAlive(LabNode node) {
    List<Long> processes = processes(node);
    return !processes.isEmpty() && processes.stream().noneMatch(pid -> state(stat(pid)) == 'T');
  }

  /// The process ids inside a node.
  List<Long> processes(LabNode node) {
    Command list = Command.run(List.of("ip", "netns", "pids", PREFIX + "-" + node.name()));
    return list.output().lines().filter(l -> !l.isBlank()).map(Long::parseLong).toList();
  }

  /// The processes of PostgreSQL inside a node that are not dead already.
  List<Long> postgresProcesses(LabNode node) {
    return processes(node).stream().filter(Lab::isLivePostgres).toList();
  }

  /// The processes that receive WAL inside a node.
  List<Long> receivers(LabNode node) {
    return postgresProcesses(node).stream()
        .filter(pid -> commandLine(pid).contains("walreceiver"))
        .toList();
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }

  private static boolean isLivePostgres(long pid) {
    String stat = stat(pid);
    return stat.contains("(postgres") && state(stat) != 'Z';
  }

  private static String stat(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }

  private static char state(String stat) {
    int close = stat.lastIndexOf(')');
    return close < 0 ? 'X' : stat.charAt(close + 2);
  }

  /// Whether the virtual address is on a node's interface.
  boolean hasVip(LabNode node) {
    return in(node, "ip", "-o", "-4", "addr", "show").output().contains(" " + VIP + "/");
  }
}
