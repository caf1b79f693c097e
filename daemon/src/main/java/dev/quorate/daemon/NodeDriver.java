package dev.quorate.daemon;

import dev.quorate.daemon.core.NodeCore;
import dev.quorate.daemon.core.NodeEffect;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.daemon.core.NodeTimer;
import dev.quorate.resource.ClusterState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives a node's brain: one thread takes events in order, hands each to the core, and has the
/// effects performed in list order. Of several waiting states only the newest is handed over.
final class NodeDriver implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeDriver.class);
  private static final int MOST_EVENTS = 20_000;
  private static final long IDLE_NANOS = 1_000_000_000;
  private static final Duration LONG_EVENT = Duration.ofMillis(250);

  /// Performs effects; called on the driver's thread and must return at once.
  interface Performer {
    /// Does what the core asks for.
    void perform(NodeEffect effect);

    /// A new state was handed to the core.
    void stateChanged(ClusterState state);

    /// The core cannot go on.
    void failed(String reason);
  }

  private record Alarm(Instant at, NodeTimer timer) implements Comparable<Alarm> {
    @Override
    public int compareTo(Alarm other) {
      return at.compareTo(other.at);
    }
  }

  /// Either an event, or a sign that a state waits.
  private sealed interface Entry {
    record Happened(NodeEvent event) implements Entry {}

    record StateWaits() implements Entry {}
  }

  private final NodeCore core;
  private final InstantSource clock;
  private final Performer performer;
  private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>(MOST_EVENTS);
  private final AtomicReference<@Nullable ClusterState> waiting = new AtomicReference<>();
  private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
  private final Map<NodeTimer, Instant> deadlines = new HashMap<>();
  private final Thread thread;
  private volatile boolean closed;
  private volatile long turnedNanos = System.nanoTime();

  NodeDriver(NodeCore core, InstantSource clock, Performer performer) {
    this.core = core;
    this.clock = clock;
    this.performer = performer;
    this.thread = Thread.ofPlatform().daemon().name("planner").unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  /// Hands in an event from any thread.
  void submit(NodeEvent event) {
    if (event instanceof NodeEvent.StateApplied(var state)) {
      if (waiting.getAndSet(state) == null) {
        enqueue(new Entry.StateWaits());
      }
    } else {
      enqueue(new Entry.Happened(event));
    }
  }

  private void enqueue(Entry entry) {
    if (!closed && !queue.offer(entry)) {
      performer.failed("more than " + MOST_EVENTS + " events wait: the node's thread is stuck");
    }
  }

  private void loop() {
    while (!closed) {
      turnedNanos = System.nanoTime();
      try {
        Entry entry = next();
        if (entry != null) {
          take(entry);
        }
        fireDue();
      } catch (InterruptedException e) {
        if (!closed) {
          performer.failed("the node's thread was interrupted");
        }
        return;
      } catch (RuntimeException | Error e) {
        try {
          log.atError().setCause(e).addKeyValue("code", "HA-NODE-020").log("node core failed");
        } finally {
          performer.failed("the node's brain failed: " + e);
        }
        return;
      }
    }
  }

  private @Nullable Entry next() throws InterruptedException {
    Alarm first = alarms.peek();
    long nanos =
        first == null ? IDLE_NANOS : Duration.between(clock.instant(), first.at()).toNanos();
    return queue.poll(Math.clamp(nanos, 0, IDLE_NANOS), TimeUnit.NANOSECONDS);
  }

  /// How long ago the loop last turned; it turns at least once a second.
  Duration sinceTurn() {
    return Duration.ofNanos(System.nanoTime() - turnedNanos);
  }

  private void take(Entry entry) {
    switch (entry) {
      case Entry.Happened(var event) -> handle(event);
      case Entry.StateWaits() -> {
        ClusterState state = waiting.getAndSet(null);
        if (state != null) {
          performer.stateChanged(state);
          handle(new NodeEvent.StateApplied(state));
        }
      }
    }
  }

  private void fireDue() {
    Instant now = clock.instant();
    for (Alarm first = alarms.peek();
        first != null && !first.at().isAfter(now);
        first = alarms.peek()) {
      alarms.poll();
      if (deadlines.remove(first.timer(), first.at())) {
        handle(new NodeEvent.TimerFired(first.timer()));
      }
    }
  }

  private void handle(NodeEvent event) {
    Instant began = clock.instant();
    List<NodeEffect> effects = core.handle(began, event);
    log.atDebug().addKeyValue("event", event).addKeyValue("effects", effects.size()).log("event");
    for (NodeEffect effect : effects) {
      perform(effect);
    }
    Duration took = Duration.between(began, clock.instant());
    if (took.compareTo(LONG_EVENT) > 0) {
      log.atWarn()
          .addKeyValue("durationMs", took.toMillis())
          .addKeyValue("operation", event.getClass().getSimpleName())
          .log("node event took long");
    }
  }

  private void perform(NodeEffect effect) {
    switch (effect) {
      case NodeEffect.SetTimer(var timer, var delay) -> {
        Instant at = clock.instant().plus(delay);
        deadlines.put(timer, at);
        alarms.add(new Alarm(at, timer));
      }
      case NodeEffect.CancelTimer(var timer) -> deadlines.remove(timer);
      default -> {
        log.atDebug().addKeyValue("effect", effect).log("effect");
        performer.perform(effect);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
