package dev.quorate.agents.core.postgresql.doctor;

import dev.quorate.agents.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Says what about a PostgreSQL will hurt: settings that lose commits, standbys that could not
/// follow, clients and standbys that could not connect, archives that go nowhere.
///
/// The reasons are those of PostgreSQL's manual: chapters on high availability, on write-ahead
/// logging, on client authentication and on `pg_rewind`.
public final class PostgresDoctor {
  private PostgresDoctor() {}

  /// Judges an instance.
  ///
  /// @param server empty if it does not answer
  /// @return what was found, the worst first
  public static List<Finding> examine(
      Optional<ServerSurvey> server, HostSurvey host, ClusterSurvey cluster) {
    List<Finding> findings = new ArrayList<>(HostRules.findings(host));
    if (server.isEmpty()) {
      findings.add(
          Finding.hint(
              "server",
              "it does not answer, so only its files were looked at",
              "ask again when it runs"));
    } else {
      findings.addAll(DurabilityRules.findings(server.get(), cluster));
      findings.addAll(ReplicationRules.findings(server.get(), host, cluster));
      findings.addAll(ArchiveRules.findings(server.get(), host));
      findings.addAll(AccessRules.findings(server.get(), cluster));
    }
    findings.sort(Comparator.comparing(Finding::severity));
    return List.copyOf(findings);
  }
}
