package dev.quorate.daemon.metrics;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.OperationKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// Measures the phases of a failover from the changes as this node applies them.
///
/// Phases: `detect` (last sign of the node to its loss from the ring), `agree` (ring to committed
/// "lost"), `fence`, `elect`, `promote`, `vip` (start of what depends on the promoted instance).
final class FailoverPhases {
  private final BiConsumer<String, Duration> report;
  private final Map<NodeId, Instant> leftRing = new TreeMap<>();
  private final Map<NodeId, Instant> lost = new TreeMap<>();
  private final Map<String, Instant> elections = new TreeMap<>();
  private final Map<String, Instant> begun = new TreeMap<>();

  FailoverPhases(BiConsumer<String, Duration> report) {
    this.report = report;
  }

  synchronized void left(Instant now, NodeId node) {
    leftRing.put(node, now);
  }

  synchronized void back(NodeId node) {
    leftRing.remove(node);
  }

  synchronized void observe(Instant now, ClusterChange change) {
    switch (change) {
      case ClusterChange.NodeChanged(var node, _, var after) -> {
        if (after.presence() == NodeStatus.Presence.LOST) {
          finish("agree", leftRing.remove(node), now);
          lost.put(node, now);
        }
      }
      case ClusterChange.FencingRecorded(var outcome) -> {
        if (outcome.confirmed()) {
          finish("fence", lost.remove(outcome.target()), now);
        }
      }
      case ClusterChange.ElectionOpened(var resource, _) -> elections.put(resource.name(), now);
      case ClusterChange.ElectionClosed(var resource, _) ->
          finish("elect", elections.remove(resource.name()), now);
      case ClusterChange.IntentBegun(var intent) -> begun.put(intent.id(), now);
      case ClusterChange.IntentFinished(var intent, _) -> finished(intent, now);
      case ClusterChange.IntentDropped(var intent, _) -> begun.remove(intent.id());
      case ClusterChange.ConfigurationChanged _,
          ClusterChange.InstanceChanged _,
          ClusterChange.FailureCounted _,
          ClusterChange.TrustChanged _,
          ClusterChange.PrimacyChanged _,
          ClusterChange.VoteCast _ -> {}
    }
  }

  private void finished(Intent intent, Instant now) {
    Instant since = begun.remove(intent.id());
    if (intent.action() instanceof Action.OperationAction(var kind, _, _)) {
      if (kind == OperationKind.PROMOTE) {
        finish("promote", since, now);
      } else if (kind == OperationKind.START) {
        finish("vip", since, now);
      }
    }
  }

  private void finish(String phase, @org.jspecify.annotations.Nullable Instant since, Instant now) {
    if (since != null) {
      report.accept(phase, Duration.between(since, now));
    }
  }
}
