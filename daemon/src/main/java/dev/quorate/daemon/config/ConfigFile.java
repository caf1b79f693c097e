package dev.quorate.daemon.config;

import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Reads and writes `quorate.conf`: lines `key = value`, `#` starts a comment line.
///
/// Every problem is reported, with its line and its remedy; nothing is used if one is left.
public final class ConfigFile {
  private static final String PEER = "peer.";
  private static final int LONGEST_SOCKET = 107;

  private final Path file;
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final Map<ConfigKey, String> values = new EnumMap<>(ConfigKey.class);
  private final Map<ConfigKey, Integer> lines = new EnumMap<>(ConfigKey.class);
  private final SortedMap<NodeId, String> peers = new TreeMap<>();
  private final SortedMap<NodeId, List<String>> furtherLinks = new TreeMap<>();

  private ConfigFile(Path file) {
    this.file = file;
  }

  /// Reads the file; a missing one means a node that belongs to no cluster.
  ///
  /// @throws ConfigException naming everything that is wrong
  public static DaemonConfig read(Path file) {
    ConfigFile parsed = new ConfigFile(file);
    try {
      return parsed.check(Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      return parsed.check(List.of());
    } catch (IOException e) {
      throw new ConfigException(
          List.of(
              new ConfigProblem(
                  file.toString(),
                  "cannot be read (" + e.getClass().getSimpleName() + ")",
                  "make it a text file that user "
                      + System.getProperty("user.name")
                      + " may read")));
    }
  }

  /// Checks the text of a file.
  ///
  /// @throws ConfigException naming everything that is wrong
  public static DaemonConfig parse(Path file, String text) {
    return new ConfigFile(file).check(text.lines().toList());
  }

  /// The text of a file that says what `old` says and, besides, whom the node belongs to.
  public static String withIdentity(String old, Identity identity) {
    StringBuilder text = new StringBuilder();
    for (String line : old.lines().toList()) {
      String key = line.split("=", 2)[0].strip();
      boolean replaced =
          key.startsWith(PEER)
              || ConfigKey.of(key)
                  .filter(k ->
                      k == ConfigKey.CLUSTER
                          || k == ConfigKey.NODE
                          || k == ConfigKey.ADDRESS
                          || k == ConfigKey.WITNESS)
                  .isPresent();
      if (!replaced) {
        text.append(line).append('\n');
      }
    }
    text.append("cluster = ").append(identity.cluster()).append('\n');
    text.append("node = ").append(identity.node()).append('\n');
    text.append("address = ")
        .append(String.join(", ", identity.links(identity.node(), identity.address())))
        .append('\n');
    identity
        .peers()
        .forEach((peer, address) ->
            text.append(PEER + peer + " = " + String.join(", ", identity.links(peer, address)))
                .append('\n'));
    if (!identity.witnesses().isEmpty()) {
      List<String> names = identity.witnesses().stream().map(NodeId::name).toList();
      text.append("witness = ").append(String.join(", ", names)).append('\n');
    }
    return text.toString();
  }

  private DaemonConfig check(List<String> text) {
    for (int i = 0; i < text.size(); i++) {
      String line = text.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        line(i + 1, line);
      }
    }
    DaemonConfig config =
        new DaemonConfig(
            file,
            identity(),
            new DaemonConfig.Ports(
                port(ConfigKey.RING_PORT, 1),
                port(ConfigKey.RAFT_PORT, 1),
                port(ConfigKey.ADMIN_PORT, 1),
                port(ConfigKey.METRICS_PORT, 0)),
            directory(ConfigKey.STATE_DIRECTORY),
            directory(ConfigKey.RUN_DIRECTORY),
            value(ConfigKey.SOCKET_GROUP),
            new DaemonConfig.Timing(
                duration(ConfigKey.TOKEN_TIMEOUT, 300, 60_000),
                duration(ConfigKey.ELECTION_TIMEOUT, 150, 10_000),
                duration(ConfigKey.QUORUM_BOUND, 500, 60_000),
                duration(ConfigKey.STARTUP_QUORUM_BOUND, 1_000, 600_000),
                duration(ConfigKey.GRACE, 1_000, 600_000),
                duration(ConfigKey.RESEND, 50, 10_000)),
            new DaemonConfig.Ring(duration(ConfigKey.TOKEN_COEFFICIENT, 0, 1_000), fragment()),
            (long) freeSpace() << 20,
            duration(ConfigKey.SLOW_SYNC, 20, 10_000),
            hangAfter(),
            Arrays.stream(value(ConfigKey.FENCE_DIRECTORIES).split(":"))
                .filter(d -> !d.isBlank())
                .map(Path::of)
                .toList(),
            Arrays.stream(value(ConfigKey.SELF_FENCE).split("\\s+"))
                .filter(w -> !w.isEmpty())
                .toList(),
            new DaemonConfig.Promptness(auto(ConfigKey.REALTIME), auto(ConfigKey.MEMORY_LOCK)),
            logLevel(),
            logTarget(),
            value(ConfigKey.BOOT_ID));
    crossRules(config);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return config;
  }

