package dev.quorate.agents.postgresql;

import dev.quorate.agents.Finding;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.doctor.ClusterSurvey;
import dev.quorate.agents.core.postgresql.doctor.CommandPaths;
import dev.quorate.agents.core.postgresql.doctor.HostSurvey;
import dev.quorate.agents.core.postgresql.doctor.HostSurvey.Place;
import dev.quorate.agents.core.postgresql.doctor.PostgresDoctor;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey;
import dev.quorate.agents.core.postgresql.doctor.TimeoutRules;
import dev.quorate.agents.jdbc.ProbeException;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Looks at the local instance for [PostgresDoctor]. Changes nothing and takes no lock.
final class Examination {
  private static final Duration QUESTION = Duration.ofSeconds(5);

  /// Where systemd keeps what starts at boot.
  private static final Path ENABLED = Path.of("/etc/systemd/system/multi-user.target.wants");

  /// Where Debian keeps what of it is a database.
  private static final Path DEBIAN = Path.of("/etc/postgresql");

  /// Debian's units start what is configured there, and nothing else.
  private static final Path DEBIAN_TOOLS = Path.of("/usr/share/postgresql-common");

  private final LocalPostgres local;

  Examination(LocalPostgres local) {
    this.local = local;
  }

  List<Finding> findings() {
    Optional<ServerSurvey> server = Optional.empty();
    if (local.instance.postmaster().isPresent()) {
      try {
        server = Optional.of(local.probe.survey(ManagedConfig.FILE, QUESTION));
      } catch (ProbeException e) {
        return List.of(
            Finding.error(
                "server",
                "it runs and cannot be asked: " + e.getMessage(),
                "see its log; the cluster asks as role '"
                    + local.parameters.databaseUser()
                    + "', which must be a superuser"));
      }
    }
    if (!local.instance.hasData()) {
      return List.of(
          Finding.hint(
              "data",
              "there is no database in " + local.parameters.dataDirectory() + " yet",
              "it is copied from the primary, once there is one"));
    }
    try {
      List<Finding> findings =
          new ArrayList<>(PostgresDoctor.examine(server, host(server), cluster()));
      template().ifPresent(findings::add);
      findings.addAll(
          TimeoutRules.findings(
              timeout(OperationKind.START),
              timeout(OperationKind.STOP),
              timeout(OperationKind.DEMOTE)));
      return List.copyOf(findings);
    } catch (PostgresException e) {
      return List.of(
          Finding.error(
              "pg_control",
              String.valueOf(e.getMessage()),
              "the instance cannot run like this: rebuild this member from the primary"));
    }
  }

  private Optional<Finding> template() {
    Optional<Path> template = local.parameters.recoveryTemplate();
    int major = local.instance.major();
    Optional<Finding> refused =
        RecoveryFile.refusal(template, major)
            .map(why -> Finding.error("recovery_template", why, "put it right on this node"));
    return refused.isPresent() || major < ServerSettings.RECOVERY_IN_SETTINGS
        ? refused
        : template.map(t ->
            Finding.hint(
                "recovery_template",
                t + " is not used: PostgreSQL %d reads no recovery.conf".formatted(major),
                "remove the parameter: hactl resource update %s recovery_template="
                    .formatted(local.context.resource().id())));
  }

  /// As the resource has it, or by default.
  private Duration timeout(OperationKind kind) {
    return Stream.concat(
            local.context.resource().operations().stream(),
            new PostgresAgent().metadata().operations().stream())
        .filter(o -> o.kind() == kind)
        .map(OperationDefinition::timeout)
        .findFirst()
        .orElseThrow();
  }

  private HostSurvey host(Optional<ServerSurvey> server) {
    Path data = local.parameters.dataDirectory();
    SortedMap<String, Place> paths = new TreeMap<>();
    for (String setting : List.of("archive_command", "restore_command")) {
      String command = server.map(s -> s.settings().get(setting)).orElse("");
      List<String> named = new ArrayList<>(CommandPaths.programs(command));
      named.addAll(CommandPaths.directories(command));
      named.forEach(path -> paths.put(path, place(Path.of(path))));
    }
    return new HostSurvey(
        data.toString(), mode(data), paths, boot(), local.instance.control().limits());
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      return "that cannot be read (" + e.getMessage() + ")";
    }
  }

  private static Place place(Path path) {
    if (Files.isDirectory(path)) {
      try {
        return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)
            ? Place.PUBLIC_DIRECTORY
            : Place.PRIVATE_DIRECTORY;
      } catch (IOException e) {
        return Place.FILE;
      }
    }
    return Files.isExecutable(path)
        ? Place.PROGRAM
        : Files.exists(path) ? Place.FILE : Place.ABSENT;
  }

  /// What would start this instance behind the cluster's back. Debian's one unit starts all that
  /// its own files call automatic; others have a unit each.
  private List<String> boot() {
    List<String> found = new ArrayList<>();
    Path configuration = local.parameters.configDirectory();
    Path start = configuration.resolve("start.conf");
    if (configuration.startsWith(DEBIAN)) {
      try {
        if (Files.readAllLines(start).stream().anyMatch(l -> l.strip().equals("auto"))) {
          found.add(start.toString());
        }
      } catch (IOException e) {
        // Not there: Debian takes that for automatic.
        found.add(start.toString());
      }
      return found;
    }
    if (Files.isDirectory(ENABLED)) {
      try (Stream<Path> units = Files.list(ENABLED)) {
        units
            .map(Path::toString)
            .filter(u -> u.matches(".*/postgresql[^/]*\\.service"))
            .filter(u -> !Files.exists(DEBIAN_TOOLS) || !u.matches(".*/postgresql(@.*)?\\.service"))
            .sorted()
            .forEach(found::add);
      } catch (IOException e) {
        found.add(ENABLED + " (cannot be read: " + e.getMessage() + ")");
      }
    }
    return found;
  }

  private ClusterSurvey cluster() {
    ClusterConfiguration configuration = local.state.configuration();
    ResourceDefinition resource = local.context.resource();
    TreeSet<String> addresses = new TreeSet<>();
    for (Constraint constraint : configuration.constraints()) {
      if (constraint instanceof Constraint.Colocation(_, var with, _, var to, _, var score)
          && (to.equals(resource.id()) || to.equals(resource.publicId()))
          && score.compareTo(Score.ZERO) > 0) {
        configuration.resource(with).map(r -> r.parameters().get("ip")).ifPresent(addresses::add);
      }
    }
    int members = (int) configuration.nodes().values().stream().filter(n -> !n.witness()).count();
    return new ClusterSurvey(
        members,
        addresses,
        local.parameters.primaryAddress(),
        local.parameters.replicationUser(),
        local.primacy().promise().required() > 0);
  }
}
