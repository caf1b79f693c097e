package dev.quorate.consensus.simulated;

import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogListener;
import java.time.Duration;

/// Whether a node is in contact with a leader that has a majority, and what follows if that lasts.
final class SimulatedContact {
  private final SimulatedLogCluster cluster;
  private final SimulatedLog node;
  private final LogListener listener;
  private boolean there;
  private boolean quorate;
  private long changes;

  SimulatedContact(SimulatedLogCluster cluster, SimulatedLog node, LogListener listener) {
    this.cluster = cluster;
    this.node = node;
    this.listener = listener;
  }

  boolean there() {
    return there;
  }

  void gained() {
    there = true;
    changes++;
    ifItLasts(cluster.timing().hopMax(), this::quorumRegained);
  }

  void lost() {
    if (there) {
      there = false;
      changes++;
      ifItLasts(cluster.timing().quorumLostAfter(), this::quorumLost);
    }
  }

  void ifItLasts(Duration delay, Runnable action) {
    long count = changes;
    cluster.run(
        node,
        delay,
        () -> {
          if (count == changes) {
            action.run();
          }
        });
  }

  private void quorumRegained() {
    if (!quorate) {
      quorate = true;
      listener.logEvent(new LogEvent.QuorumRegained());
    }
  }

  private void quorumLost() {
    if (quorate) {
      quorate = false;
      listener.logEvent(new LogEvent.QuorumLost("no leader with a majority was heard of"));
    }
  }
}
