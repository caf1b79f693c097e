package dev.quorate.daemon;

import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Tells systemd once that the daemon is ready, and in one line how it is, whenever that changes:
/// `systemctl status` shows it.
///
/// A node is ready when it hears another or has the quorum, or if it has no cluster to take part
/// in; after [#PATIENCE] also if it hears nobody, since it can do no more. What systemd starts
/// after it, and whoever upgrades one node after the other, may then go on.
///
/// Confined to the thread that looks, but for the end.
final class SystemdStatus {
  /// How long others are waited for.
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration UNTIL_READY = Duration.ofMillis(50);
  private static final Duration AFTERWARDS = Duration.ofSeconds(2);

  private final Supplier<NodeFacts> facts;
  private final Consumer<String> notify;
  private final LongSupplier clock;
  private final long begun;
  private volatile boolean ended;
  private boolean ready;
  private String said = "";

  /// @param notify takes what is sent to systemd
  /// @param clock nanoseconds of a clock that only goes forward
  SystemdStatus(Supplier<NodeFacts> facts, Consumer<String> notify, LongSupplier clock) {
    this.facts = facts;
    this.notify = notify;
    this.clock = clock;
    this.begun = clock.getAsLong();
  }

  /// Looks from now on, in a thread of its own.
  void start() {
    Thread.ofVirtual().name("systemd-status").start(this::loop);
  }

  private void loop() {
    try {
      while (!ended) {
        Thread.sleep(look());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The daemon is about to end; systemd shows this text from now on.
  synchronized void end(String text) {
    ended = true;
    notify.accept("STOPPING=1\nSTATUS=" + text);
  }

  /// Looks once; says when to look again.
  synchronized Duration look() {
    if (ended) {
      return AFTERWARDS;
    }
    NodeFacts now = facts.get();
    String text = text(now);
    boolean patient = clock.getAsLong() - begun < PATIENCE.toNanos();
    if (!ready && (isReady(now) || !patient)) {
      ready = true;
      notify.accept("READY=1\nSTATUS=" + text);
    } else if (!text.equals(said)) {
      notify.accept("STATUS=" + text);
    }
    said = text;
    return ready ? AFTERWARDS : UNTIL_READY;
  }

  private static boolean isReady(NodeFacts facts) {
    return facts.phase() != NodeFacts.Phase.RUNNING || facts.quorum() || !others(facts).isEmpty();
  }

  private static String text(NodeFacts facts) {
    String who =
        facts.self().map(self -> "node " + self + " of cluster " + facts.cluster()).orElse("");
    return switch (facts.phase()) {
      case UNJOINED ->
          "waiting: 'hactl cluster setup' founds a cluster, 'hactl cluster join' enters one";
      case STOPPED -> who + ": stopped, 'hactl cluster start' brings it back";
      case DAMAGED -> who + ": its log is damaged, see 'hactl status'";
      case RUNNING ->
          who + ": " + (facts.quorum() ? "quorum" : "no quorum") + ", hears " + heard(facts);
    };
  }

  private static String heard(NodeFacts facts) {
    List<String> names = others(facts).stream().map(NodeId::name).toList();
    return names.isEmpty() ? "nobody else" : String.join(" and ", names);
  }

  private static List<NodeId> others(NodeFacts facts) {
    Optional<List<NodeId>> heard = facts.view().map(View::nodes);
    return heard.orElse(List.of()).stream()
        .filter(node -> !Optional.of(node).equals(facts.self()))
        .toList();
  }
}
