package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.core.postgresql.Divergence;
import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.RewindPolicy;
import dev.quorate.agents.core.postgresql.RewindPolicy.Return;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import dev.quorate.agents.linux.MountPoints;
import dev.quorate.agents.process.ProcessOutcome;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a stopped instance back under the present primary.
///
/// A mark beside the data directory stands for as long as its files are in the middle of a change:
/// marked files are never started, and never rewound again, but copied anew. The files that were
/// replaced by a copy are kept, the last ones only.
///
/// A directory that cannot be renamed is copied into in place, but only if it is empty: nothing
/// that may be the last copy of something is removed before its successor is there.
final class Rejoin {
  private static final Logger LOG = LoggerFactory.getLogger(Rejoin.class);
  private static final Duration QUESTION = Duration.ofSeconds(10);
  private static final List<String> LOCAL_FILES =
      List.of(
          "postgresql.conf",
          "pg_hba.conf",
          "pg_ident.conf",
          "postgresql.auto.conf",
          ManagedConfig.FILE);

  private static final String IN_PLACE = "pg_basebackup in place\n";

  private final PostgresParameters parameters;
  private final PostgresInstance instance;
  private final NodeId self;
  private final DivergedWal diverged;
  private final BaseBackup backup;
  private final LoneRecovery recovery;
  private int failedCopies;

  /// Is told the order once the files are about to be changed for it.
  volatile Consumer<MemberOrder> onBegin = _ -> {};

  Rejoin(PostgresParameters parameters, PostgresInstance instance, NodeId self) {
    this.parameters = parameters;
    this.instance = instance;
    this.self = self;
    this.backup = new BaseBackup(instance, ServerSettings.slotOf(self));
    this.recovery = new LoneRecovery(parameters, instance);
    this.diverged = new DivergedWal(parameters, instance, self);
  }

  /// Whether the files were left in the middle of a change.
  boolean isHalfDone() {
    return Files.exists(mark());
  }

  /// How far the copy is that is being made, if one is.
  Optional<String> progress() {
    return backup.progress();
  }

  /// How many copies in a row have failed.
  int failedCopies() {
    return failedCopies;
  }

  /// Says what must be done before this instance may follow. It must be stopped.
  Return decide(Upstream.Answer primary) {
    return ifPossible(need(primary));
  }

  private Return need(Upstream.Answer primary) {
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
    Return way =
        RewindPolicy.decide(
            instance.heldWhileStopped(self, control),
            control.canRewind(),
            primary.identity(),
            primary.history());
    return way instanceof Return.Refuse(var reason)
        ? new Return.Refuse(
            parameters.dataDirectory()
                + ": "
                + reason
                + "; it is left as it is: correct the resource's parameter 'pgdata', or move the"
                + " directory away to have the cluster's data copied there; then 'hactl resource"
                + " cleanup'")
        : way;
  }

  private Return ifPossible(Return way) {
    if (way instanceof Return.Rebuild(var reason)) {
      Optional<String> obstacle = obstacle();
      return obstacle.isPresent() ? new Return.Refuse(reason + ", but " + obstacle.get()) : way;
    }
    return way;
  }

