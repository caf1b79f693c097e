package dev.quorate.daemon.metrics;

import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.consensus.Leadership;
import dev.quorate.daemon.cli.Cluster;
import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.daemon.cli.PairFacts;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import dev.quorate.membership.netty.RingCounters;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.ResourceId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/// The daemon's metrics, in Prometheus' text format.
public final class DaemonMetrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final InstantSource clock;
  private final Supplier<NodeFacts> facts;
  private final Supplier<ClusterState> state;
  private final FailoverPhases phases;
  private final Timer paused;
  private final Counter confirmed;
  private final Counter unconfirmed;
  private final MultiGauge nodes;
  private final MultiGauge instances;
  private final MultiGauge failures;
  private Optional<View> lastView = Optional.empty();
  private final LinkMetrics linkMetrics;
  private final LogMetrics logMetrics;
  private final ReplicationMetrics replication;
  private volatile Optional<RingCounters> ring = Optional.empty();

  /// Metrics of one daemon.
  public DaemonMetrics(
      InstantSource clock, Supplier<NodeFacts> facts, Supplier<ClusterState> state) {
    this.clock = clock;
    this.facts = facts;
    this.state = state;
    this.phases = new FailoverPhases(this::phase);
    this.paused =
        Timer.builder("quorate.ring.paused")
            .description("how long this node did not run")
            .register(registry);
    this.confirmed = fencing("true");
    this.unconfirmed = fencing("false");
    this.nodes = multi("quorate.node.presence", "1 for the presence that the cluster agreed on");
    this.instances = multi("quorate.resource.role", "1 for the role of a resource on a node");
    this.linkMetrics = new LinkMetrics(registry);
    this.logMetrics = new LogMetrics(registry);
    this.replication = new ReplicationMetrics(registry);
    this.failures = multi("quorate.resource.fail.count", "failures since the last cleanup");
    bind();
  }

  private void bind() {
    new UptimeMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    for (RingCounters.Count count : RingCounters.Count.values()) {
      FunctionCounter.builder(
              "quorate.ring." + lower(count).replace('_', '.'), count, this::counted)
          .description("since the ring was last started")
          .register(registry);
    }
    gauge("quorate.log.quorate", "whether a leader with a majority is known", this::quorate);
    gauge("quorate.log.leader", "whether this node leads", this::leads);
    gauge("quorate.log.term", "Raft's term", this::term);
    gauge(
        "quorate.log.applied.index",
        "the last position applied",
        () -> facts.get().applied().index());
    gauge(
        "quorate.ring.members",
        "members of the present view",
        () -> facts.get().view().map(v -> v.members().size()).orElse(0));
    gauge(
        "quorate.ring.token.rotation.longest.seconds",
        "the longest that a token ever took to come back",
        () -> ring.map(r -> r.longestRotation().toNanos() / 1e9).orElse(0.0));
    FunctionTimer.builder(
            "quorate.ring.token.rotation",
            this,
            m -> m.ring.map(RingCounters::rotations).orElse(0L),
            m -> m.ring.map(r -> r.rotating().toNanos()).orElse(0L),
            TimeUnit.NANOSECONDS)
        .description("how often a token came back, and how long that took")
        .register(registry);
    gauge("quorate.intents", "actions under way", () -> state.get().intents().size());
    gauge(
        "quorate.configuration.version",
        "version of the configuration",
        () -> state.get().configuration().version());
  }

  private Counter fencing(String isConfirmed) {
    return Counter.builder("quorate.fencings")
        .description("attempts at fencing")
        .tag("confirmed", isConfirmed)
        .register(registry);
  }

  private MultiGauge multi(String name, String what) {
    return MultiGauge.builder(name).description(what).register(registry);
  }

  private void gauge(String name, String what, Supplier<Number> value) {
    Gauge.builder(name, value).description(what).register(registry);
  }

  /// Lets it be seen whether a node of two voters could go on alone.
  public void pair(Supplier<Optional<PairFacts>> pair) {
    gauge(
        "quorate.pair.protected",
        "whether this node could go on without the other: 1, 0, or NaN without two-node=true",
        () -> pair.get().map(p -> p.unprotected().isEmpty() ? 1.0 : 0.0).orElse(Double.NaN));
    gauge(
        "quorate.pair.waiting",
        "whether nothing is decided because the other is waited for, fenced or taken in",
        () -> pair.get().map(p -> p.waiting() ? 1.0 : 0.0).orElse(Double.NaN));
  }

  private Number quorate() {
    return facts.get().quorum() ? 1 : 0;
  }

  private Number leads() {
    return facts.get().leadership() instanceof Leadership.Leader ? 1 : 0;
  }

  private Number term() {
    return switch (facts.get().leadership()) {
      case Leadership.Leader(var term) -> term;
      case Leadership.Follower(var term, _) -> term;
      case Leadership.Leaderless(var term) -> term;
    };
  }

  private void phase(String name, Duration took) {
    Timer.builder("quorate.failover.phase")
        .description("how long the phases of failovers took")
        .tag("phase", name)
        .register(registry)
        .record(took.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// From now on these say whether threads are real-time and memory is locked: 1 if so.
  public void timeliness(Supplier<Boolean> realTime, Supplier<Boolean> memory) {
    gauge(
        "quorate.realtime",
        "whether the threads of the ring are real-time",
        () -> realTime.get() ? 1 : 0);
    gauge(
        "quorate.memory.locked",
        "whether the daemon's memory is locked",
        () -> memory.get() ? 1 : 0);
  }

  /// From now on this says when the node's certificate expires; empty as long as it has none.
  public void certificate(Supplier<Optional<Instant>> until) {
    gauge(
        "quorate.certificate.expiry.seconds",
        "how long the node's certificate is still valid",
        () ->
            until
                .get()
                .map(end -> (Number) Duration.between(Instant.now(), end).toSeconds())
                .orElse(Double.NaN));
  }

  /// Those of the log's files and their disk.
  public LogMetrics log() {
    return logMetrics;
  }

  /// From now on this says who streams from whom.
  public void replication(Function<ResourceId, Replication> source) {
    replication.follow(source);
  }

  /// From now on this says how much room there is where the log is.
  public void logRoom(Supplier<Number> bytes) {
    gauge("quorate.log.free.bytes", "room on the file system of the log", bytes);
  }

  /// From now on the ring's counts and links are these.
  public void ring(RingCounters counters, Supplier<List<Cluster.RingLink>> links) {
    ring = Optional.of(counters);
    linkMetrics.follow(links);
  }

  private double counted(RingCounters.Count count) {
    return ring.map(counters -> counters.get(count)).orElse(0L);
  }

  /// The ring installed a view.
  public synchronized void viewInstalled(View view) {
    for (NodeId node : lastView.map(View::nodes).orElse(List.of())) {
      if (!view.contains(node)) {
        phases.left(clock.instant(), node);
      }
    }
    view.nodes().forEach(phases::back);
    lastView = Optional.of(view);
  }

  /// This node did not run for a while.
  public void paused(Duration howLong) {
    paused.record(howLong.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// A command was applied.
  public void applied(List<ClusterChange> changes) {
    for (ClusterChange change : changes) {
      phases.observe(clock.instant(), change);
      if (change instanceof ClusterChange.FencingRecorded(FencingRecord outcome)) {
        (outcome.confirmed() ? confirmed : unconfirmed).increment();
      }
    }
  }

  /// Everything as text.
  public synchronized String scrape() {
    ClusterState now = state.get();
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    now.nodes()
        .forEach((node, status) ->
            rows.add(
                MultiGauge.Row.of(
                    Tags.of("node", node.name(), "presence", lower(status.presence())), 1)));
    nodes.register(rows, true);
    List<MultiGauge.Row<?>> roles = new ArrayList<>();
    now.instances()
        .forEach((resource, byNode) ->
            byNode.forEach((node, status) ->
                roles.add(
                    MultiGauge.Row.of(
                        Tags.of(
                            "resource",
                            resource.name(),
                            "node",
                            node.name(),
                            "role",
                            lower(status.role()),
                            "certainty",
                            lower(status.certainty())),
                        1))));
    instances.register(roles, true);
    List<MultiGauge.Row<?>> counts = new ArrayList<>();
    now.failCounts()
        .forEach((resource, byNode) ->
            byNode.forEach((node, failure) ->
                counts.add(
                    MultiGauge.Row.of(
                        Tags.of("resource", resource.name(), "node", node.name()),
                        failure.count()))));
    failures.register(counts, true);
    linkMetrics.refresh();
    replication.refresh(now);
    return registry.scrape();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
