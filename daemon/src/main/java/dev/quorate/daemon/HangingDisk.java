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
  private Optional<String> objected = Optional.empty();

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
    Optional<String> objection = both ? pair.peerObjects() : Optional.of("the two do not vote");
    stays(objection);
    Optional<String> reason = leave(objection.isEmpty());
    if (reason.isPresent()) {
      var _ = pair.shell().relieved(reason.get()).thenAccept(left -> settled(left, reason.get()));
    }
  }

  private void stays(Optional<String> objection) {
    if (objection.isPresent() && !objection.equals(objected)) {
      log.atWarn()
          .addKeyValue("reason", objection.get())
          .log("the disk of the log hangs, and this node stays");
    }
    objected = objection;
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

  /// Why the other is not to leave for its disk; empty if this one's has just kept something, and
  /// this node would go on alone, with the databases as well; blocks for a bounded time.
  Optional<String> objection() {
    return pair.wouldNotGoOn()
        .or(() ->
            well() && trial.kept() && well()
                ? Optional.empty()
                : Optional.of("its own disk is not well, or it is about to leave itself"));
  }

  private synchronized boolean well() {
    return !leaving && disk.verdict() != Verdict.SLOW;
  }

  static String answer(Optional<String> objection) {
    return ClusterJson.mapper()
        .createObjectNode()
        .put("relieves", objection.isEmpty())
        .put("reason", objection.orElse(""))
        .toString();
  }

  /// What [#answer] was given.
  static Optional<String> objection(String answer) {
    try {
      JsonNode json = ClusterJson.mapper().readTree(answer);
      return json.path("relieves").asBoolean(false)
          ? Optional.empty()
          : Optional.of(json.path("reason").asText("it does not say why"));
    } catch (IOException _) {
      return Optional.of("its answer cannot be read");
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
