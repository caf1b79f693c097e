package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.setup.ManagedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file of settings that the agent keeps, and the one line that includes it.
///
/// Below its own settings stand those that `pg setup` wrote for the administrator. The
/// administrator's files stay as they are, but for the few in `postgresql.auto.conf` that would
/// defeat the agent's: those are taken out, and the file as it was is kept beside it.
final class ManagedConfig {
  private static final Logger LOG = LoggerFactory.getLogger(ManagedConfig.class);

  /// The file of settings that the cluster keeps, in the data directory.
  static final String FILE = "quorate.conf";

  private static final Pattern OVERRIDES =
      Pattern.compile(
          "\\s*(primary_conninfo|primary_slot_name|synchronous_standby_names"
              + "|recovery_target_timeline|wal_retrieve_retry_interval)\\s*=.*");

  private static final Pattern STANDBY_MODE =
      Pattern.compile("\\s*standby_mode\\s*=?\\s*'?(on|true|yes|1)'?\\s*(#.*)?");

  /// What a server that is asked for its promotion finds, in one version or another.
  private static final List<String> PROMOTIONS = List.of("promote", "fallback_promote");

  private final Path configDirectory;
  private final Path dataDirectory;
  private final RecoveryFile recovery;

  ManagedConfig(Path configDirectory, Path dataDirectory, Optional<Path> recoveryTemplate) {
    this.configDirectory = configDirectory;
    this.dataDirectory = dataDirectory;
    this.recovery = new RecoveryFile(dataDirectory.resolve(RecoveryFile.NAME), recoveryTemplate);
  }

  /// What stands in the file.
  ManagedText kept() throws IOException {
    Path file = dataDirectory.resolve(FILE);
    return ManagedText.parse(Files.exists(file) ? Files.readString(file) : "");
  }

  /// Writes the settings and makes sure that they count. What was added for the administrator
  /// stays.
  ///
  /// @param major the version of the server, as 15
  void write(ServerSettings settings, int major) throws IOException {
    write(settings, kept().added(), major);
  }

  /// Writes the settings and makes sure that they count.
  ///
  /// @param added for the administrator
  /// @param major the version of the server, as 15
  void write(ServerSettings settings, SortedMap<String, String> added, int major)
      throws IOException {
    replace(dataDirectory.resolve(FILE), ManagedText.format(settings.format(major), added));
    if (major < ServerSettings.RECOVERY_IN_SETTINGS) {
      recovery.follow(settings);
      if (recovery.exists()) {
        replace(recovery.path(), recovery.text());
      }
    }
    include();
    takeOutOverrides();
  }

  /// Makes the server come up as a standby, whoever starts it.
  ///
  /// @param major the version of the server, as 15
  void markStandby(int major) throws IOException {
    if (major < ServerSettings.RECOVERY_IN_SETTINGS) {
      replace(recovery.path(), recovery.text());
      return;
    }
    Path signal = signal();
    if (Files.notExists(signal)) {
      Files.createFile(signal);
      own(signal);
    }
  }

  /// Whether the server that runs is a standby for as long as nobody asks for its promotion, and no
  /// file asks for it.
  ///
  /// @param major the version of the server, as 15
  boolean isMarkedStandby(int major) throws IOException {
    if (PROMOTIONS.stream().anyMatch(name -> Files.exists(dataDirectory.resolve(name)))) {
      return false;
    }
    if (major >= ServerSettings.RECOVERY_IN_SETTINGS) {
      return Files.exists(signal());
    }
    return recovery.exists()
        && Files.readAllLines(recovery.path()).stream()
            .anyMatch(l -> STANDBY_MODE.matcher(l).matches());
  }

  private Path signal() {
    return dataDirectory.resolve("standby.signal");
  }

  /// Takes that back.
  void unmarkStandby() throws IOException {
    Files.deleteIfExists(signal());
    Files.deleteIfExists(recovery.path());
  }

  private void include() throws IOException {
    Path main = configDirectory.resolve("postgresql.conf");
    if (Files.notExists(main)) {
      return;
    }
    boolean beside = Files.isSameFile(configDirectory, dataDirectory);
    String line = "include_if_exists '%s'".formatted(beside ? FILE : dataDirectory.resolve(FILE));
    String text = Files.readString(main);
    if (text.lines().noneMatch(l -> l.strip().equals(line))) {
      Files.writeString(main, "\n# Added by Quorate.\n" + line + "\n", StandardOpenOption.APPEND);
      LOG.atInfo().addKeyValue("file", main).log("included the managed settings");
    }
  }

  private void takeOutOverrides() throws IOException {
    Path auto = dataDirectory.resolve("postgresql.auto.conf");
    if (Files.notExists(auto)) {
      return;
    }
    List<String> lines = Files.readAllLines(auto);
    List<String> kept = lines.stream().filter(l -> !OVERRIDES.matcher(l).matches()).toList();
    if (kept.size() < lines.size()) {
      Path copy = dataDirectory.resolve("postgresql.auto.conf.before-quorate");
      Files.copy(auto, copy, StandardCopyOption.REPLACE_EXISTING);
      own(copy);
      replace(auto, String.join("\n", kept) + "\n");
      LOG.atWarn()
          .addKeyValue("file", auto)
          .addKeyValue("copy", copy)
          .log("took out settings that the cluster keeps");
    }
  }

  private void replace(Path file, String text) throws IOException {
    if (Files.exists(file) && Files.readString(file).equals(text)) {
      return;
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
    own(fresh);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Gives a file to whom the data belongs.
  private void own(Path file) throws IOException {
    UserPrincipal owner = Files.getOwner(dataDirectory);
    if (!Files.getOwner(file).equals(owner)) {
      FileOwnerAttributeView view = Files.getFileAttributeView(file, FileOwnerAttributeView.class);
      view.setOwner(owner);
    }
  }
}
