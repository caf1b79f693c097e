package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.ByteSize;
import dev.quorate.agents.core.postgresql.DiskSpace;
import dev.quorate.agents.core.postgresql.Topology;
import dev.quorate.resource.TimeText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The agent's parameters, in PAF's words where PAF has them.
///
/// @param bindir where the programs are; empty to look where Debian and Red Hat put them
/// @param configDirectory where `postgresql.conf` is (`pgdata`)
/// @param dataDirectory where the data is (`datadir`)
/// @param socketDirectory where the Unix socket is (`pghost`)
/// @param ownsSocket whether `pghost` was given, so that it may be told to the server
/// @param port the server's port, on every node
/// @param systemUser the operating-system user that owns the data
/// @param databaseUser who asks
/// @param replicationUser who streams
/// @param primaryAddress where standbys find the primary, if not at its node's own address
/// @param replicationOptions more of `primary_conninfo`
/// @param startOptions more of the server's command line
/// @param rejoin what may happen to a member that cannot follow
/// @param topology who streams from whom, and who only keeps a copy
/// @param recoveryTemplate a template of `recovery.conf`, for servers before 12
/// @param diskSpace with how little free space its disks are not well
/// @param initdb options with which a new database is made
/// @param degradeAfter how long commits wait for a standby that is away, with `durability=sync`
public record PostgresParameters(
    Optional<Path> bindir,
    Path configDirectory,
    Path dataDirectory,
    Path socketDirectory,
    boolean ownsSocket,
    int port,
    String systemUser,
    String databaseUser,
    String replicationUser,
    Optional<String> primaryAddress,
    String replicationOptions,
    List<String> startOptions,
    RejoinPolicy rejoin,
    Topology topology,
    Optional<Path> recoveryTemplate,
    DiskSpace diskSpace,
    List<String> initdb,
    Duration degradeAfter) {
  private static final String RECOVERY_TEMPLATE = "recovery_template";
  private static final String DISK_SPACE = "disk-space";
  private static final String DISK_STANDARD = "10%:3%";
  private static final String INITDB = "initdb";
  private static final String DEGRADE_AFTER = "sync-degrade-after";
  private static final String DEGRADE_STANDARD = "5s";
  private static final Duration DEGRADE_LONGEST = Duration.ofHours(1);

  /// Copies the list.
  public PostgresParameters {
    startOptions = List.copyOf(startOptions);
    initdb = List.copyOf(initdb);
  }

  /// Every parameter that the agent knows, with what it means.
  public static SortedMap<String, String> known() {
    SortedMap<String, String> known = new TreeMap<>();
    known.put(
        "bindir", "directory of PostgreSQL's programs; found by itself on Debian and Red Hat");
    known.put(
        "cluster",
        "Debian's name of the instance, as 15/main: where pgdata, datadir and bindir are, unless"
            + " they are given");
    known.put("pgdata", "directory of postgresql.conf, and of the data unless datadir is given");
    known.put("datadir", "data directory, if it is not pgdata");
    known.put("pghost", "directory of the server's Unix socket [/var/run/postgresql]");
    known.put("pgport", "port of the server, the same on every node [5432]");
    known.put("system_user", "operating-system user that owns the data [postgres]");
    known.put("dbuser", "database user for questions, a superuser [postgres]");
    known.put("replication_user", "database user for streaming, rewind and copies [dbuser]");
    known.put(
        "primary_address",
        "an address that follows the primary: standbys stream from it rather than from the address"
            + " of the primary's node");
    known.put(
        "replication_options", "more of primary_conninfo, as 'passfile=/path sslmode=require'");
    known.put("start_opts", "more options for the server, as '-c config_file=/path'");
    known.put(
        "maxlag",
        "with durability=async: most of the last primary's WAL that may be lost with a failover, as"
            + " 16MB or 1E8; 0 for any amount [0]");
    known.put(
        "maxlag-time",
        "with durability=async: the writes of how long a time may be lost, as 10s; 0 for any [0]");
    known.put(
        "rejoin",
        "a member that cannot follow is rewound or copied: auto, auto-if-no-divergence (only if no"
            + " commit of its own is lost with it), manual (after 'hactl pg rebuild') [auto]");
    known.put(
        "upstream",
        "who streams from a standby rather than from the primary, as 'n3:n2 n4:n2'; from the"
            + " primary while that standby does not work");
    known.put("no-promote", "nodes that are never promoted and never waited for, as 'n4 n5'");
    known.put(
        "delay",
        "nodes that replay with a delay, as 'n5:1h'; they are never promoted and never waited for");
    known.put(
        DISK_SPACE,
        "with how little free space the disks of data and WAL make the node's health yellow and red"
            + " (node-health-strategy), in percent; 0%:0% for never ["
            + DISK_STANDARD
            + "]");
    known.put(
        INITDB,
        "options with which 'hactl pg init' makes a new database, as '--locale=en_US.UTF-8"
            + " --encoding=UTF8 --auth=scram-sha-256'");
    known.put(
        DEGRADE_AFTER,
        "with durability=sync: how long commits wait for a synchronous standby that is away, before"
            + " they wait for it no more, from 1s to 1h ["
            + DEGRADE_STANDARD
            + "]");
    known.put(
        RECOVERY_TEMPLATE,
        "a template of recovery.conf on every node, for PostgreSQL 10 and 11. From 12 on there is no"
            + " such file: a template that says more than the cluster itself is refused at the"
            + " start");
    return known;
  }

  /// Everything that is wrong, as sentences.
  public static List<String> problems(SortedMap<String, String> text) {
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, String> entry : text.entrySet()) {
      if (!known().containsKey(entry.getKey())) {
        problems.add(
            "unknown parameter '%s': use one of %s".formatted(entry.getKey(), known().keySet()));
      }
    }
    for (String name : List.of("bindir", "pgdata", "datadir", "pghost", RECOVERY_TEMPLATE)) {
      String path = text.get(name);
      if (path != null && !path.startsWith("/")) {
        problems.add("%s '%s' is not an absolute path: give one".formatted(name, path));
      }
    }
    DebianCluster.problem(text).ifPresent(problems::add);
    if (!text.getOrDefault("pgport", "5432").matches("[1-9][0-9]{0,4}")
        || Integer.parseInt(text.getOrDefault("pgport", "5432")) > 65535) {
      problems.add("pgport '%s' is not a port: use 1 to 65535".formatted(text.get("pgport")));
    }
    if (ByteSize.parse(text.getOrDefault("maxlag", "0")).isEmpty()) {
      problems.add(
          "maxlag '%s' is not an amount of bytes: write it as 16777216, 1E8 or 16MB"
              .formatted(text.get("maxlag")));
    }
    if (TimeText.parse(text.getOrDefault("maxlag-time", "0")).isEmpty()) {
      problems.add(
          "maxlag-time '%s' is not a time: write it as 10, 10s or 2min"
              .formatted(text.get("maxlag-time")));
    }
    if (DiskSpace.parse(text.getOrDefault(DISK_SPACE, DISK_STANDARD)).isEmpty()) {
      problems.add(
          "disk-space '%s' is not YELLOW:RED in percent: write it as 10%%:3%%"
              .formatted(text.get(DISK_SPACE)));
    }
    initdbProblem(text).ifPresent(problems::add);
    Optional<Duration> degrade = TimeText.parse(text.getOrDefault(DEGRADE_AFTER, DEGRADE_STANDARD));
    if (degrade.filter(d -> d.toMillis() >= 1000 && d.compareTo(DEGRADE_LONGEST) <= 0).isEmpty()) {
      problems.add(
          "%s '%s' is not a time from 1s to 1h: write it as 5, 5s or 2min"
              .formatted(DEGRADE_AFTER, text.get(DEGRADE_AFTER)));
    }
    problems.addAll(Topology.problems(text));
    choice(
        text,
        "rejoin",
        Stream.of(RejoinPolicy.values()).map(RejoinPolicy::word).toList(),
        problems);
    if (!text.getOrDefault("primary_address", "x").matches("[A-Za-z0-9:._-]+")) {
      problems.add(
          "primary_address '%s' is neither an address nor a name: give the 'ip' of the resource that follows the primary"
              .formatted(text.get("primary_address")));
    }
    for (String name : List.of("system_user", "dbuser", "replication_user")) {
      if (!text.getOrDefault(name, "x").matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
        problems.add("%s '%s' is not a user name".formatted(name, text.get(name)));
      }
    }
    if (text.getOrDefault("replication_options", "").matches("(?s).*(password\\s*=|[\\n\\r]).*")) {
      problems.add("replication_options must not hold a password: name a passfile instead");
    }
    return problems;
  }

  /// Where the data is comes from the resource, and a password must stand in no parameter.
  private static Optional<String> initdbProblem(SortedMap<String, String> text) {
    return words(text, INITDB).stream()
        .filter(w -> w.matches("-D.*|--pgdata.*|-X.*|--waldir.*|-W|--pwprompt"))
        .findFirst()
        .map(w ->
            "initdb must not hold '%s': the data is where pgdata or datadir says, and nobody can be asked for a password"
                .formatted(w));
  }

  private static List<String> words(SortedMap<String, String> text, String name) {
    return List.of(text.getOrDefault(name, "").strip().split("\\s+")).stream()
        .filter(w -> !w.isEmpty())
        .toList();
  }

  private static void choice(
      SortedMap<String, String> text, String name, List<String> legal, List<String> problems) {
    String value = text.getOrDefault(name, legal.getFirst());
    if (!legal.contains(value)) {
      problems.add("%s '%s' is not known: use one of %s".formatted(name, value, legal));
    }
  }

  /// Reads parameters without problems.
  public static PostgresParameters parse(SortedMap<String, String> written) {
    SortedMap<String, String> text = DebianCluster.spelledOut(written);
    String pgdata = text.getOrDefault("pgdata", "/var/lib/pgsql/data");
    String user = text.getOrDefault("system_user", "postgres");
    String database = text.getOrDefault("dbuser", "postgres");
    return new PostgresParameters(
        Optional.ofNullable(text.get("bindir")).map(Path::of),
        Path.of(pgdata),
        Path.of(text.getOrDefault("datadir", pgdata)),
        Path.of(text.getOrDefault("pghost", "/var/run/postgresql")),
        text.containsKey("pghost"),
        Integer.parseInt(text.getOrDefault("pgport", "5432")),
        user,
        database,
        text.getOrDefault("replication_user", database),
        Optional.ofNullable(text.get("primary_address")),
        text.getOrDefault("replication_options", ""),
        words(text, "start_opts"),
        RejoinPolicy.valueOf(
            text.getOrDefault("rejoin", RejoinPolicy.AUTO.word())
                .toUpperCase(Locale.ROOT)
                .replace('-', '_')),
        Topology.of(text),
        Optional.ofNullable(text.get(RECOVERY_TEMPLATE)).map(Path::of),
        DiskSpace.parse(text.getOrDefault(DISK_SPACE, DISK_STANDARD)).orElseThrow(),
        words(text, INITDB),
        TimeText.parse(text.getOrDefault(DEGRADE_AFTER, DEGRADE_STANDARD)).orElseThrow());
  }

  /// Where a program is.
  ///
  /// @param name of the program
  public Path program(String name) {
    if (bindir.isPresent()) {
      return bindir.get().resolve(name);
    }
    return candidates().stream()
        .map(d -> d.resolve(name))
        .filter(java.nio.file.Files::isExecutable)
        .findFirst()
        .orElse(Path.of("/usr/bin").resolve(name));
  }

  private List<Path> candidates() {
    List<Path> found = new ArrayList<>();
    String version = "";
    try {
      version = java.nio.file.Files.readString(dataDirectory.resolve("PG_VERSION")).strip();
      found.add(Path.of("/usr/lib/postgresql/" + version + "/bin"));
      found.add(Path.of("/usr/pgsql-" + version + "/bin"));
    } catch (java.io.IOException e) {
      // No data yet: any version will do to copy it, the newest first.
      for (int major = 30; major >= 10; major--) {
        found.add(Path.of("/usr/lib/postgresql/" + major + "/bin"));
        found.add(Path.of("/usr/pgsql-" + major + "/bin"));
      }
    }
    return found;
  }
}
