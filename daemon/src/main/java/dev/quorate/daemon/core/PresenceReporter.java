package dev.quorate.daemon.core;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import dev.quorate.resource.Absence;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.ViewReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Turns ring views into evidence: who is there, who is not, and whether a missing node still
/// answers, by its kernel or by its daemon.
///
/// A report waits for the answers of the kernels of those nodes that take part, so that a restarted
/// daemon is never mistaken for a dead node. Each report is complete and replaces the previous one.
final class PresenceReporter {
  private static final int SILENT_TIMES = 3;

  private final NodeId self;
  private final Incarnation incarnation;
  private final Duration probeAgain;
  private final SortedMap<NodeId, Absence> answers = new TreeMap<>();
  private final SortedSet<NodeId> asked = new TreeSet<>();
  private final SortedMap<NodeId, Integer> returning = new TreeMap<>();
  private @Nullable View view;
  private @Nullable ViewReport proposed;
  private long sequence;

  PresenceReporter(NodeId self, Incarnation incarnation, Duration probeAgain) {
    this.self = self;
    this.incarnation = incarnation;
    this.probeAgain = probeAgain;
  }

  /// A new view: what was found out about absent nodes no longer counts, but for one thing: whose
  /// daemon was gone may be starting it now.
  List<NodeEffect> viewInstalled(View installed, ClusterState state, Outbox outbox) {
    view = installed;
    returning.keySet().removeIf(installed::contains);
    answers.clear();
    asked.clear();
    return review(state, outbox);
  }

  /// A peer's kernel answered, or did not. An answer about another ring is out of date.
  List<NodeEffect> probed(NodeEvent.PeerProbed probe, ClusterState state, Outbox outbox) {
    View current = view;
    if (current == null || !current.id().equals(probe.ring()) || !asked.remove(probe.peer())) {
      return List.of();
    }
    List<NodeEffect> effects = new ArrayList<>();
    Absence result = believed(probe);
    if (result != Absence.SILENT) {
      effects.add(new NodeEffect.SetTimer(probeTimer(probe.peer()), probeAgain));
    }
    boolean changed = answers.put(probe.peer(), result) != result;
    if (changed && asked.isEmpty()) {
      effects.addAll(report(current, state, outbox));
    }
    return effects;
  }

  /// A daemon that starts accepts connections before it answers them: whose daemon was gone a
  /// moment ago is silent only when it has been so [#SILENT_TIMES] in a row.
  private Absence believed(NodeEvent.PeerProbed probe) {
    if (probe.result() != Absence.SILENT) {
      returning.put(probe.peer(), 0);
      return probe.result();
    }
    Integer times = returning.computeIfPresent(probe.peer(), (_, before) -> before + 1);
    return times == null || times >= SILENT_TIMES ? Absence.SILENT : Absence.DAEMON_GONE;
  }

  /// Time to ask an absent node's kernel again.
  List<NodeEffect> probeTimer(NodeId peer, ClusterState state) {
    View current = view;
    if (current == null || current.contains(peer) || !takesPart(state, peer)) {
      return List.of();
    }
    asked.add(peer);
    return List.of(new NodeEffect.ProbePeer(peer, current.id()));
  }

  /// States everything again: a new leader may not have seen it.
  List<NodeEffect> restate(ClusterState state, Outbox outbox) {
    View current = view;
    return current == null || !asked.isEmpty() ? List.of() : report(current, state, outbox);
  }

  /// Asks about nodes that have begun to take part since the view, and reports if nobody has to be
  /// asked.
  List<NodeEffect> review(ClusterState state, Outbox outbox) {
    View current = view;
    if (current == null) {
      return List.of();
    }
    List<NodeEffect> effects = new ArrayList<>();
    for (NodeId node : state.configuration().nodes().keySet()) {
      boolean unknown = !answers.containsKey(node) && !asked.contains(node);
      if (!current.contains(node) && takesPart(state, node) && unknown) {
        asked.add(node);
        effects.add(new NodeEffect.ProbePeer(node, current.id()));
      }
    }
    if (asked.isEmpty() && !stated(state, current)) {
      effects.addAll(report(current, state, outbox));
    }
    return effects;
  }

  private boolean stated(ClusterState state, View current) {
    ViewReport last = state.views().get(self);
    return last != null
        && last.incarnation().equals(incarnation)
        && last.ring().equals(current.id())
        && last.absent().equals(absent(current, state));
  }

  private List<NodeEffect> report(View current, ClusterState state, Outbox outbox) {
    boolean takingPart = state.onlineAs(self, incarnation);
    if (!takingPart) {
      return List.of(); // a report would be refused; joining makes for a new state and a new try
    }
    SortedMap<NodeId, Incarnation> members = new TreeMap<>();
    for (Member member : current.members()) {
      members.put(member.node(), member.incarnation());
    }
    SortedMap<NodeId, Absence> absent = absent(current, state);
    ViewReport same = new ViewReport(self, incarnation, current.id(), sequence, members, absent);
    if (same.equals(proposed) && outbox.isPending("view")) {
      return List.of();
    }
    proposed = new ViewReport(self, incarnation, current.id(), ++sequence, members, absent);
    return outbox.propose("view", new ClusterCommand.ReportView(proposed), true);
  }

  private SortedMap<NodeId, Absence> absent(View current, ClusterState state) {
    SortedMap<NodeId, Absence> absent = new TreeMap<>();
    for (NodeId node : state.configuration().nodes().keySet()) {
      if (!current.contains(node)) {
        absent.put(node, answers.getOrDefault(node, Absence.SILENT));
      }
    }
    return absent;
  }

  private static boolean takesPart(ClusterState state, NodeId node) {
    return state
        .node(node)
        .map(s ->
            s.presence() == NodeStatus.Presence.ONLINE
                || s.presence() == NodeStatus.Presence.DAEMON_GONE)
        .orElse(false);
  }

  private static NodeTimer probeTimer(NodeId peer) {
    return new NodeTimer(NodeTimer.Purpose.PROBE, peer.name());
  }
}
