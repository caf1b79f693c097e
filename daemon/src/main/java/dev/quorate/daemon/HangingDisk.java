package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.core.DiskWatch.Verdict;
import dev.quorate.daemon.core.HungDisk;
import dev.quorate.daemon.core.PairStanding;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where two vote: takes this node out when the disk of its log hangs and the other would go on,
/// and tells the other the same of this one. [HungDisk] decides.
final class HangingDisk implements AutoCloseable {
  static final String ROUTE = "/v1/log/relief";

  private static final Logger log = LoggerFactory.getLogger(HangingDisk.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final LogDisk disk;
  private final TwoVoters pair;
  private final DiskTrial trial;
  private final HungDisk policy;
  private volatile boolean closed;

  /// Whether this node has left, or is just about to; both say the same.
  private boolean leaving;

  HangingDisk(DaemonConfig config, LogDisk disk, TwoVoters pair) {
    this.disk = disk;
    this.pair = pair;
    this.trial = new DiskTrial(config.stateDirectory());
    this.policy = new HungDisk(config.hangAfter());
  }

  /// Begins to look.
  void follow() {
    Thread.ofVirtual()
        .name("log-hangs")
        .start(() -> {
          while (!closed) {
            look();
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

  private void look() {
    if (!policy.asks(disk.now(), disk.owes())) {
      return;
    }
    boolean both = pair.shell().standing().mode() == PairStanding.Mode.BOTH;
    boolean relieved = both && pair.peerWouldGoOn();
    Optional<String> reason = leave(relieved);
    if (reason.isPresent()) {
      var _ = pair.shell().relieved(reason.get()).thenAccept(left -> settled(left, reason.get()));
    }
  }

  /// At the same time nobody is told that the disk here is well.
  private synchronized Optional<String> leave(boolean relieved) {
    Instant now = disk.now();
    Optional<Instant> owed = disk.owes();
    if (leaving || !policy.leaves(now, owed, relieved)) {
      return Optional.empty();
    }
    leaving = true;
    return Optional.of(
        "the disk of the log has owed an answer for %d ms, and that of the other node is well: this node takes no part until quorated is restarted; nothing has to be rebuilt"
            .formatted(Duration.between(owed.orElse(now), now).toMillis()));
  }

  private synchronized void settled(boolean left, String reason) {
    leaving = left;
    if (left) {
      closed = true;
      log.atError()
          .addKeyValue("code", "HA-PAIR-007")
          .addKeyValue("reason", reason)
          .log("the disk of the log hangs: this node takes no part, the other is to go on");
    }
  }

  /// Whether the other may leave for its disk: this one's has just kept something, and this node
  /// would go on alone; blocks for a bounded time.
  boolean mayRelieve() {
    return pair.shell().wouldGoOn() && well() && trial.kept() && well();
  }

  private synchronized boolean well() {
    return !leaving && disk.verdict() != Verdict.SLOW;
  }

  static String answer(boolean relieves) {
    return ClusterJson.mapper().createObjectNode().put("relieves", relieves).toString();
  }

  static boolean relieves(String answer) {
    try {
      JsonNode json = ClusterJson.mapper().readTree(answer);
      return json.path("relieves").asBoolean(false);
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
