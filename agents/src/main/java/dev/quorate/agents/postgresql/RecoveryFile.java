package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.RecoveryTemplate;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.SyncNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `recovery.conf` of a server before PostgreSQL 12: that it is there makes a standby of it, and a
/// promotion renames it.
final class RecoveryFile {
  static final String NAME = "recovery.conf";

  private final Path path;
  private final Optional<Path> template;
  private ServerSettings settings =
      new ServerSettings("", "", SyncNames.of(List.of(), 0), Optional.empty(), 0);

  RecoveryFile(Path path, Optional<Path> template) {
    this.path = path;
    this.template = template;
  }

  Path path() {
    return path;
  }

  boolean exists() {
    return Files.exists(path);
  }

  /// Whom it shall name from now on.
  void follow(ServerSettings whom) {
    settings = whom;
  }

  /// What shall stand in it.
  String text() throws IOException {
    RecoveryTemplate rest =
        RecoveryTemplate.parse(template.isPresent() ? Files.readString(template.get()) : "");
    return settings.recovery(rest.rest());
  }

  /// Why a server cannot be run with this template; empty if it can.
  ///
  /// @param major the version of the server, as 15
  static Optional<String> refusal(Optional<Path> template, int major) {
    if (template.isEmpty()) {
      return Optional.empty();
    }
    String name = "recovery_template " + template.get();
    boolean read = major < ServerSettings.RECOVERY_IN_SETTINGS;
    String text;
    try {
      text = Files.readString(template.get());
    } catch (IOException e) {
      return read
          ? Optional.of(name + " cannot be read: make it on this node, or remove the parameter")
          : Optional.empty();
    }
    RecoveryTemplate parsed = RecoveryTemplate.parse(text);
    if (read) {
      return parsed.problems().isEmpty()
          ? Optional.empty()
          : Optional.of(name + ": " + String.join("; ", parsed.problems()));
    }
    return parsed.unheard().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s says %s, and PostgreSQL 12 and later read no recovery.conf: move that into postgresql.conf of every node, then remove the parameter with 'hactl resource update RESOURCE recovery_template='"
                .formatted(name, String.join(", ", parsed.unheard())));
  }
}