  /// Why a new copy cannot take the place of the data directory, and what to do.
  private Optional<String> obstacle() {
    Path data = parameters.dataDirectory();
    try {
      if (isEmptyDirectory() || isInPlace()) {
        return Optional.empty();
      }
      if (MountPoints.holds(data)) {
        return Optional.of(
            data
                + " is a mount point or lies on another file system than its parent, so that a new"
                + " copy cannot take its place: save what you need of it and empty it, then it is"
                + " copied into");
      }
      List<Path> tablespaces = tablespaces(data);
      return tablespaces.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "a new copy cannot replace its tablespaces "
                  + tablespaces
                  + ": move them and "
                  + data
                  + " away, then it is copied anew");
    } catch (IOException e) {
      return Optional.of("it cannot be told whether " + data + " can be replaced: " + e);
    }
  }

  private static List<Path> tablespaces(Path data) throws IOException {
    Path links = data.resolve("pg_tblspc");
    if (Files.notExists(links)) {
      return List.of();
    }
    List<Path> tablespaces = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(links)) {
      for (Path link : all) {
        tablespaces.add(Files.isSymbolicLink(link) ? Files.readSymbolicLink(link) : link);
      }
    }
    return tablespaces;
  }

  /// Whether what is in the directory is the beginning of a copy and nothing else.
  private boolean isInPlace() throws IOException {
    return isHalfDone() && Files.readString(mark()).equals(IN_PLACE);
  }

  /// Makes the instance able to follow. What it has of its own is kept aside first.
  ///
  /// @param walIsMissing whether the primary no longer has the WAL that would be needed to follow
  /// @param order what an operator said
  /// @return what was done, for a human; empty if nothing had to be
  String run(Upstream upstream, boolean walIsMissing, MemberOrder order, Duration within) {
    instance.endStrays();
    Upstream.Answer primary = upstream.ask(QUESTION);
    Return way = decide(primary);
    if (way instanceof Return.Follow
        && !order.copies()
        && (walIsMissing || (order.returns() && !restoresWal()))
        && lacksWal(upstream, primary, walIsMissing)) {
      way = ifPossible(new Return.Rebuild("the primary no longer has the WAL that it needs"));
    }
    if (order.copies() && !(way instanceof Return.Refuse)) {
      way = ifPossible(new Return.Rebuild("it was ordered"));
    }
    if (!(way instanceof Return.Follow)) {
      Optional<String> kept = keepDiverged(primary, order);
      if (!order.returns() && parameters.rejoin() == RejoinPolicy.MANUAL) {
        throw new PostgresException(
            "it cannot follow, and rejoin=manual waits for 'hactl pg rebuild %s': %s%s"
                .formatted(self, way, kept.map(k -> "; " + k).orElse("")));
      }
    }
    return switch (way) {
      case Return.Follow() -> "";
      case Return.Refuse(var reason) -> throw new PostgresException(reason);
      case Return.Rebuild(var reason) -> {
        onBegin.accept(order);
        copy(upstream, within);
        yield "copied anew: " + reason;
      }
      case Return.Rewind(var fork) -> {
        if (!primary.promoted()) {
          throw new PostgresException("the primary is not promoted yet");
        }
        onBegin.accept(order);
        yield rewind(upstream, fork, primary.history(), within)
            ? "rewound to " + fork
            : "copied anew: it could not be rewound";
      }
    };
  }

  /// Whether the primary has removed what follows on all that is in the files, of which a running
  /// server may not have said everything.
  ///
  /// @param known whether that was found while the instance ran
  private boolean lacksWal(Upstream upstream, Upstream.Answer primary, boolean known) {
    if (primary.promoted() && !primary.mayList()) {
      return known;
    }
    ControlFile control = instance.control();
    Lsn end = instance.heldWhileStopped(self, control).end();
    Optional<Boolean> answer =
        primary.promoted()
            ? upstream.lacks(end, instance.wal(control).nameAt(end), QUESTION)
            : Optional.empty();
    if (known && answer.isEmpty()) {
      throw new PostgresException("the primary does not say whether it has the WAL from " + end);
    }
    return answer.orElse(false);
  }

  /// Why an instance that runs would not be copied, if it were stopped for that, and what to do.
  Optional<String> forbidsCopy(MemberOrder order) {
    return !order.returns() && parameters.rejoin() == RejoinPolicy.MANUAL
        ? Optional.of("rejoin=manual waits for 'hactl pg rebuild " + self + "'")
        : obstacle()
            .map(why ->
                "%s; it goes on answering with what it has: type 'hactl node standby %s' before its files are touched, or name an archive in 'restore_command'"
                    .formatted(why, self));
  }

  /// Keeps what is about to be destroyed, and asks the policy about it.
  ///
  /// @return what was found; empty if nothing of its own is here
  private Optional<String> keepDiverged(Upstream.Answer primary, MemberOrder order) {
    if (isHalfDone() || !instance.hasData()) {
      return Optional.empty();
    }
    List<TimelineHistory.Stretch> own =
        RewindPolicy.own(instance.heldWhileStopped(self, instance.control()), primary.history());
    if (own.isEmpty()) {
      return Optional.empty();
    }
    Divergence divergence = diverged.examine(own);
    String found = divergence.summary();
    try {
      found += ", kept in " + diverged.keep(divergence);
    } catch (IOException e) {
      if (!divergence.isHarmless() && !order.returns()) {
        throw new PostgresException(
            "it has %s, of which no copy can be kept (%s): make room, or type 'hactl pg rebuild %s' to do without"
                .formatted(found, e.getMessage(), self));
      }
      found += ", not kept: " + e.getMessage();
    }
    boolean forbidden =
        parameters.rejoin() == RejoinPolicy.AUTO_IF_NO_DIVERGENCE && !divergence.isHarmless();
    if (forbidden && !order.returns()) {
      throw new PostgresException(
          "it has %s; rejoin=auto-if-no-divergence waits for 'hactl pg rebuild %s'"
              .formatted(found, self));
    }
    return Optional.of(found);
  }

  private boolean rewind(Upstream upstream, Lsn fork, TimelineHistory primary, Duration within) {
    try {
      recovery.run(within);
      RewoundWal wal =
          new RewoundWal(parameters.dataDirectory(), keptWal(), instance.control().segmentSize());
      Path saved = saveLocalFiles(parameters.dataDirectory());
      wal.keep(fork);
      Files.writeString(mark(), "pg_rewind\n");
      ProcessOutcome outcome =
          instance.tool(
              "pg_rewind",
              List.of(
                  "-D",
                  parameters.dataDirectory().toString(),
                  "--source-server=" + upstream.conninfo()),
              within);
      if (!outcome.ok()) {
        copyAfter("pg_rewind failed", outcome.problem(), upstream, within);
        return false;
      }
      wal.giveBack();
      restoreLocalFiles(saved, parameters.dataDirectory());
      if (!wal.reaches(fork, primary) && !restoresWal()) {
        copyAfter(
            "a rewind was not enough",
            "not all of the WAL is there that it replays first, and the primary has no more of it",
            upstream,
            within);
        return false;
      }
      instance.markStandby();
      Files.delete(mark());
      return true;
    } catch (IOException e) {
      throw new PostgresException("the rewind could not be prepared", e);
    }
  }

  /// Whether the server fetches WAL from elsewhere, too. What cannot be told counts as yes: it will
  /// say what it misses.
  boolean restoresWal() {
    if (instance.major() < 12) {
      return true;
    }
    List<String> line = new ArrayList<>(List.of("-D", parameters.configDirectory().toString()));
    line.addAll(parameters.startOptions());
    line.addAll(List.of("-C", "restore_command"));
    ProcessOutcome outcome = instance.tool("postgres", line, QUESTION);
    return !outcome.ok() || !outcome.text().isBlank();
  }

  private void copyAfter(String what, String reason, Upstream upstream, Duration within) {
    LOG.atWarn().addKeyValue("reason", reason).log(what);
    instance.markStandby();
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      throw new PostgresException("it could not be rewound, but " + obstacle.get());
    }
    copy(upstream, within);
  }

  private void copy(Upstream upstream, Duration within) {
    Path data = parameters.dataDirectory();
    failedCopies++;
    try {
      delete(keptWal());
      if (Files.exists(data) && MountPoints.holds(data)) {
        copyInPlace(upstream, within);
      } else {
        copyBeside(upstream, within);
      }
    } catch (IOException e) {
      throw new PostgresException("the copy could not take the place of " + data, e);
    }
    failedCopies = 0;
  }

  /// The directory is empty, or holds the beginning of such a copy.
  private void copyInPlace(Upstream upstream, Duration within) throws IOException {
    Path data = parameters.dataDirectory();
    Files.writeString(mark(), IN_PLACE);
    try (DirectoryStream<Path> begun = Files.newDirectoryStream(data)) {
      for (Path file : begun) {
        delete(file);
      }
    }
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    own(data);
    backup.copy(upstream, data, within);
    if (Files.exists(saved())) {
      restoreLocalFiles(saved(), data);
    }
    instance.markStandby();
    Files.delete(mark());
  }

  private void copyBeside(Upstream upstream, Duration within) throws IOException {
    Path data = parameters.dataDirectory();
    Path fresh = data.resolveSibling(data.getFileName() + ".quorate-new");
    Path old = data.resolveSibling(data.getFileName() + ".quorate-old");
    delete(fresh);
    makeDirectory(fresh);
    backup.copy(upstream, fresh, within);
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
  }

  private Path mark() {
    Path data = parameters.dataDirectory();
    return data.resolveSibling("." + data.getFileName() + ".quorate-rejoin");
  }

  private Path keptWal() {
    Path data = parameters.dataDirectory();
    return data.resolveSibling("." + data.getFileName() + ".quorate-wal");
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

  static void delete(Path tree) throws IOException {
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
