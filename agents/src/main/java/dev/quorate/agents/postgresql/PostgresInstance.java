package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import dev.quorate.agents.core.postgresql.WalVote;
import dev.quorate.agents.core.postgresql.setup.ManagedText;
import dev.quorate.agents.linux.DirectoryProcesses;
import dev.quorate.agents.linux.ProcessExitWatch;
import dev.quorate.agents.process.ProcessOutcome;
import dev.quorate.agents.process.ProcessRunner;
import dev.quorate.agents.process.ProgramCall;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The files and processes of the local instance: start, stop, prove stopped, read.
///
/// Every start is a start as a standby. Every proof of "stopped" is an empty set of processes.
final class PostgresInstance {
  private static final List<String> PROGRAMS =
      List.of("postgres", "pg_waldump", "pg_basebackup", "pg_rewind", "psql");
  private static final Duration TOOL = Duration.ofSeconds(20);
  private static final Duration STRAYS = Duration.ofSeconds(10);
  private static final Duration KILL = Duration.ofSeconds(5);
  private static final long LOG_LIMIT = 8 << 20;
  private static final int LOG_END = 16 << 10;
  private static final int CONTROL_ATTEMPTS = 10;
  private static final int OLDEST = 10;
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int SIGQUIT = 3;
  private static final int SIGUSR1 = 10;
  private static final Pattern STATISTICS_END =
      Pattern.compile("WAL statistics between \\S+ and ([0-9A-F]+/[0-9A-F]+):");
  private static final Pattern ERROR_END = Pattern.compile(" at ([0-9A-F]+/[0-9A-F]+)");

  private final PostgresParameters parameters;
  private final ProcessRunner runner;
  private final ProcessExitWatch watch;
  private final Path log;
  private final ManagedConfig config;
  private final DirectoryProcesses processes;
  private final Strays strays;
  private volatile long logStart;

  PostgresInstance(
      PostgresParameters parameters,
      ProcessRunner runner,
      ProcessExitWatch watch,
      Path workDirectory) {
    this.parameters = parameters;
    this.runner = runner;
    this.watch = watch;
    this.log = log(workDirectory);
    this.config =
        new ManagedConfig(
            parameters.configDirectory(),
            parameters.dataDirectory(),
            parameters.recoveryTemplate());
    this.processes =
        new DirectoryProcesses(parameters.dataDirectory(), List.of("postgres", "postmaster"));
    this.strays = new Strays(parameters.dataDirectory());
  }

  /// What the server writes into that it is started with, unless it has a file of its own.
  static Path log(Path workDirectory) {
    return workDirectory.resolve("postgres.log");
  }

  /// Whether there is a database at all.
  boolean hasData() {
    return Files.exists(parameters.dataDirectory().resolve("PG_VERSION"))
        && Files.exists(parameters.dataDirectory().resolve("global/pg_control"));
  }

  /// The version of PostgreSQL that the data is of, as 15.
  int major() {
    Path file = parameters.dataDirectory().resolve("PG_VERSION");
    try {
      String text = Files.readString(file).strip();
      if (text.matches("[0-9]{2}")) {
        return Integer.parseInt(text);
      }
      throw new PostgresException(file + " says '" + text + "', which is no supported version");
    } catch (IOException e) {
      throw new PostgresException("the version of the data cannot be read", e);
    }
  }

  /// Why this version cannot be run; empty if it can.
  Optional<String> unsupported() {
    Path file = parameters.dataDirectory().resolve("PG_VERSION");
    try {
      String text = Files.readString(file).strip();
      return text.matches("[1-9][0-9]")
          ? RecoveryFile.refusal(parameters.recoveryTemplate(), major())
          : Optional.of(
              "the data is of PostgreSQL %s, and this agent runs %d and later: upgrade it with pg_upgrade"
                  .formatted(text, OLDEST));
    } catch (IOException e) {
      throw new PostgresException("the version of the data cannot be read", e);
    }
  }

  /// Whether it is promoted by a question; before 12 it is by a file and a signal.
  boolean promotesByQuestion() {
    return major() >= ServerSettings.RECOVERY_IN_SETTINGS;
  }

