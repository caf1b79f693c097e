package dev.quorate.agents.postgresql;

import dev.quorate.agents.process.ProcessOutcome;
import dev.quorate.resource.NodeDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a new database, with the options that were asked for. Never where there is one, and never
/// where the cluster has had one.
final class NewDatabase {
  private static final Logger LOG = LoggerFactory.getLogger(NewDatabase.class);
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final List<String> METHODS = List.of("--auth-host=", "--auth=");

  private final LocalPostgres local;

  NewDatabase(LocalPostgres local) {
    this.local = local;
  }

  /// Makes one, if there may be one.
  ///
  /// @return why none was made; empty if one was
  Optional<String> make() {
    Path data = local.parameters.dataDirectory();
    if (local.instance.hasData() || local.primacy().epoch() > 0) {
      LOG.atWarn()
          .addKeyValue("resource", local.context.resource().id())
          .addKeyValue("file", data)
          .log("no database is made: there is one, or the cluster has had one");
      return Optional.of("there is a database, or the cluster has had one");
    }
    List<String> words = new ArrayList<>(List.of("-D", data.toString()));
    words.addAll(local.parameters.initdb());
    ProcessOutcome outcome = local.instance.tool("initdb", words, PATIENCE);
    if (!outcome.ok()) {
      throw new PostgresException("no database could be made: " + outcome.problem());
    }
    try {
      admit(data);
    } catch (IOException e) {
      throw new PostgresException("pg_hba.conf cannot be written", e);
    }
    LOG.atInfo()
        .addKeyValue("resource", local.context.resource().id())
        .addKeyValue("file", data)
        .log("a new database was made");
    return Optional.empty();
  }

  /// Lets the other members in, by the method that was asked for; by none if none was.
  private void admit(Path data) throws IOException {
    Optional<String> method =
        METHODS.stream()
            .flatMap(m ->
                local.parameters.initdb().stream()
                    .filter(w -> w.startsWith(m))
                    .map(w -> w.substring(m.length())))
            .findFirst();
    if (method.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder("# The other members, written by Quorate.\n");
    for (NodeDefinition node : local.state.configuration().nodes().values()) {
      if (!node.witness() && !node.id().equals(local.context.self())) {
        lines.append(
            "host all,replication %s %s %s\n"
                .formatted(local.parameters.replicationUser(), mask(node.address()), method.get()));
      }
    }
    Files.writeString(data.resolve("pg_hba.conf"), lines, StandardOpenOption.APPEND);
  }

  private static String mask(String address) {
    return address.contains(":")
        ? address + "/128"
        : address.matches("[0-9.]+") ? address + "/32" : address;
  }
}
