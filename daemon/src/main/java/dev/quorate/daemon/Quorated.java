package dev.quorate.daemon;

import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.ConfigException;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.http.HttpListener;
import dev.quorate.daemon.linux.Timeliness;
import dev.quorate.daemon.linux.Timeliness.Outcome;
import dev.quorate.daemon.secrets.OwnerOnly;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The daemon. `quorated [--config FILE] [--check]`.
///
/// Exits with 0 when asked to end, 64 for a wrong command line, 69 if a port or directory is not to
/// be had, 70 if the node must not go on, 78 for a wrong configuration.
public final class Quorated {
  private static final Path STANDARD_CONFIG = Path.of("/etc/quorate/quorate.conf");
  private static final Logger log = LoggerFactory.getLogger(Quorated.class);

  private Quorated() {}

  /// Runs the daemon until it is asked to end.
  public static void main(String[] arguments) {
    try {
      run(List.of(arguments));
    } catch (ConfigException e) {
      e.problems().forEach(problem -> System.err.println("quorated: " + problem));
      end(StartFailure.CONFIG, e.problems().getFirst().toString());
    } catch (StartFailure e) {
      System.err.println("quorated: " + e.getMessage());
      end(e.exit(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      String message = e + ": check the directories in the configuration";
      System.err.println("quorated: " + message);
      end(StartFailure.UNAVAILABLE, message);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// `systemctl status` says it too, above what the journal says.
  private static void end(int exit, String message) {
    SystemdNotify.send("STATUS=" + message.replace('\n', ' '));
    Logging.halt(exit);
  }

  private static void run(List<String> arguments) throws IOException, InterruptedException {
    Path file = STANDARD_CONFIG;
    boolean check = false;
    for (int i = 0; i < arguments.size(); i++) {
      switch (arguments.get(i)) {
        case "--config" -> {
          if (i + 1 == arguments.size()) {
            throw new StartFailure(StartFailure.USAGE, "--config needs a file");
          }
          file = Path.of(arguments.get(++i)).toAbsolutePath();
        }
        case "--check" -> check = true;
        case "--version" -> {
          System.out.println("quorated " + Version.TEXT);
          return;
        }
        default ->
            throw new StartFailure(
                StartFailure.USAGE,
                "unknown option '"
                    + arguments.get(i)
                    + "': usage is quorated [--config FILE] [--check] [--version]");
      }
    }
    DaemonConfig config = ConfigFile.read(file);
    if (check) {
      System.out.println(file + " is good");
      return;
    }
    Logging.start(config.logLevel(), config.logTarget());
    makeDirectories(config);
    try (var _ = StateDirectory.claim(config)) {
      serve(config);
    }
  }

  private static void serve(DaemonConfig config) throws IOException, InterruptedException {
    Timeliness timeliness = new Timeliness();
    timeliness.start(config.promptness().realTime(), config.promptness().lockMemory());
    EventHistory history = new EventHistory();
    Lifecycle lifecycle = new Lifecycle(config, AgentCatalog.installed(), history);
    lifecycle
        .metrics()
        .timeliness(
            () -> timeliness.realTime() == Outcome.ON, () -> timeliness.memory() == Outcome.ON);
    HttpListener admin = listen(config, new AdminRoutes(lifecycle.operator()));
    SystemdStatus status =
        new SystemdStatus(lifecycle.operator()::facts, SystemdNotify::send, System::nanoTime);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  MachineShutdown shutdown = MachineShutdown.asSystemdSays();
                  if (shutdown.goesOn()) {
                    status.end("the machine shuts down: leaves the cluster");
                    Operator operator = lifecycle.operator();
                    shutdown.leaveFirst(
                        lifecycle::stop,
                        () -> MachineShutdown.obstacle(operator.facts(), operator.state()));
                  }
                  status.end("ended; the services go on");
                  admin.close();
                  lifecycle.handOver();
                  log.atInfo().log("quorated ends; the services go on");
                  ended.countDown();
                  Logging.halt(0);
                }));
    if (lifecycle.joined()) {
      begin(lifecycle);
    } else {
      config
          .identity()
          .ifPresent(identity ->
              log.atError()
                  .addKeyValue("code", "HA-CONF-060")
                  .addKeyValue("reason", config.secretsDirectory() + " holds no keys")
                  .log("node cannot take part: join again with 'hactl cluster join'"));
      log.atInfo().addKeyValue("reason", config.socket()).log("waiting for cluster setup or join");
    }
    status.start();
    SystemdWatchdog.wanted(System.getenv(), ProcessHandle.current().pid())
        .ifPresent(interval ->
            new SystemdWatchdog(
                    interval, () -> lifecycle.node().map(Node::sinceTurn), SystemdNotify::send)
                .start());
    ended.await();
  }

  private static void makeDirectories(DaemonConfig config) {
    String key = "state.directory";
    Path directory = config.stateDirectory();
    try {
      OwnerOnly.directory(directory);
      key = "run.directory";
      directory = config.runDirectory();
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.UNAVAILABLE,
          "%s cannot be made (%s): make it a directory that user %s may write, or set '%s' in %s"
              .formatted(
                  directory,
                  e instanceof FileSystemException f && f.getReason() != null
                      ? f.getReason()
                      : e.getClass().getSimpleName(),
                  System.getProperty("user.name"),
                  key,
                  config.file()));
    }
  }

  private static HttpListener listen(DaemonConfig config, AdminRoutes routes) {
    try {
      return HttpListener.unix(config.socket(), config.socketGroup(), routes);
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.UNAVAILABLE,
          "cannot listen on %s (%s): end the other daemon, or set 'run.directory' in %s"
              .formatted(config.socket(), e.getMessage(), config.file()));
    }
  }

  private static void begin(Lifecycle lifecycle) {
    try {
      lifecycle.startOrWait();
    } catch (HactlError e) {
      throw new StartFailure(StartFailure.CONFIG, e.message() + ": " + e.hint());
    }
  }
}