  private void line(int number, String line) {
    String[] parts = line.split("=", 2);
    if (parts.length < 2) {
      problem(number, "'" + line + "' is not 'key = value'", "add the '=', or '#' for a comment");
      return;
    }
    String key = parts[0].strip();
    String value = parts[1].strip();
    if (key.startsWith(PEER)) {
      peer(number, key.substring(PEER.length()), value);
      return;
    }
    Optional<ConfigKey> known = ConfigKey.of(key);
    if (known.isEmpty()) {
      List<String> keys = Arrays.stream(ConfigKey.values()).map(ConfigKey::text).toList();
      problem(
          number,
          "unknown key '" + key + "'",
          NearestWord.of(key, keys)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("see docs/reference/configuration.md for the keys"));
    } else if (values.containsKey(known.get())) {
      problem(
          number,
          "'" + key + "' was already set in line " + lines.get(known.get()),
          "remove one of the two lines");
    } else if (value.isEmpty()) {
      problem(number, "'" + key + "' has no value", "give one, or remove the line");
    } else {
      values.put(known.get(), value);
      lines.put(known.get(), number);
    }
  }

  private void peer(int number, String name, String value) {
    try {
      NodeId peer = new NodeId(name);
      List<String> links = addresses(value);
      Optional<String> wrong = links.stream().filter(a -> !Identity.isAddress(a)).findFirst();
      if (wrong.isPresent()) {
        problem(
            number, "'" + wrong.get() + "' is not an address", "use an IP address or a host name");
      } else if (peers.putIfAbsent(peer, link(peer, links)) != null) {
        problem(number, "peer '" + name + "' was already named", "remove one of the two lines");
      }
    } catch (IllegalArgumentException e) {
      problem(number, String.valueOf(e.getMessage()), "correct the name after 'peer.'");
    }
  }

  private static List<String> addresses(String value) {
    return List.of(value.strip().split("\\s*[,\\s]\\s*"));
  }

  /// Keeps the further links of a node; gives the first.
  private String link(NodeId node, List<String> links) {
    if (links.size() > 1) {
      furtherLinks.put(node, links.subList(1, links.size()));
    }
    return links.getFirst();
  }

