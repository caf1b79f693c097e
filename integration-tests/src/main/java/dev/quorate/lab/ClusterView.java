package dev.quorate.lab;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Looks at the cluster from outside: `hactl status` for nodes, PostgreSQL itself for roles.
final class ClusterView {
  private static final Pattern ONLINE = Pattern.compile("\\* Online: \\[ (.*?) ]");

  private ClusterView() {}

  /// The nodes that a node's status calls online.
  static List<String> online(Hactl hactl, LabNode asked) {
    Command status = hactl.quietly(asked, "status");
    Matcher line = ONLINE.matcher(status.output());
    return status.ok() && line.find() ? List.of(line.group(1).split(" ")) : List.of();
  }

  /// Whether a node says of itself that it is online and has a quorum.
  static boolean partakes(Hactl hactl, LabNode node) {
    String status = hactl.quietly(node, "status").output();
    Matcher line = ONLINE.matcher(status);
    return status.contains("partition with quorum")
        && line.find()
        && List.of(line.group(1).split(" ")).contains(node.name());
  }

  /// The longest list of online nodes that any node gives.
  static List<String> onlineAnywhere(Hactl hactl, Lab lab) {
    List<String> best = List.of();
    for (LabNode node : lab.nodes()) {
      List<String> seen = online(hactl, node);
      if (seen.size() > best.size()) {
        best = seen;
      }
      if (best.size() == lab.nodes().size()) {
        break;
      }
    }
    return best;
  }

  /// The node whose instance is not in recovery, asked by the virtual address' owner first.
  static Optional<LabNode> primary(Lab lab) {
    for (LabNode node : lab.hosts()) {
      if (writable(node)) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  private static boolean writable(LabNode node) {
    try {
      return !Ledger.inRecovery(node.address());
    } catch (SQLException e) {
      return false; // no answer: not this one
    }
  }

  /// How many standbys stream from the primary.
  static int streaming(Lab lab) {
    return streaming(lab, "true");
  }

  /// Whether that node's instance is a standby that streams from the primary.
  static boolean streams(Lab lab, LabNode standby) {
    return streaming(lab, "client_addr = '" + standby.address() + "'") == 1;
  }

  private static int streaming(Lab lab, String which) {
    return primary(lab)
        .map(p -> {
          try {
            return Integer.parseInt(
                Ledger.ask(
                    p.address(),
                    "select count(*) from pg_stat_replication where state = 'streaming' and "
                        + which));
          } catch (SQLException e) {
            return 0; // it ends just now
          }
        })
        .orElse(0);
  }
}
