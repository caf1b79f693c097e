package dev.quorate.agents.jdbc.drill;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/// Where a drill writes, and as whom. A password comes from `PGPASSWORD` or the user's password
/// file, as with PostgreSQL's own programs, and is kept nowhere.
///
/// @param host a name or an address
/// @param sslMode as in PostgreSQL's own `sslmode`
/// @param connectWithin how long a connection may take before it is tried again
/// @param replyWithin how long a commit may take before nobody can tell; whole seconds
public record DrillTarget(
    String host,
    int port,
    String database,
    String user,
    String sslMode,
    Duration connectWithin,
    Duration replyWithin) {
  /// What is no commit of a writer may take longer.
  private static final Duration UNHURRIED = Duration.ofSeconds(60);

  /// The same at another address.
  public DrillTarget at(String other) {
    return new DrillTarget(other, port, database, user, sslMode, connectWithin, replyWithin);
  }

  Connection connect() throws SQLException {
    return connect(replyWithin);
  }

  Connection connectUnhurried() throws SQLException {
    return connect(UNHURRIED);
  }

  private Connection connect(Duration reply) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    String password = System.getenv("PGPASSWORD");
    if (password != null) {
      properties.setProperty("password", password);
    }
    properties.setProperty("ApplicationName", "quorate-drill");
    properties.setProperty("sslmode", sslMode);
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("socketFactory", ImpatientSocketFactory.class.getName());
    properties.setProperty("socketFactoryArg", Long.toString(connectWithin.toMillis()));
    properties.setProperty("socketTimeout", seconds(reply));
    properties.setProperty("loginTimeout", seconds(replyWithin));
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    return DriverManager.getConnection(
        "jdbc:postgresql://" + bracketed + ":" + port + "/" + database, properties);
  }

  private static String seconds(Duration time) {
    return Long.toString(Math.max(1, time.toSeconds()));
  }
}
