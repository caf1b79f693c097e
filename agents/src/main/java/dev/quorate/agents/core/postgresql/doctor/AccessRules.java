package dev.quorate.agents.core.postgresql.doctor;

import dev.quorate.agents.Finding;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey.AccessLine;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey.StreamingRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who can connect: clients by the cluster's addresses, standbys, and nobody without a secret.
final class AccessRules {
  private AccessRules() {}

  static List<Finding> findings(ServerSurvey server, ClusterSurvey cluster) {
    List<Finding> findings = new ArrayList<>();
    listening(server, cluster, findings);
    lines(server, findings);
    streaming(server, cluster, findings);
    itself(server, cluster, findings);
    return findings;
  }

  private static void listening(
      ServerSurvey server, ClusterSurvey cluster, List<Finding> findings) {
    List<String> listens =
        List.of(server.setting("listen_addresses").strip().split("\\s*,\\s*", -1));
    boolean local = listens.stream().allMatch(a -> a.isEmpty() || loopback(a));
    if (local) {
      findings.add(
          Finding.error(
                  "listen_addresses",
                  "it is '"
                      + server.setting("listen_addresses")
                      + "': neither clients nor standbys can connect from elsewhere",
                  "set listen_addresses = '*' and restart")
              .with("*"));
      return;
    }
    for (String address : cluster.addresses()) {
      String any = address.contains(":") ? "::" : "0.0.0.0";
      if (!listens.contains("*") && !listens.contains(any) && !listens.contains(address)) {
        findings.add(
            Finding.error(
                    "listen_addresses",
                    "the server does not listen on "
                        + address
                        + ", the address that follows the primary",
                    "set listen_addresses = '*' and restart: an address that comes later is not"
                        + " listened on otherwise")
                .with("*"));
      }
    }
  }

  private static boolean loopback(String address) {
    return address.equals("localhost") || address.startsWith("127.") || address.equals("::1");
  }

  private static void lines(ServerSurvey server, List<Finding> findings) {
    for (AccessLine line : server.access()) {
      String subject = "pg_hba.conf:" + line.line();
      if (!line.problem().isEmpty()) {
        findings.add(
            Finding.error(
                subject,
                "the server cannot take this line: " + line.problem(),
                "correct it: after a reload the old lines stay in force, after a restart it does"
                    + " not come up"));
      } else if (line.method().equals("trust") && line.remote()) {
        findings.add(
            Finding.warning(
                subject,
                "anybody at "
                    + line.address()
                    + " may "
                    + (line.streams() ? "copy the whole database" : "connect")
                    + " without a password (trust)",
                "use scram-sha-256, with a passfile on the standbys"));
      } else if (line.method().equals("ident") && !line.type().equals("local")) {
        findings.add(
            Finding.hint(
                subject,
                "ident believes what the client's machine says of its user",
                "use scram-sha-256"));
      } else if (line.method().equals("password") || line.method().equals("md5")) {
        findings.add(
            Finding.hint(
                subject,
                line.method().equals("md5")
                    ? "md5 is deprecated"
                    : "passwords cross the network as they are",
                "use scram-sha-256"));
      }
    }
  }

  /// The server with the address could connect to itself by it; the missing slot then refuses it,
  /// and says so at each attempt.
  private static void itself(ServerSurvey server, ClusterSurvey cluster, List<Finding> findings) {
    boolean rejects =
        server.access().stream().anyMatch(l -> l.streams() && l.method().equals("reject"));
    if (cluster.primaryAddress().isPresent() && !rejects) {
      findings.add(
          Finding.hint(
              "pg_hba.conf",
              "standbys stream from "
                  + cluster.primaryAddress().get()
                  + ", and no line keeps this server from streaming from itself by it",
              "before the lines that let standbys stream, add 'host replication all %s/32 reject' and the same for this node's own address, and reload"
                  .formatted(cluster.primaryAddress().get())));
    }
  }

  private static void streaming(
      ServerSurvey server, ClusterSurvey cluster, List<Finding> findings) {
    String user = cluster.replicationUser();
    Optional<StreamingRole> role =
        server.roles().stream().filter(r -> r.name().equals(user)).findFirst();
    if (role.isEmpty() || !role.get().login()) {
      findings.add(
          Finding.error(
              "role " + user,
              role.isEmpty()
                  ? "standbys stream as it, and it does not exist or may not replicate"
                  : "standbys stream as it, and it may not log in",
              role.isEmpty()
                  ? "CREATE ROLE " + user + " LOGIN REPLICATION PASSWORD '…'"
                  : "ALTER ROLE " + user + " LOGIN"));
      return;
    }
    if (role.get().superuser() && !user.equals("postgres")) {
      findings.add(
          Finding.hint(
              "role " + user,
              "standbys stream as a superuser",
              "ALTER ROLE "
                  + user
                  + " NOSUPERUSER; pg_rewind then needs the functions granted"
                  + " that its manual page lists"));
    }
    if (role.get().password().equals("md5")) {
      findings.add(
          Finding.hint(
              "role " + user,
              "its password is stored as md5, which is deprecated",
              "set password_encryption = 'scram-sha-256', reload, and give it its password again"));
    }
    boolean may = server.access().stream().anyMatch(l -> l.streams() && l.remote());
    if (!may && cluster.members() > 1) {
      findings.add(
          Finding.error(
              "pg_hba.conf",
              "no line lets a standby on another machine stream",
              "add 'host replication " + user + " ADDRESS/LENGTH scram-sha-256' and reload"));
    }
  }
}
