package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.agents.jdbc.PostgresProbe;
import dev.quorate.agents.linux.ProcessExitWatch;
import dev.quorate.agents.process.ProcessOutcome;
import dev.quorate.agents.process.ProcessRunner;
import dev.quorate.agents.process.ProgramCall;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// Real servers for tests: one directory, one loopback address and one socket directory each.
final class TestServers implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(30);
  static final Duration SHORT = Duration.ofSeconds(3);

  /// One server.
  record Server(
      NodeId node,
      String address,
      Path home,
      PostgresParameters parameters,
      PostgresInstance instance,
      PostgresProbe probe) {
    /// How it streams from another.
    ServerSettings follow(Server upstream) {
      return settings(
          ServerSettings.conninfo(node, upstream.address(), parameters.port(), "postgres", ""),
          SyncNames.of(List.of(), 0));
    }

    ServerSettings alone() {
      return settings("", SyncNames.of(List.of(), 0));
    }

    ServerSettings settings(String conninfo, SyncNames names) {
      return new ServerSettings(
          conninfo,
          conninfo.isEmpty() ? "" : ServerSettings.slotOf(node),
          names,
          Optional.of(parameters.socketDirectory().toString()),
          parameters.port());
    }
  }

  final ProcessRunner runner = new ProcessRunner();
  final ProcessExitWatch watch = new ProcessExitWatch();
  static final Path DEBIAN = Path.of("/usr/lib/postgresql/15/bin");

  final Path root;
  private final Path programs;
  final int port;
  private final List<Server> servers = new ArrayList<>();

  /// Servers of Debian's PostgreSQL 15.
  TestServers() throws IOException {
    this(DEBIAN);
  }

  /// Servers of any version.
  ///
  /// @param programs where its programs are
  TestServers(Path programs) throws IOException {
    this.programs = programs;
    root =
        Files.createTempDirectory(
            Files.isWritable(Path.of("/dev/shm")) ? Path.of("/dev/shm") : Path.of("/tmp"),
            "quorate-pg-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
  }

  /// The programs, of which `pg_basebackup` takes its time.
  ///
  /// @param home where they may be put
  static Path slowCopies(Path home) throws IOException {
    Path directory = Files.createDirectory(home.resolve("bin"));
    for (Path level : List.of(home, directory)) {
      Files.setPosixFilePermissions(level, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    try (Stream<Path> programs = Files.list(DEBIAN)) {
      for (Path program : programs.toList()) {
        Files.createSymbolicLink(directory.resolve(program.getFileName()), program);
      }
    }
    Path copy = directory.resolve("pg_basebackup");
    Files.delete(copy);
    Files.writeString(
        copy,
        "#!/bin/sh\nexec %s \"$@\" --max-rate=8M\n".formatted(DEBIAN.resolve("pg_basebackup")));
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    return directory;
  }

  static boolean available() {
    return System.getProperty("user.name").equals("root")
        && Files.isExecutable(DEBIAN.resolve("postgres"));
  }

  static SortedMap<String, String> parameters(Path home, int port) {
    return parameters(DEBIAN, home, port);
  }

  static SortedMap<String, String> parameters(Path programs, Path home, int port) {
    SortedMap<String, String> text = new TreeMap<>();
    text.put("bindir", programs.toString());
    text.put("pgdata", home.resolve("data").toString());
    text.put("pghost", home.resolve("socket").toString());
    text.put("pgport", Integer.toString(port));
    return text;
  }

  /// A server without data.
  Server empty(String name, String address) throws IOException {
    Path home = Files.createDirectory(root.resolve(name));
    Files.createDirectory(home.resolve("socket"));
    Files.createDirectory(home.resolve("work"));
    run("chown", "-R", "postgres", home.toString());
    PostgresParameters parameters = PostgresParameters.parse(parameters(programs, home, port));
    Server server =
        new Server(
            new NodeId(name),
            address,
            home,
            parameters,
            new PostgresInstance(parameters, runner, watch, home.resolve("work")),
            new PostgresProbe(parameters.socketDirectory(), port, "postgres", "postgres"));
    servers.add(server);
    return server;
  }

  /// A server with a new database.
  Server fresh(String name, String address) throws IOException {
    Server server = empty(name, address);
    initialise(server);
    return server;
  }

  /// Makes a new database where there is none.
  void initialise(Server server) throws IOException {
    String data = server.parameters().dataDirectory().toString();
    ok(
        server
            .instance()
            .tool(
                "initdb",
                List.of("-D", data, "--auth-local=peer", "--auth-host=trust", "-N", "-E", "UTF8"),
                LONG));
    address(server);
    Files.writeString(
        Path.of(data, "pg_hba.conf"),
        "host all all 127.0.0.0/8 trust\nhost replication all 127.0.0.0/8 trust\n",
        StandardOpenOption.APPEND);
  }

  /// Gives a server its own address, as an administrator would.
  void address(Server server) throws IOException {
    Files.writeString(
        server.parameters().dataDirectory().resolve("postgresql.conf"),
        """

        listen_addresses = '%s'
        port = %d
        unix_socket_directories = '%s'
        fsync = off
        shared_buffers = 16MB
        log_checkpoints = off
        """
            .formatted(server.address(), port, server.parameters().socketDirectory()),
        StandardOpenOption.APPEND);
  }

  /// In the order in which they were made.
  List<Server> all() {
    return List.copyOf(servers);
  }

  ProcessOutcome sql(Server server, String sql) {
    return runner.run(
        ProgramCall.of(
            "postgres",
            LONG,
            List.of(
                DEBIAN.resolve("psql").toString(),
                "-XAtq",
                "-h",
                server.parameters().socketDirectory().toString(),
                "-p",
                Integer.toString(port),
                "-d",
                "postgres",
                "-c",
                sql)));
  }

  String ask(Server server, String sql) {
    ProcessOutcome outcome = sql(server, sql);
    ok(outcome);
    return outcome.text().strip();
  }

  void run(String... command) {
    ok(runner.run(ProgramCall.of("", LONG, List.of(command))));
  }

  /// Sends a signal to every process of a server; some end by themselves meanwhile.
  void signal(Server server, String signal) {
    for (long pid : server.instance().processes()) {
      run("sh", "-c", "kill %s %d || test ! -e /proc/%d".formatted(signal, pid, pid));
    }
  }

  private static void ok(ProcessOutcome outcome) {
    assertTrue(outcome.ok(), outcome::problem);
  }

  static long millis(Runnable deed) {
    long start = System.nanoTime();
    deed.run();
    return (System.nanoTime() - start) / 1_000_000;
  }

  static void await(String what, BooleanSupplier condition) {
    await(what, LONG, condition);
  }

  static void await(String what, Duration patience, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "never: " + what);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() throws IOException {
    for (Server server : servers) {
      server.probe().close();
      server.instance().stop(SHORT);
    }
    watch.close();
    try (var files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
