package dev.quorate.daemon;

import dev.quorate.agents.core.postgresql.replication.Hearsay;
import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.membership.ViewListener;
import dev.quorate.membership.core.Payload;
import dev.quorate.membership.core.evidence.EvidenceBoard;
import dev.quorate.membership.core.evidence.EvidenceMessage;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What instances say of themselves, on this node and on those that the ring holds: the evidence
/// board, kept on the ring's thread, and what was made of it.
///
/// Stands between the ring and whoever listens to it. What the ring refuses to take is said again
/// with the next thing that is said or heard. Never enters the log by itself and elects nobody.
final class NodeEvidence implements ViewListener {
  /// What waits for the ring; of more, the snapshots at the next view tell.
  private static final int MOST_WAITING = 64;

  private final NodeId self;
  private final InstantSource clock;
  private final ViewListener listener;
  private final Consumer<NodeEvent> events;
  private final EvidenceBoard board;
  private final Hearsay hearsay = new Hearsay();
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private Predicate<byte[]> ring = _ -> false;

  NodeEvidence(
      NodeId self, InstantSource clock, ViewListener listener, Consumer<NodeEvent> events) {
    this.self = self;
    this.events = events;
    this.clock = clock;
    this.listener = listener;
    this.board = new EvidenceBoard(self);
  }

  /// From now on there is a ring to speak to.
  synchronized void connect(Predicate<byte[]> multicast) {
    ring = multicast;
    sendWaiting();
  }

  /// An instance on this node says something of itself.
  ///
  /// @param text empty for nothing
  synchronized void publish(ResourceId resource, String text) {
    if (text.length() <= EvidenceMessage.MAX_VALUE) {
      Optional<String> value = text.isEmpty() ? Optional.empty() : Optional.of(text);
      send(EvidenceBoard.change(self, Hearsay.name(resource), value));
    }
  }

  private void send(Payload payload) {
    if (waiting.size() < MOST_WAITING) {
      waiting.add(payload.toArray());
    }
    sendWaiting();
  }

  private void sendWaiting() {
    while (!waiting.isEmpty() && ring.test(waiting.getFirst())) {
      waiting.removeFirst();
    }
  }

  @Override
  public void viewInstalled(View view, List<NodeId> left) {
    synchronized (this) {
      send(board.installed(view));
      look();
    }
    listener.viewInstalled(view, left);
  }

  @Override
  public void delivered(RingId from, NodeId sender, byte[] payload) {
    synchronized (this) {
      board.delivered(sender, Payload.of(payload));
      look();
      sendWaiting();
    }
    listener.delivered(from, sender, payload);
  }

  private void look() {
    Instant now = clock.instant();
    for (ResourceId resource : hearsay.heard(now, board.facts())) {
      hearsay
          .track(resource)
          .flatMap(track -> track.lastWrite(now))
          .ifPresent(write -> events.accept(new NodeEvent.WriteHeard(resource, write)));
    }
  }

  /// Who streams from whom.
  synchronized Replication replication(ResourceId resource) {
    return hearsay.replication(clock.instant(), resource);
  }

  @Override
  public void paused(Duration howLong) {
    listener.paused(howLong);
  }

  @Override
  public void stopped(String reason) {
    listener.stopped(reason);
  }
}
