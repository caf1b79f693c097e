package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.SyncListener;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.core.DiskWatch;
import dev.quorate.daemon.core.DiskWatch.Verdict;
import dev.quorate.daemon.core.SlowLeader;
import dev.quorate.daemon.metrics.LogMetrics;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import dev.quorate.membership.time.MonotonicTime;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches how long the disk takes for this node's log, says so when it is slow, and then lets a
/// node lead whose disk is not, if there is one. Nothing is ever stopped for it.
final class LogDisk implements SyncListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogDisk.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final Duration ASK = Duration.ofMillis(1500);
  private static final Duration HAND_OVER = Duration.ofSeconds(1);
  private static final String ROUTE = "/v1/log/disk";

  private final DaemonConfig config;
  private final Identity identity;
  private final LiveTls tls;
  private final Supplier<ClusterState> state;
  private final LogMetrics metrics;
  private final NodeHost host;
  private final MonotonicTime clock = new MonotonicTime();
  private final DiskWatch watch;
  private final SlowLeader policy = new SlowLeader();
  private volatile Optional<Instant> asked = Optional.empty();
  private volatile Optional<View> view = Optional.empty();
  private volatile String trouble = "";
  private volatile boolean closed;
  private String notHandedOver = "";

  LogDisk(
      DaemonConfig config,
      Identity identity,
      LiveTls tls,
      Supplier<ClusterState> state,
      LogMetrics metrics,
      NodeHost host) {
    this.config = config;
    this.identity = identity;
    this.tls = tls;
    this.state = state;
    this.metrics = metrics;
    this.host = host;
    this.watch = new DiskWatch(config.slowSync());
  }

  @Override
  public void begun() {
    asked = Optional.of(clock.instant());
  }

  @Override
  public void ended(Duration took) {
    asked = Optional.empty();
    synchronized (watch) {
      watch.ended(clock.instant(), took);
    }
    metrics.synced(took, watch.late(took));
  }

  /// Begins to look after the log that was opened.
  void follow(ReplicatedLog replicated) {
    metrics.disk(() -> verdict() == Verdict.SLOW);
    Thread.ofVirtual()
        .name("log-disk")
        .start(() -> {
          while (!closed) {
            look(replicated);
            rest();
          }
        });
  }

  private void rest() {
    try {
      TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  void viewInstalled(View installed) {
    view = Optional.of(installed);
  }

  @Override
  public void close() {
    closed = true;
  }

  /// Why the disk is slow; empty if it is not, as far as is known.
  Optional<String> trouble() {
    String text = trouble;
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  Instant now() {
    return clock.instant();
  }

  /// Since when the disk has owed an answer; empty if it does not.
  Optional<Instant> owes() {
    return asked;
  }

  Verdict verdict() {
    synchronized (watch) {
      return watch.verdict(clock.instant(), asked);
    }
  }

  private void look(ReplicatedLog replicated) {
    Instant now = clock.instant();
    Verdict verdict = verdict();
    judge(now, verdict);
    boolean leads = replicated.leadership() instanceof Leadership.Leader;
    if (policy.asks(now, leads, verdict)) {
      handOver(replicated);
    }
  }

  private void judge(Instant now, Verdict verdict) {
    boolean was = !trouble.isEmpty();
    if (verdict == Verdict.SLOW) {
      String reason;
      synchronized (watch) {
        reason = watch.reason(now, asked);
      }
      trouble =
          "the disk of the log of this node is slow: %s; log.slow-sync is %d ms"
              .formatted(reason, config.slowSync().toMillis());
      if (!was) {
        log.atWarn()
            .addKeyValue("code", "HA-DISK-001")
            .addKeyValue("reason", reason)
            .log("the disk of the log is slow; nothing is stopped for it");
        host.happened(trouble, new TreeMap<>());
      }
    } else if (was) {
      trouble = "";
      notHandedOver = "";
      log.atInfo().log("the disk of the log is not slow any more");
      host.happened("the disk of the log is not slow any more", new TreeMap<>());
    }
  }

  private void handOver(ReplicatedLog replicated) {
    List<NodeId> voters = replicated.members().voters();
    Map<NodeId, Verdict> others = others(voters);
    List<NodeId> successors = policy.successors(voters, others);
    Optional<NodeId> taker =
        new HandOver(replicated, identity.node()).perform(view, successors, HAND_OVER);
    policy.ended(clock.instant(), taker.isPresent());
    if (taker.isPresent()) {
      host.happened(
          "leadership handed over to " + taker.get() + ", since the disk of the log is slow here",
          new TreeMap<>());
      return;
    }
    String reason =
        successors.isEmpty()
            ? "of the others, no majority says that its disk is well: " + others
            : "none of " + successors + " took it";
    if (!reason.equals(notHandedOver)) {
      notHandedOver = reason;
      log.atWarn()
          .addKeyValue("code", "HA-DISK-002")
          .addKeyValue("reason", reason)
          .log("this node leads on with a slow disk");
      host.happened("this node leads on with a slow disk: " + reason, new TreeMap<>());
    }
  }

  /// Asks all at once; who does not answer in time is not in it.
  private Map<NodeId, Verdict> others(List<NodeId> voters) {
    Map<NodeId, Verdict> answers = new ConcurrentSkipListMap<>();
    CompletableFuture<?>[] asking =
        voters.stream()
            .filter(v -> !v.equals(identity.node()))
            .map(v -> CompletableFuture.runAsync(() -> ask(v, answers), Thread::startVirtualThread))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(asking)
        .completeOnTimeout(null, ASK.toMillis(), TimeUnit.MILLISECONDS)
        .join();
    return new TreeMap<>(answers);
  }

  private void ask(NodeId voter, Map<NodeId, Verdict> answers) {
    NodeDefinition defined = state.get().configuration().nodes().get(voter);
    String address = defined == null ? identity.everyone().get(voter) : defined.address();
    if (address == null) {
      return;
    }
    try {
      int port = config.ports().admin();
      JsonNode answer =
          ClusterJson.mapper()
              .readTree(MemberClient.post(tls.context(), address, port, ROUTE, "{}", ASK));
      answers.put(voter, Verdict.valueOf(answer.path("disk").asText()));
    } catch (HactlError | IOException | IllegalArgumentException e) {
      log.atDebug()
          .addKeyValue("node", voter)
          .addKeyValue("reason", e.getMessage())
          .log("disk not asked for");
    }
  }

  /// What a leader is told that asks how the disk here is.
  String answer() {
    return ClusterJson.mapper().createObjectNode().put("disk", verdict().name()).toString();
  }
}
