package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Draft.accepted;
import static dev.quorate.resource.core.state.Draft.refused;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Absence;
import dev.quorate.resource.ClusterCommand.ReportView;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.NodeStatus.Verdict;
import dev.quorate.resource.TwoNodes;
import dev.quorate.resource.ViewReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Who is gone: each voter states whom its ring contains, and what a majority of the voters states
/// counts. Think of a meeting over bad telephone lines: nobody is struck off the list because one
/// participant cannot hear him.
///
/// Invariants:
/// - the last report of each voter counts, made in its present life and while it is online;
/// - a single refused connection proves that a machine lives, whatever the others say; a single
///   answer of its daemon proves more, and such a node is not lost however long the ring misses it;
/// - at most a minority of the voters is lost at any time. Where more could be, those whom the
///   fewest see are lost first, and of them the highest names: every node decides alike. The
///   reports of a lost node no longer count, so that of two halves of a torn ring only one judges;
/// - two nodes that miss only each other are both kept: a ring contains at most one of them sooner
///   or later, and then its members are a majority that says which.
///
/// A node that was lost or whose daemon was gone is back as soon as a majority sees the same life
/// again, unless that life must end by fencing.
final class ViewRules {
  private static final String CUT_OFF = "its daemon answers, and the ring does not hear it";

  private ViewRules() {}

  static CommandAnswer report(Draft draft, ReportView command) {
    ViewReport report = command.report();
    NodeId reporter = report.reporter();
    Optional<NodeStatus> status = draft.node(reporter);
    if (status.isEmpty()
        || !status.get().incarnation().equals(report.incarnation())
        || !mayReport(status.get().presence())) {
      return NodeRules.notInThatLife(reporter, "report a view");
    }
    ViewReport last = draft.views.get(reporter);
    if (last != null
        && last.incarnation().equals(report.incarnation())
        && last.sequence() >= report.sequence()) {
      return refused(
          "HA-NODE-010",
          "report %d of %s is older than its report %d"
              .formatted(report.sequence(), reporter, last.sequence()),
          "");
    }
    draft.views.put(reporter, report);
    welcomeBack(draft, reporter);
    judge(draft);
    return accepted();
  }

  private static boolean mayReport(Presence presence) {
    return switch (presence) {
      case ONLINE, DAEMON_GONE, LOST -> true;
      case NEVER_SEEN, LEFT, FENCED -> false;
    };
  }

  private static void judge(Draft draft) {
    Optional<Finding> next = worst(draft);
    while (next.isPresent()) {
      Finding finding = next.get();
      draft.setPresence(finding.node(), finding.presence(), finding.reason(), Verdict.NONE);
      next = worst(draft);
    }
  }

  /// What the reports make of a node.
  private record Finding(NodeId node, Presence presence, int seenBy, String reason) {
    /// Those whom the fewest see come first, and of them the highest name.
    static final Comparator<Finding> ORDER =
        Comparator.comparingInt(Finding::seenBy)
            .thenComparing(Comparator.comparing(Finding::node).reversed());
  }

  private static Optional<Finding> worst(Draft draft) {
    List<Finding> findings = new ArrayList<>();
    for (NodeId node : draft.configuration().nodes().keySet()) {
      finding(draft, node).ifPresent(findings::add);
    }
    return findings.stream().min(Finding.ORDER);
  }