  /// Starts a promotion, and does not wait for it, as `pg_ctl promote` does.
  void promote() {
    Path file = parameters.dataDirectory().resolve("promote");
    try {
      Files.deleteIfExists(file);
      Files.createFile(file);
      postmaster().ifPresent(pid -> processes.signal(pid, SIGUSR1));
    } catch (IOException e) {
      throw new PostgresException("the promotion cannot be asked for", e);
    }
  }

  /// Whether a running standby can be told to stream from somebody else, or must be restarted.
  boolean repointsWhileRunning() {
    return major() >= 13;
  }

  /// The processes of the instance, whoever started them.
  SortedSet<Long> processes() {
    return processes.find();
  }

  /// The living postmaster.
  OptionalLong postmaster() {
    List<String> lines = pidFile();
    if (lines.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long pid = Long.parseLong(lines.getFirst().strip());
      return processes.contains(pid) ? OptionalLong.of(pid) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /// The server without clients that works here, which names itself by the negative of its number.
  OptionalLong singleUser() {
    List<String> lines = pidFile();
    if (lines.isEmpty() || !lines.getFirst().strip().matches("-[0-9]{1,10}")) {
      return OptionalLong.empty();
    }
    long pid = -Long.parseLong(lines.getFirst().strip());
    return processes.contains(pid) ? OptionalLong.of(pid) : OptionalLong.empty();
  }

  /// Calls back once, within a millisecond of the postmaster's end.
  ///
  /// @return whether there is a postmaster to watch
  boolean onPostmasterExit(Runnable listener) {
    OptionalLong pid = postmaster();
    pid.ifPresent(p -> watch.watch(p, listener));
    return pid.isPresent();
  }

  /// Writes the managed settings.
  void configure(ServerSettings settings) {
    try {
      config.write(settings, major());
    } catch (IOException e) {
      throw new PostgresException("cannot write the managed settings", e);
    }
  }

  /// What stands in the file of managed settings.
  ManagedText managed() {
    try {
      return config.kept();
    } catch (IOException e) {
      throw new PostgresException("cannot read the managed settings", e);
    }
  }

  /// Writes the managed settings, with others for the administrator.
  ///
  /// @param added the others
  void configure(ServerSettings settings, SortedMap<String, String> added) throws IOException {
    config.write(settings, added, major());
  }

  /// Lets the running server read its settings again.
  void reload() {
    postmaster().ifPresent(pid -> processes.signal(pid, SIGHUP));
  }

  /// Lets one process of the server read its settings again.
  ///
  /// @param pid who
  /// @return whether it was told
  boolean reload(long pid) {
    return processes.signal(pid, SIGHUP);
  }

  /// Makes the server come up as a standby, whoever starts it.
  void markStandby() {
    try {
      config.markStandby(major());
    } catch (IOException e) {
      throw new PostgresException("it cannot be marked as a standby", e);
    }
  }

  /// Whether it has that mark, and no file asks for its promotion.
  boolean isMarkedStandby() {
    try {
      return config.isMarkedStandby(major());
    } catch (IOException e) {
      throw new PostgresException("its mark as a standby cannot be read", e);
    }
  }

  /// Takes the mark away, from an instance that does not run.
  void unmarkStandby() {
    try {
      config.unmarkStandby();
    } catch (IOException e) {
      throw new PostgresException("its mark as a standby cannot be taken away", e);
    }
  }

  /// Starts the server as a standby and waits until it answers. Kills orphans of an earlier life
  /// first.
  void start(ServerSettings settings, Duration within) {
    long end = System.nanoTime() + within.toNanos();
    SortedSet<Long> left = processes.killAll(KILL);
    if (!left.isEmpty()) {
      throw new PostgresException("processes " + left + " of an earlier life cannot be killed");
    }
    configure(settings);
    markStandby();
    List<String> line = new ArrayList<>();
    line.add(parameters.program("postgres").toString());
    line.add("-D");
    line.add(parameters.configDirectory().toString());
    if (!parameters.configDirectory().equals(parameters.dataDirectory())) {
      line.add("-c");
      line.add("data_directory=" + parameters.dataDirectory());
    }
    line.addAll(parameters.startOptions());
    Process server;
    try {
      Files.deleteIfExists(parameters.dataDirectory().resolve("postmaster.pid"));
      removeSocketLock();
      boundLog();
      logStart = Files.exists(log) ? Files.size(log) : 0;
      server = runner.launch(ProgramCall.of(parameters.systemUser(), within, line), log);
    } catch (IOException e) {
      throw new PostgresException("the server cannot be started", e);
    }
    awaitReady(server, end);
  }

  /// Removes what a killed postmaster left of its socket. The server would heed it as long as any
  /// process has that number: the dead one until its parent takes note, or a stranger after it. One
  /// that is of another database stays, and the server names it.
  private void removeSocketLock() throws IOException {
    Path lock = parameters.socketDirectory().resolve(".s.PGSQL." + parameters.port() + ".lock");
    if (Files.exists(lock)) {
      List<String> lines = Files.readAllLines(lock);
      if (lines.size() > 1 && Path.of(lines.get(1)).equals(parameters.dataDirectory())) {
        Files.delete(lock);
      }
    }
  }

  private void awaitReady(Process server, long end) {
    while (true) {
      List<String> lines = pidFile();
      String state = lines.size() > 7 ? lines.get(7).strip() : "";
      if (state.equals("ready") || state.equals("standby")) {
        return;
      }
      if (!server.isAlive()) {
        throw new PostgresException("the server ended: " + lastWords());
      }
      if (System.nanoTime() > end) {
        throw new PostgresException("the server does not answer yet: " + lastWords());
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /// Stops the server: cleanly if it manages in time, then at once, then by force.
  ///
  /// @param patience for the clean stop
  /// @return who is left; empty is the proof
  SortedSet<Long> stop(Duration patience) {
    OptionalLong postmaster = postmaster();
    if (postmaster.isPresent() && processes.signal(postmaster.getAsLong(), SIGINT)) {
      if (processes.awaitNone(patience).isEmpty()) {
        return processes.find();
      }
    }
    return stopAtOnce();
  }

  /// Ends everything without a checkpoint.
  ///
  /// @return who is left; empty is the proof
  SortedSet<Long> stopAtOnce() {
    OptionalLong postmaster = postmaster();
    if (postmaster.isPresent() && processes.signal(postmaster.getAsLong(), SIGQUIT)) {
      if (processes.awaitNone(Duration.ofMillis(300)).isEmpty()) {
        return processes.find();
      }
    }
    return processes.killAll(KILL);
  }

  /// Whether the server's walreceiver has said at its last attempt that the WAL it asks for is
  /// gone; those that send WAL say such things of others.
  boolean missesWal() {
    List<String> lines = latest(logStart);
    return lines.subList(Math.max(0, lines.size() - 10), lines.size()).stream()
        .filter(l -> l.contains("WAL stream") || l.contains("connect to the primary"))
        .reduce((_, last) -> last)
        .filter(l -> l.contains("has already been removed"))
        .isPresent();
  }

  /// Reads the control file, once more if it was caught half written.
  ControlFile control() {
    Path file = parameters.dataDirectory().resolve("global/pg_control");
    for (int left = CONTROL_ATTEMPTS; ; left--) {
      try {
        return ControlFile.read(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new PostgresException("the control file cannot be read", e);
      } catch (IllegalArgumentException e) {
        if (left == 1) {
          throw new PostgresException(file + " cannot be understood", e);
        }
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  /// What this instance holds, from its files alone. It must be stopped.
  WalVote heldWhileStopped(NodeId self, ControlFile control) {
    WalDirectory wal = wal(control);
    try {
      if (control.state() == ControlFile.State.SHUT_DOWN) {
        TimelineHistory history = wal.history(control.timeline());
        return new WalVote(self, control.identity(), history, afterCheckpoint(control));
      }
      TimelineHistory history = wal.newest(control.timeline());
      Lsn from = Lsn.max(control.checkpoint(), history.endOf(control.timeline()).orElse(Lsn.NONE));
      Lsn known = Lsn.max(control.minRecovery(), control.checkpoint());
      Lsn end = endOfWal(history, from, wal).orElse(known);
      TimelineHistory line = wal.historyAt(Lsn.max(end, known), control.timeline());
      return new WalVote(self, control.identity(), line, Lsn.max(end, known));
    } catch (IOException e) {
      throw new PostgresException("pg_wal cannot be read", e);
    }
  }

  /// What this instance holds, as far as it says while it runs.
  WalVote heldAt(NodeId self, ControlFile control, Lsn end) {
    try {
      return new WalVote(
          self, control.identity(), wal(control).historyAt(end, control.timeline()), end);
    } catch (IOException e) {
      throw new PostgresException("pg_wal cannot be read", e);
    }
  }

  /// A position that only those reach who have the shutdown checkpoint.
  static Lsn afterCheckpoint(ControlFile control) {
    return new Lsn(control.checkpoint().value() + 1);
  }

  /// Where the valid WAL ends, by reading it.
  ///
  /// @param from where a record starts
  private Optional<Lsn> endOfWal(TimelineHistory history, Lsn from, WalDirectory wal) {
    ProcessOutcome outcome =
        tool(
            "pg_waldump",
            List.of(
                "--stats",
                "-p",
                wal.directory().toString(),
                "-t",
                history.timeline().toString(),
                "-s",
                from.toString()),
            TOOL);
    Matcher statistics = STATISTICS_END.matcher(outcome.text());
    if (statistics.find()) {
      return Optional.of(Lsn.parse(statistics.group(1)));
    }
    Optional<Lsn> last = Optional.empty();
    Matcher error = ERROR_END.matcher(outcome instanceof ProcessOutcome.Exited e ? e.errors() : "");
    while (error.find()) {
      last = Optional.of(Lsn.parse(error.group(1)));
    }
    return last;
  }

  WalDirectory wal(ControlFile control) {
    return new WalDirectory(parameters.dataDirectory().resolve("pg_wal"), control.segmentSize());
  }

  /// Which program cannot be started, and what to do about it; empty if all that is needed is
  /// there.
  Optional<String> missingProgram() {
    return PROGRAMS.stream()
        .map(parameters::program)
        .filter(program -> !Files.isExecutable(program))
        .findFirst()
        .map(PostgresInstance::missing);
  }

  private static String missing(Path program) {
    return program
        + " is not there: install PostgreSQL's server programs, or correct the resource's parameter"
        + " 'bindir'";
  }

  /// Runs one of PostgreSQL's programs as the owner of the data.
  ProcessOutcome tool(String program, List<String> arguments, Duration deadline) {
    Path file = parameters.program(program);
    if (!Files.isExecutable(file)) {
      return new ProcessOutcome.NotStarted(missing(file));
    }
    List<String> line = new ArrayList<>();
    line.add(file.toString());
    line.addAll(arguments);
    return runner.run(
        ProgramCall.of(parameters.systemUser(), deadline, line).with(strays.environment()));
  }

  /// Ends what an earlier daemon left writing these files.
  void endStrays() {
    strays.end(STRAYS);
  }

  private List<String> pidFile() {
    try {
      return Files.readAllLines(parameters.dataDirectory().resolve("postmaster.pid"));
    } catch (IOException e) {
      return List.of();
    }
  }

  private void boundLog() throws IOException {
    if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
      Path old = log.resolveSibling("postgres.log.1");
      Files.move(log, old, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /// The last error that the server wrote since it was started.
  private String lastWords() {
    List<String> lines = latest(logStart);
    return lines.stream()
        .filter(l -> l.contains("FATAL") || l.contains("PANIC") || l.contains("ERROR"))
        .reduce((_, b) -> b)
        .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast());
  }

  /// The end of the log.
  ///
  /// @param from where to begin at the earliest
  private List<String> latest(long from) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.min(file.length(), Math.max(from, file.length() - LOG_END)));
      byte[] bytes = new byte[(int) Math.min(LOG_END, file.length() - file.getFilePointer())];
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
