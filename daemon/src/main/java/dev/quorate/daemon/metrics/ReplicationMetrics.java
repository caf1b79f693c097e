package dev.quorate.daemon.metrics;

import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// How far the standbys of what holds data are behind, and for whom commits wait.
final class ReplicationMetrics {
  private final MultiGauge bytes;
  private final MultiGauge missing;
  private final MultiGauge seconds;
  private final MultiGauge sync;
  private volatile Function<ResourceId, Replication> replication = _ -> Replication.UNKNOWN;

  ReplicationMetrics(MeterRegistry registry) {
    bytes = gauge(registry, "lag.bytes", "WAL that a standby's readers do not see yet");
    missing = gauge(registry, "missing.bytes", "WAL that a standby has not got yet");
    seconds =
        gauge(registry, "lag.seconds", "how long the primary has had more than its readers see");
    sync = gauge(registry, "synchronous", "1 if commits are promised to wait for the node");
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String what) {
    return MultiGauge.builder("quorate.replication." + name).description(what).register(registry);
  }

  void follow(Function<ResourceId, Replication> source) {
    replication = source;
  }

  void refresh(ClusterState state) {
    List<MultiGauge.Row<?>> behind = new ArrayList<>();
    List<MultiGauge.Row<?>> lacking = new ArrayList<>();
    List<MultiGauge.Row<?>> times = new ArrayList<>();
    List<MultiGauge.Row<?>> waited = new ArrayList<>();
    for (Primacy primacy : state.primacies().values()) {
      replication
          .apply(primacy.resource())
          .members()
          .forEach((node, member) -> {
            Tags tags = tags(primacy.resource(), node);
            member
                .lag()
                .ifPresent(lag -> {
                  behind.add(MultiGauge.Row.of(tags, lag.unreplayed()));
                  lacking.add(MultiGauge.Row.of(tags, lag.missing()));
                  times.add(MultiGauge.Row.of(tags, lag.behind().toMillis() / 1e3));
                });
          });
      boolean waits = primacy.promise().required() > 0;
      for (NodeId node : state.configuration().hosts()) {
        waited.add(
            MultiGauge.Row.of(
                tags(primacy.resource(), node),
                waits && primacy.promise().members().contains(node) ? 1 : 0));
      }
    }
    bytes.register(behind, true);
    missing.register(lacking, true);
    seconds.register(times, true);
    sync.register(waited, true);
  }

  private static Tags tags(ResourceId resource, NodeId node) {
    return Tags.of("resource", resource.name(), "node", node.name());
  }
}