  private Optional<Identity> identity() {
    String cluster = value(ConfigKey.CLUSTER);
    if (cluster.isEmpty()) {
      for (ConfigKey key : List.of(ConfigKey.NODE, ConfigKey.ADDRESS, ConfigKey.WITNESS)) {
        if (values.containsKey(key)) {
          problem(
              key,
              "'" + key.text() + "' without 'cluster'",
              "set 'cluster', or use `hactl cluster join`");
        }
      }
      return Optional.empty();
    }
    if (!cluster.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,14}")) {
      problem(
          ConfigKey.CLUSTER,
          "'" + cluster + "' is not a name for a cluster",
          "use 1 to 15 letters, digits, '.', '_' or '-'");
    }
    List<String> links = addresses(value(ConfigKey.ADDRESS));
    if (!links.stream().allMatch(Identity::isAddress)) {
      problem(
          ConfigKey.ADDRESS,
          "'address' must name an address of this node",
          "set it, as 'address = 10.0.0.1'");
    }
    try {
      NodeId node = new NodeId(value(ConfigKey.NODE));
      if (peers.containsKey(node)) {
        problem(
            ConfigKey.NODE,
            "node '" + node + "' is also a peer",
            "remove 'peer." + node + "': a node is not its own peer");
      }
      return Optional.of(
          new Identity(cluster, node, link(node, links), peers, furtherLinks, witnesses(node)));
    } catch (IllegalArgumentException e) {
      problem(ConfigKey.NODE, String.valueOf(e.getMessage()), "set 'node' to this node's name");
      return Optional.empty();
    }
  }

  private SortedSet<NodeId> witnesses(NodeId self) {
    List<String> known =
        Stream.concat(Stream.of(self), peers.keySet().stream()).map(NodeId::name).toList();
    SortedSet<NodeId> witnesses = new TreeSet<>();
    for (String name : value(ConfigKey.WITNESS).split("[,\\s]+", -1)) {
      if (known.contains(name)) {
        witnesses.add(new NodeId(name));
      } else if (!name.isEmpty()) {
        problem(
            ConfigKey.WITNESS,
            "witness '" + name + "' is neither this node nor a peer",
            NearestWord.of(name, known)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("name one of " + String.join(", ", known)));
      }
    }
    return witnesses;
  }

  private int port(ConfigKey key, int least) {
    String text = value(key);
    if (text.matches("\\d{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= least && port <= 65_535) {
        return port;
      }
    }
    problem(key, "'" + text + "' is not a port", "use a number from " + least + " to 65535");
    return least;
  }

  private int freeSpace() {
    String text = value(ConfigKey.LOG_FREE_SPACE);
    int size = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
    if (size != 0 && (size < 16 || size > 65_536)) {
      problem(
          ConfigKey.LOG_FREE_SPACE,
          "'" + text + "' is not a number of MiB",
          "use 0, or a number from 16 to 65536");
      return 0;
    }
    return size;
  }

  private int fragment() {
    String text = value(ConfigKey.FRAGMENT);
    int size = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    if (size < MembershipConfig.MIN_FRAGMENT || size > MembershipConfig.MAX_FRAGMENT) {
      problem(
          ConfigKey.FRAGMENT,
          "'" + text + "' is not a size of fragments",
          "use a number from "
              + MembershipConfig.MIN_FRAGMENT
              + " to "
              + MembershipConfig.MAX_FRAGMENT);
      return MembershipConfig.MIN_FRAGMENT;
    }
    return size;
  }

  private Duration hangAfter() {
    return value(ConfigKey.HANG_AFTER).equals("0")
        ? Duration.ZERO
        : duration(ConfigKey.HANG_AFTER, 3_000, 600_000);
  }

  private Duration duration(ConfigKey key, long least, long most) {
    Duration duration = Durations.parse(value(key)).orElse(Duration.ZERO);
    if (duration.toMillis() < least || duration.toMillis() > most) {
      problem(
          key,
          "'" + key.text() + "' cannot be '" + value(key) + "'",
          "use "
              + Durations.text(Duration.ofMillis(least))
              + " to "
              + Durations.text(Duration.ofMillis(most))
              + ", as '"
              + key.standard()
              + "'");
      return Duration.ofMillis(least);
    }
    return duration;
  }

  private Path directory(ConfigKey key) {
    Path path = Path.of(value(key));
    if (!path.isAbsolute()) {
      problem(key, "'" + path + "' is not an absolute path", "start it with '/'");
    }
    return path;
  }

  private boolean auto(ConfigKey key) {
    String text = value(key);
    if (!text.equals("auto") && !text.equals("off")) {
      problem(key, "'" + text + "' is neither auto nor off", "use auto or off");
    }
    return text.equals("auto");
  }

  private String logLevel() {
    String level = value(ConfigKey.LOG_LEVEL);
    if (!List.of("error", "warn", "info", "debug", "trace").contains(level)) {
      problem(
          ConfigKey.LOG_LEVEL,
          "'" + level + "' is not a level",
          "use error, warn, info, debug or trace");
    }
    return level;
  }

  private LogTarget logTarget() {
    String text = value(ConfigKey.LOG_TARGET);
    return LogTarget.parse(text)
        .orElseGet(() -> {
          problem(ConfigKey.LOG_TARGET, "no log can go to '" + text + "'", LogTarget.forms());
          return new LogTarget.Standard();
        });
  }

  private void crossRules(DaemonConfig config) {
    DaemonConfig.Ports ports = config.ports();
    if (ports.raft() == ports.admin()
        || ports.admin() == ports.metrics()
        || ports.raft() == ports.metrics()) {
      problem(
          ConfigKey.ADMIN_PORT,
          "raft.port, admin.port and metrics.port must differ",
          "give each its own TCP port");
    }
    DaemonConfig.Timing timing = config.timing();
    if (timing.grace().compareTo(timing.token().multipliedBy(2)) < 0) {
      problem(
          ConfigKey.GRACE,
          "node.grace must be at least twice ring.token-timeout",
          "raise it to " + Durations.text(timing.token().multipliedBy(2)));
    }
    if (timing.quorumBound().compareTo(timing.electionShortest().multipliedBy(3)) < 0) {
      problem(
          ConfigKey.QUORUM_BOUND,
          "quorum.bound must be at least three times raft.election-timeout, or an election stops"
              + " services",
          "raise it to " + Durations.text(timing.electionShortest().multipliedBy(3)));
    }
    if (config.socket().toString().length() > LONGEST_SOCKET) {
      problem(
          ConfigKey.RUN_DIRECTORY,
          "the path of a socket in it would be longer than " + LONGEST_SOCKET + " characters",
          "choose a shorter directory");
    }
    config
        .identity()
        .ifPresent(identity -> {
          List<String> all = new ArrayList<>(identity.everyone().values());
          identity.furtherLinks().values().forEach(all::addAll);
          if (all.stream().distinct().count() < all.size()) {
            problem(
                ConfigKey.ADDRESS,
                "two nodes or links have the same address",
                "give each node its own address, on each link");
          }
          linkRule(identity);
        });
  }

  private void linkRule(Identity identity) {
    long counts =
        identity.everyone().keySet().stream()
            .map(n -> identity.furtherLinks().getOrDefault(n, List.of()).size())
            .distinct()
            .count();
    int most = 1 + identity.furtherLinks().values().stream().mapToInt(List::size).max().orElse(0);
    if (counts > 1) {
      problem(
          ConfigKey.ADDRESS,
          "not all nodes have the same number of addresses",
          "give each node one address for each link, in the same order");
    } else if (most > RingPeer.MAX_LINKS) {
      problem(
          ConfigKey.ADDRESS,
          most + " links are too many",
          "use at most " + RingPeer.MAX_LINKS + " addresses");
    }
  }

  private String value(ConfigKey key) {
    return values.getOrDefault(key, key.standard());
  }

  private void problem(ConfigKey key, String what, String remedy) {
    Integer line = lines.get(key);
    problems.add(
        new ConfigProblem(line == null ? file.toString() : file + ":" + line, what, remedy));
  }

  private void problem(int line, String what, String remedy) {
    problems.add(new ConfigProblem(file + ":" + line, what, remedy));
  }
}
