package dev.quorate.agents.core.postgresql;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// The settings that the agent keeps in an included file of its own.
///
/// @param conninfo how to reach the upstream; empty to receive nothing
/// @param slot the slot to use there; empty for none
/// @param syncNames what commits wait for; set on standbys as well, so that it is in force before
///   the first write after a promotion
/// @param socketDirectory where the socket must be, if the administrator said so
/// @param port the port, if the administrator said where the socket is
/// @param delay how long it waits before it replays; zero for not at all
public record ServerSettings(
    String conninfo,
    String slot,
    SyncNames syncNames,
    Optional<String> socketDirectory,
    int port,
    Duration delay) {

  /// The version that reads no `recovery.conf` any more.
  public static final int RECOVERY_IN_SETTINGS = 12;

  /// Every setting that may stand in the file.
  public static final List<String> NAMES =
      List.of(
          "hot_standby",
          "max_slot_wal_keep_size",
          "port",
          "primary_conninfo",
          "primary_slot_name",
          "recovery_min_apply_delay",
          "recovery_target_timeline",
          "synchronous_standby_names",
          "unix_socket_directories",
          "wal_keep_segments",
          "wal_keep_size",
          "wal_log_hints",
          "wal_receiver_timeout",
          "wal_retrieve_retry_interval",
          "wal_sender_timeout");

  private static final String HEAD = "# Written by Quorate; changes are lost.\n";

  /// Without a delay.
  public ServerSettings(
      String conninfo,
      String slot,
      SyncNames syncNames,
      Optional<String> socketDirectory,
      int port) {
    this(conninfo, slot, syncNames, socketDirectory, port, Duration.ZERO);
  }

  /// The same with another upstream.
  ///
  /// @param other how to reach it; empty to receive nothing
  /// @param self who connects
  public ServerSettings following(String other, NodeId self) {
    return new ServerSettings(
        other, other.isEmpty() ? "" : slotOf(self), syncNames, socketDirectory, port, delay);
  }

  /// The same with other names.
  ///
  /// @param names what commits wait for
  public ServerSettings waitingFor(SyncNames names) {
    return new ServerSettings(conninfo, slot, names, socketDirectory, port, delay);
  }

  /// The upstream's address, in libpq's form.
  ///
  /// @param self who connects, under its own name
  /// @param host the upstream's address
  /// @param port the upstream's port
  /// @param user who streams
  /// @param options more of it, or empty text
  public static String conninfo(NodeId self, String host, int port, String user, String options) {
    return conninfo(self.name(), host, port, user, options);
  }

  /// The upstream's address for questions, rewinding and copying: `pg_basebackup` streams too, and
  /// what it says to have flushed must not count as a standby's answer.
  ///
  /// @param self who connects, under a name that no standby ever has
  /// @param host the upstream's address
  /// @param port the upstream's port
  /// @param user who connects
  /// @param options more of it, or empty text
  public static String copyConninfo(
      NodeId self, String host, int port, String user, String options) {
    return conninfo("quorate:copy:" + self, host, port, user, options);
  }

  private static String conninfo(String name, String host, int port, String user, String options) {
    return "host=%s port=%d user=%s application_name=%s connect_timeout=3 keepalives_idle=2 keepalives_interval=1 keepalives_count=3 %s"
        .formatted(host, port, user, name, options)
        .strip();
  }

  /// The name of a node's slot: legal for PostgreSQL, different for different nodes.
  ///
  /// @param node who uses the slot
  public static String slotOf(NodeId node) {
    return "quorate_"
        + node.name()
            .chars()
            .mapToObj(c ->
                (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                    ? Character.toString(c)
                    : "_%02x".formatted(c))
            .collect(Collectors.joining());
  }

  /// The text of the file, with what that version of PostgreSQL knows.
  ///
  /// @param major as 15
  public String format(int major) {
    StringBuilder text = new StringBuilder();
    text.append(HEAD);
    if (major >= RECOVERY_IN_SETTINGS) {
      line(text, "primary_conninfo", conninfo);
      line(text, "primary_slot_name", slot);
      replaying(text);
    }
    line(text, "synchronous_standby_names", syncNames.setting());
    line(text, "hot_standby", "on");
    line(text, "wal_log_hints", "on");
    line(text, "wal_retrieve_retry_interval", "200ms");
    line(text, "wal_receiver_timeout", "10s");
    line(text, "wal_sender_timeout", "10s");
    if (major >= 13) {
      line(text, "wal_keep_size", "128MB");
      line(text, "max_slot_wal_keep_size", "4GB");
    } else {
      line(text, "wal_keep_segments", "8");
    }
    socketDirectory.ifPresent(directory -> {
      line(text, "unix_socket_directories", directory);
      line(text, "port", Integer.toString(port));
    });
    return text.toString();
  }

  /// How it replays what it gets.
  private void replaying(StringBuilder text) {
    line(text, "recovery_target_timeline", "latest");
    if (delay.isPositive()) {
      line(text, "recovery_min_apply_delay", delay.toMillis() + "ms");
    }
  }

  /// The text of `recovery.conf`, which makes a standby of a server before 12.
  ///
  /// @param rest what an administrator's template says besides
  public String recovery(SortedMap<String, String> rest) {
    StringBuilder text = new StringBuilder(HEAD);
    line(text, "standby_mode", "on");
    if (!conninfo.isEmpty()) {
      line(text, "primary_conninfo", conninfo);
      line(text, "primary_slot_name", slot);
    }
    replaying(text);
    rest.forEach((name, value) -> line(text, name, value));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(" = '").append(value.replace("'", "''")).append("'\n");
  }
}