  private static Optional<Finding> finding(Draft draft, NodeId node) {
    Presence now = draft.node(node).map(NodeStatus::presence).orElse(Presence.NEVER_SEEN);
    if (now != Presence.ONLINE && now != Presence.DAEMON_GONE) {
      return Optional.empty();
    }
    List<ViewReport> counted = counted(draft, node);
    List<ViewReport> missing = counted.stream().filter(r -> r.absent().containsKey(node)).toList();
    if (missing.size() < majority(draft)) {
      return Optional.empty();
    }
    boolean heard = missing.stream().anyMatch(r -> r.absent().get(node) == Absence.ALIVE);
    boolean alive = missing.stream().anyMatch(r -> r.absent().get(node) != Absence.SILENT);
    Presence verdict = alive ? Presence.DAEMON_GONE : Presence.LOST;
    String before = draft.node(node).map(NodeStatus::reason).orElse("");
    boolean same = verdict == now && before.startsWith(CUT_OFF) == heard;
    if (same || (verdict == Presence.LOST && atLimit(draft, node))) {
      return Optional.empty();
    }
    String witnesses = String.join(", ", missing.stream().map(r -> r.reporter().name()).toList());
    String reason =
        heard
            ? CUT_OFF + ", say " + witnesses
            : alive
                ? "its daemon does not answer; the machine does, say " + witnesses
                : "lost by " + witnesses;
    return Optional.of(new Finding(node, verdict, counted.size() - missing.size(), reason));
  }

  private static void welcomeBack(Draft draft, NodeId reporter) {
    for (NodeId node : draft.configuration().nodes().keySet()) {
      draft
          .node(node)
          .filter(s -> mayReturn(draft, node, s))
          .filter(s -> seenAgain(draft, node, s) >= majority(draft))
          .ifPresent(status -> {
            draft.setPresence(node, Presence.ONLINE, "", Verdict.NONE);
            if (!node.equals(reporter)) {
              draft.views.computeIfPresent(node, (_, r) -> withoutAbsent(r));
            }
            if (status.presence() == Presence.LOST) {
              draft.distrustAll(node, "the node was out of sight");
            }
          });
    }
  }

  /// What a node missed while it was out of sight says nothing of the others.
  private static ViewReport withoutAbsent(ViewReport report) {
    return new ViewReport(
        report.reporter(),
        report.incarnation(),
        report.ring(),
        report.sequence(),
        report.members(),
        new TreeMap<>());
  }

  private static boolean mayReturn(Draft draft, NodeId node, NodeStatus status) {
    return switch (status.presence()) {
      case DAEMON_GONE -> true;
      case LOST ->
          status.verdict() == Verdict.NONE
              && draft.fenceOf(node, status.incarnation().bootId()).isEmpty();
      case NEVER_SEEN, ONLINE, LEFT, FENCED -> false;
    };
  }

  /// How many voters see this life of a node, itself included if it reports.
  private static long seenAgain(Draft draft, NodeId node, NodeStatus status) {
    long others =
        counted(draft, node).stream()
            .filter(r -> status.incarnation().equals(r.members().get(node)))
            .count();
    boolean itself =
        voters(draft).contains(node)
            && Optional.ofNullable(draft.views.get(node))
                .filter(r -> r.incarnation().equals(status.incarnation()))
                .isPresent();
    return others + (itself ? 1 : 0);
  }

  /// The reports of the other voters that count.
  private static List<ViewReport> counted(Draft draft, NodeId about) {
    return voters(draft).stream()
        .filter(v -> !v.equals(about))
        .flatMap(v -> Optional.ofNullable(draft.views.get(v)).stream())
        .filter(r -> draft.onlineAs(r.reporter(), r.incarnation()))
        .toList();
  }

  /// Whether somebody who takes part has an answer of the node's daemon.
  static boolean vouchedFor(Draft draft, NodeId node) {
    return draft.views.values().stream()
        .anyMatch(r ->
            r.absent().get(node) == Absence.ALIVE && draft.onlineAs(r.reporter(), r.incarnation()));
  }

  private static List<NodeId> voters(Draft draft) {
    return TwoNodes.voters(draft.configuration(), draft.attributes);
  }

  private static int majority(Draft draft) {
    return voters(draft).size() / 2 + 1;
  }

  /// Whether losing the node as well would leave less than a majority of the voters.
  static boolean atLimit(Draft draft, NodeId node) {
    List<NodeId> voters = voters(draft);
    long lost =
        voters.stream().filter(v -> draft.node(v).filter(NodeStatus::unclean).isPresent()).count();
    return voters.contains(node) && lost + 1 > (voters.size() - 1) / 2;
  }
}
