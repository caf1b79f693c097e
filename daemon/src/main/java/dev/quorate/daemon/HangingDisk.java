package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.core.DiskWatch.Verdict;
import dev.quorate.daemon.core.HungDisk;
import dev.quorate.daemon.core.survivor.Survivor;
import dev.quorate.daemon.core.survivor.SurvivorEvent;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
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

  private static final Duration TRY_EVERY = Duration.ofSeconds(3);

  /// A sync that takes longer is a reason not to be relied on.
  private static final Duration PROMPT = Duration.ofSeconds(1);

  private final LogDisk disk;
  private final TwoVoters pair;
  private final DiskTrial trial;
  private final HungDisk policy;
  private Optional<String> objected = Optional.empty();
  private Instant tried = Instant.MIN;
  private volatile boolean closed;

  /// Whether this node has left.
  private volatile boolean left;

  /// Whether it has, or is just about to; both say the same.
  private boolean leaving;

  HangingDisk(DaemonConfig config, LogDisk disk, TwoVoters pair) {
    this.disk = disk;
    this.pair = pair;
    this.trial = new DiskTrial(config.stateDirectory(), disk::now);
    this.policy = new HungDisk(config.hangAfter());
  }

  /// Loads what is needed for leaving as long as the disk gives it: goes the way once, for nobody.
  private static void rehearse() {
    Survivor pair =
        new Survivor(
            SurvivorRecord.founded(), Optional.empty(), Survivor.Phase.PAIRED, true, "none");
    var left = pair.on(new SurvivorEvent.Relieved());
    log.atDebug().addKeyValue("effect", left.effects()).log("a hanging disk is looked out for");
  }

  /// Begins to look.
  void follow() {
    rehearse();
    Thread.ofVirtual()
        .name("log-hangs")
        .start(() -> {
          while (!closed) {
            try {
              step();
            } catch (RuntimeException e) {
              log.atError()
                  .setCause(e)
                  .addKeyValue("code", "HA-PAIR-009")
                  .log("looking after the disk of the log failed");
            }
            rest();
          }
        });
  }

  private void step() {
    if (left) {
      lookForItsEnd();
    } else if (!isLeaving()) {
      look(); // not while it leaves: the word that it goes by must not be renewed
    }
  }

  private synchronized boolean isLeaving() {
    return leaving;
  }

  private void rest() {
    try {
      TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  private void look() {
    if (!disk.now().isBefore(tried.plus(TRY_EVERY))) {
      // Where nothing is decided, nothing is written; and who stands for election waits for another
      // file than the log's.
      tried = disk.now();
      var _ = trial.begin();
    }
    if (!asks()) {
      return;
    }
    Optional<String> objection =
        pair.shell().mayGoOnAlone() ? pair.peerObjects() : Optional.of("the two do not vote");
    stays(objection);
    Optional<String> reason = leave(objection.isEmpty());
    if (reason.isPresent()) {
      var _ =
          pair.shell()
              .relieved(reason.get(), this::still)
              .thenAccept(gone -> settled(gone, reason.get()));
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

  /// Since when the disk has owed an answer, be it to the log or to a trial.
  private Optional<Instant> owes() {
    Optional<Instant> log = disk.owes();
    Optional<Instant> tried = trial.owes();
    return log.isPresent() && tried.isPresent() && tried.get().isBefore(log.get())
        ? tried
        : log.or(() -> tried);
  }

  private synchronized boolean asks() {
    return policy.asks(disk.now(), owes());
  }

  /// At the same time nobody is told that the disk here is well.
  private synchronized Optional<String> leave(boolean relieved) {
    Instant now = disk.now();
    Optional<Instant> owed = owes();
    if (leaving || !policy.leaves(now, owed, relieved)) {
      return Optional.empty();
    }
    leaving = true;
    return Optional.of(
        "the disk of the log has owed an answer for %d ms, and that of the other node is well: this node takes no part until it is well again, and quorated begins anew then; nothing has to be rebuilt"
            .formatted(Duration.between(owed.orElse(now), now).toMillis()));
  }

  /// Whether the word counts that was given, now that it comes to it.
  private synchronized boolean still() {
    return policy.leaves(disk.now(), owes(), true);
  }

  private synchronized void settled(boolean gone, String reason) {
    leaving = gone;
    left = gone;
    if (gone) {
      log.atError()
          .addKeyValue("code", "HA-PAIR-007")
          .addKeyValue("reason", reason)
          .log("the disk of the log hangs: this node takes no part, the other is to go on");
    }
  }

  /// A run of the daemon that has left does not come back: what it had begun to write may come to
  /// the disk yet. The next one reads what there is.
  private void lookForItsEnd() {
    Optional<String> refusal = owes().isEmpty() ? trial.refusal() : Optional.empty();
    if (refusal.isPresent()) {
      closed = true;
      pair.failed(
          "the disk of the log, for which this node had left, answers again and keeps nothing: "
              + refusal.get());
      return;
    }
    boolean keeps = owes().isEmpty() && trial.kept();
    if (policy.isWellAgain(disk.now(), keeps)) {
      closed = true;
      pair.failed(
          "the disk of the log is well again, for which this node had left: it begins anew");
    }
  }

  /// Why the other is not to leave for its disk; empty if this one's has just kept something, and
  /// this node would go on alone, with the databases as well; blocks for a bounded time.
  Optional<String> objection() {
    Optional<String> why = pair.wouldNotGoOn();
    boolean keeps = well() && trial.kept() && well();
    return keeps ? why : Optional.of("its own disk is not well, or it is about to leave itself");
  }

  private synchronized boolean well() {
    boolean prompt = owes().filter(since -> since.plus(PROMPT).isBefore(disk.now())).isEmpty();
    return !leaving && !closed && prompt && disk.verdict() != Verdict.SLOW;
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
