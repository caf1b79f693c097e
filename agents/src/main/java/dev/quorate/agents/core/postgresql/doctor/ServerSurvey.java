package dev.quorate.agents.core.postgresql.doctor;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a running server says of itself.
///
/// @param settings every setting by name, in its base unit, as `pg_settings` has it
/// @param written settings of the configuration files, the last one of each name
/// @param wrongLines lines of the configuration files that the server cannot take
/// @param standby whether it is in recovery
/// @param access the lines of `pg_hba.conf`
/// @param roles the database roles that may stream
/// @param archiver what the archiver did, if it ever did anything
/// @param followers under which names others stream from it, each as often as it is used
/// @param heldWal the WAL that its worst slot keeps, in bytes
/// @param exceptions settings that count for some only
public record ServerSurvey(
    SortedMap<String, String> settings,
    SortedMap<String, Written> written,
    List<String> wrongLines,
    boolean standby,
    List<AccessLine> access,
    List<StreamingRole> roles,
    Optional<Archiver> archiver,
    List<String> followers,
    long heldWal,
    List<Exceptional> exceptions) {

  /// A setting where it stands.
  ///
  /// @param value as written
  /// @param place file and line
  public record Written(String value, String place) {}

  /// A setting of `ALTER ROLE` or `ALTER DATABASE`.
  ///
  /// @param role empty text for every role
  /// @param database empty text for every database
  public record Exceptional(String name, String value, String role, String database) {
    /// For whom, as those commands say it; one of the two is named always.
    String whose() {
      return role.isEmpty()
          ? "DATABASE " + database
          : "ROLE " + role + (database.isEmpty() ? "" : " IN DATABASE " + database);
    }
  }

  /// A line of `pg_hba.conf`.
  ///
  /// @param line its number; or where the problem is, if it has one
  /// @param type `local`, `host`, `hostssl`, …
  /// @param databases to which it applies
  /// @param address empty for `local`
  /// @param method of authentication
  /// @param problem why the server does not take it, or empty text
  public record AccessLine(
      int line,
      String type,
      List<String> databases,
      String address,
      String method,
      String problem) {
    /// Copies the list.
    public AccessLine {
      databases = List.copyOf(databases);
    }

    boolean remote() {
      return !type.equals("local") && !address.startsWith("127.") && !address.startsWith("::1");
    }

    boolean streams() {
      return databases.contains("replication");
    }
  }

  /// A role that may stream.
  ///
  /// @param login whether it may connect
  /// @param password `scram`, `md5`, `other` or `none`; `unknown` if it may not be asked
  public record StreamingRole(String name, boolean login, boolean superuser, String password) {}

  /// What the archiver did.
  ///
  /// @param failing whether its last attempt failed
  /// @param file the last that failed, or empty text
  /// @param failures how often in all
  public record Archiver(boolean failing, String file, long failures) {}

  /// Copies the collections.
  public ServerSurvey {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    written = Collections.unmodifiableSortedMap(new TreeMap<>(written));
    wrongLines = List.copyOf(wrongLines);
    access = List.copyOf(access);
    roles = List.copyOf(roles);
    followers = List.copyOf(followers);
    exceptions = List.copyOf(exceptions);
  }

  /// A setting, or empty text if this version has none of this name.
  String setting(String name) {
    return settings.getOrDefault(name, "");
  }

  boolean on(String name) {
    return setting(name).equals("on");
  }

  /// A numeric setting in its base unit.
  long number(String name, long otherwise) {
    String text = setting(name);
    return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : otherwise;
  }

  /// The server's version, as 150004.
  long version() {
    return number("server_version_num", 0);
  }
}
