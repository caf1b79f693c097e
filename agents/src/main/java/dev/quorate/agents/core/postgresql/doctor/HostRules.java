package dev.quorate.agents.core.postgresql.doctor;

import dev.quorate.agents.Finding;
import java.util.ArrayList;
import java.util.List;

/// The machine: who may read the data, and who else would start the server.
final class HostRules {
  private HostRules() {}

  static List<Finding> findings(HostSurvey host) {
    List<Finding> findings = new ArrayList<>();
    if (!host.dataMode().matches("rwx(------|r-x---)")) {
      findings.add(
          Finding.error(
              host.dataDirectory(),
              "the data directory has the permissions "
                  + host.dataMode()
                  + ", with which PostgreSQL refuses to start",
              "chmod 0700 " + host.dataDirectory()));
    }
    for (String unit : host.boot()) {
      findings.add(
          Finding.error(
              unit,
              "it starts PostgreSQL when the machine boots, outside the cluster: a former primary"
                  + " would come up beside the new one",
              unit.endsWith("start.conf")
                  ? "write 'manual' into it"
                  : "systemctl disable " + unit.substring(unit.lastIndexOf('/') + 1)));
    }
    return findings;
  }
}
