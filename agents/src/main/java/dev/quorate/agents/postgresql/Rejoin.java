package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.core.postgresql.RewindPolicy;
import dev.quorate.agents.core.postgresql.RewindPolicy.Return;
import dev.quorate.agents.process.ProcessOutcome;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a stopped instance back under the present primary.
///
/// A mark beside the data directory stands for as long as its files are in the middle of a change:
/// marked files are never started, and never rewound again, but copied anew. The files that were
/// replaced by a copy are kept, the last ones only.
final class Rejoin {
  private static final Logger LOG = LoggerFactory.getLogger(Rejoin.class);
  private static final Duration QUESTION = Duration.ofSeconds(10);
  private static final List<String> LOCAL_FILES =
      List.of("postgresql.conf", "pg_hba.conf", "pg_ident.conf", "postgresql.auto.conf");

  private final PostgresParameters parameters;
  private final PostgresInstance instance;
  private final NodeId self;

  Rejoin(PostgresParameters parameters, PostgresInstance instance, NodeId self) {
    this.parameters = parameters;
    this.instance = instance;
    this.self = self;
  }

  /// Whether the files were left in the middle of a change.
  boolean isHalfDone() {
    return Files.exists(mark());
  }

  /// Says what must be done before this instance may follow. It must be stopped.
  Return decide(Upstream.Answer primary) {
    if (isHalfDone()) {
      return new Return.Rebuild("an earlier rewind or copy was not finished");
    }
    if (!instance.hasData()) {
      if (!isEmptyDirectory()) {
        return new Return.Refuse(
            parameters.dataDirectory() + " holds files that are not a database: empty it");
      }
      return new Return.Rebuild("there is no data yet");
    }
    ControlFile control = instance.control();
    return RewindPolicy.decide(
        instance.heldWhileStopped(self, control),
        control.canRewind(),
        primary.identity(),
        primary.history());
  }

  /// Makes the instance able to follow.
  ///
  /// @param walIsMissing whether the primary no longer has the WAL that would be needed to follow
  /// @return what was done, for a human; empty if nothing had to be
  String run(Upstream upstream, boolean walIsMissing, Duration within) {
    Upstream.Answer primary = upstream.ask(QUESTION);
    Return way = decide(primary);
    if (way instanceof Return.Follow && walIsMissing) {
      way = new Return.Rebuild("the primary no longer has the WAL that it needs");
    }
    if (!(way instanceof Return.Follow) && !parameters.rebuild()) {
      throw new PostgresException("it cannot follow and rejoin=manual forbids more: " + way);
    }
    return switch (way) {
      case Return.Follow() -> "";
      case Return.Refuse(var reason) -> throw new PostgresException(reason);
      case Return.Rebuild(var reason) -> {
        copy(upstream, within);
        yield "copied anew: " + reason;
      }
      case Return.Rewind(var fork) -> {
        if (!primary.promoted()) {
          throw new PostgresException("the primary is not promoted yet");
        }
        yield rewind(upstream, within)
            ? "rewound to " + fork
            : "copied anew: it could not be rewound";
      }
    };
  }

  private boolean rewind(Upstream upstream, Duration within) {
    try {
      Path saved = saveLocalFiles(parameters.dataDirectory());
      Files.writeString(mark(), "pg_rewind\n");
      ProcessOutcome outcome =
          instance.tool(
              "pg_rewind",
              List.of(
                  "-D",
                  parameters.dataDirectory().toString(),
                  "--source-server=" + upstream.conninfo(),
                  "--config-file=" + parameters.configDirectory().resolve("postgresql.conf")),
              within);
      if (!outcome.ok()) {
        LOG.atWarn().addKeyValue("reason", outcome.problem()).log("pg_rewind failed");
        copy(upstream, within);
        return false;
      }
      restoreLocalFiles(saved, parameters.dataDirectory());
      instance.markStandby();
      Files.delete(mark());
      return true;
    } catch (IOException e) {
      throw new PostgresException("the rewind could not be prepared", e);
    }
  }

  private void copy(Upstream upstream, Duration within) {
    Path data = parameters.dataDirectory();
    Path fresh = data.resolveSibling(data.getFileName() + ".quorate-new");
    Path old = data.resolveSibling(data.getFileName() + ".quorate-old");
    try {
      delete(fresh);
      makeDirectory(fresh);
      ProcessOutcome outcome =
          instance.tool(
              "pg_basebackup",
              List.of(
                  "-D",
                  fresh.toString(),
                  "-d",
                  upstream.conninfo(),
                  "-X",
                  "stream",
                  "-c",
                  "fast",
                  "--no-password"),
              within);
      if (!outcome.ok()) {
        throw new PostgresException("pg_basebackup: " + outcome.problem());
      }
      if (Files.exists(saved())) {
        restoreLocalFiles(saved(), fresh);
      } else if (instance.hasData()) {
        restoreLocalFiles(saveLocalFiles(data), fresh);
      }
      Files.writeString(mark(), "pg_basebackup\n");
      if (isEmptyDirectory()) {
        Files.deleteIfExists(data);
      } else {
        delete(old);
        Files.move(data, old, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
      instance.markStandby();
      Files.delete(mark());
    } catch (IOException e) {
      throw new PostgresException("the copy could not take the place of " + data, e);
    }
  }

  private Path mark() {
    Path data = parameters.dataDirectory();
    return data.resolveSibling("." + data.getFileName() + ".quorate-rejoin");
  }

  private Path saved() {
    Path data = parameters.dataDirectory();
    return data.resolveSibling("." + data.getFileName() + ".quorate-conf");
  }

  /// Sets aside the files that belong to this node and not to the database.
  private Path saveLocalFiles(Path from) throws IOException {
    delete(saved());
    Files.createDirectory(saved());
    for (String name : LOCAL_FILES) {
      if (Files.isRegularFile(from.resolve(name))) {
        Files.copy(from.resolve(name), saved().resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        own(saved().resolve(name));
      }
    }
    return saved();
  }

  private void restoreLocalFiles(Path from, Path to) throws IOException {
    for (String name : LOCAL_FILES) {
      if (Files.exists(from.resolve(name))) {
        Files.copy(
            from.resolve(name),
            to.resolve(name),
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.COPY_ATTRIBUTES);
        own(to.resolve(name));
      }
    }
    delete(from);
  }

  private void makeDirectory(Path directory) throws IOException {
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    own(directory);
  }

  private void own(Path file) throws IOException {
    if (!Files.getOwner(file).getName().equals(parameters.systemUser())) {
      Files.getFileAttributeView(file, FileOwnerAttributeView.class)
          .setOwner(
              file.getFileSystem()
                  .getUserPrincipalLookupService()
                  .lookupPrincipalByName(parameters.systemUser()));
    }
  }

  private boolean isEmptyDirectory() {
    if (Files.notExists(parameters.dataDirectory())) {
      return true;
    }
    try (var files = Files.list(parameters.dataDirectory())) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private static void delete(Path tree) throws IOException {
    if (Files.notExists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, java.io.@org.jspecify.annotations.Nullable IOException problem)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
