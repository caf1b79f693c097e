package dev.quorate.agents.postgresql;

import dev.quorate.agents.jdbc.PostgresProbe;
import dev.quorate.agents.jdbc.ProbeException;
import dev.quorate.consensus.LogPosition;
import java.time.Duration;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A standby that an operator wants left alone, when the quorum is lost: it goes on, as no commit
/// can come of it. Only a certain one does, and only as long as it is one.
///
/// That it says so is not enough: one that is being promoted says so until it takes writes.
final class SparedStandby {
  private static final Logger LOG = LoggerFactory.getLogger(SparedStandby.class);
  private static final Duration QUESTION = Duration.ofSeconds(1);

  private final LocalPostgres local;
  private volatile boolean promotes;
  private volatile long asked;
  private volatile boolean spared;
  private volatile LogPosition sparedAt = LogPosition.NONE;

  SparedStandby(LocalPostgres local) {
    this.local = local;
  }

  /// A promotion begins, or has ended.
  void promotes(boolean now) {
    promotes = now;
  }

  /// The server that runs is about to be asked for its promotion: whatever comes of the operation,
  /// it may become a primary for as long as it runs.
  void asked() {
    asked = local.instance.postmaster().orElse(0);
  }

  /// There is a quorum again if anything is heard of it that was not known.
  void heardOf(LogPosition position) {
    if (position.compareTo(sparedAt) > 0) {
      spared = false;
    }
  }

  /// Whether what works here goes on without a quorum.
  boolean spares(Duration within) {
    sparedAt = local.state.position();
    spared = local.leftAlone().isPresent() && isStandby(within) && !promotes;
    return spared;
  }

  private boolean isStandby(Duration within) {
    OptionalLong postmaster = local.instance.postmaster();
    if (postmaster.isEmpty() || postmaster.getAsLong() == asked) {
      return false;
    }
    try (PostgresProbe own = local.connection()) {
      // In this order: the mark is taken away before it takes writes.
      return own.inRecovery(within) && local.instance.isMarkedStandby();
    } catch (ProbeException | PostgresException _) {
      return false;
    }
  }

  /// Ends it if it was spared and takes writes: somebody has promoted it. The caller holds the
  /// lock.
  void look() {
    if (!spared || local.instance.postmaster().isEmpty() || !takesWrites()) {
      return;
    }
    LOG.atWarn()
        .addKeyValue("resource", local.context.resource().id())
        .log("a standby that was left alone takes writes without a quorum; it is stopped at once");
    local.started = false;
    local.expectExit();
    spared = !local.instance.stopAtOnce().isEmpty();
    local.instance.markStandby();
    local.context.monitorSoon();
  }

  private boolean takesWrites() {
    try {
      return !local.probe.inRecovery(QUESTION);
    } catch (ProbeException _) {
      return false;
    }
  }
}
