package dev.quorate.membership.core;

import dev.quorate.membership.MembershipConfig;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// Rings of two to five nodes under loss, delay, duplicates, partitions, freezes and crashes. The
/// bench checks after each effect that views of one id are equal and that those who go on together
/// have delivered the same; at the end the faults stop and all must meet in one view.
///
/// One seed is replayed by `-Dseed=N`.
class RingSimulationPropertyTest {
  private static final int SEEDS = 300;

  private static final class Run {
    final RandomGenerator random;
    final RingBench bench;
    final List<String> names;

    Run(long seed) {
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      names = List.of("a", "b", "c", "d", "e").subList(0, 2 + random.nextInt(4));
      bench =
          new RingBench(
              RandomGeneratorFactory.of("L64X128MixRandom").create(seed + 1_000_003),
              config(random),
              names.toArray(String[]::new));
    }

    /// Messages are cut small, so that rings break in the middle of them.
    private static MembershipConfig config(RandomGenerator random) {
      var standard =
          MembershipConfig.withTokenTimeout(Duration.ofMillis(300 + random.nextInt(700)));
      return new MembershipConfig(
          standard.tokenTimeout(),
          standard.tokenRetransmit(),
          standard.tokenHold(),
          standard.joinInterval(),
          standard.consensusTimeout(),
          standard.mergeInterval(),
          standard.maxMembers(),
          16 + random.nextInt(64),
          1 + random.nextInt(16),
          standard.sendQueue(),
          MembershipConfig.MIN_FRAGMENT,
          standard.tokenPerNode());
    }

    RingBench.Node anyone() {
      return bench.node(names.get(random.nextInt(names.size())));
    }

    void run() {
      bench.startAll();
      for (int step = 0; step < 30; step++) {
        fault();
        for (int i = random.nextInt(40); i > 0; i--) {
          anyone().say(random.nextInt(4) > 0 ? 0 : random.nextInt(12_000));
          bench.runFor(Duration.ofNanos(random.nextInt(8_000_000)));
        }
        bench.runFor(Duration.ofMillis(random.nextInt(random.nextBoolean() ? 50 : 3_000)));
      }
      bench.loss = 0;
      bench.doubled = 0;
      bench.cut.clear();
      bench.nodes.values().stream().filter(n -> !n.isUp()).forEach(RingBench.Node::start);
      bench.runUntil(Duration.ofSeconds(60), bench::agree);
      bench.nodes.values().forEach(RingBench.Node::say);
      bench.runFor(Duration.ofSeconds(2));
      bench.checkOrder();
    }

    private void fault() {
      switch (random.nextInt(9)) {
        case 0 -> bench.loss = random.nextDouble() * 0.3;
        case 1 -> bench.doubled = random.nextDouble() * 0.3;
        case 2 -> bench.longestDelay = Duration.ofNanos(200_000 + random.nextInt(40_000_000));
        case 3 -> {
          var at = 1 + random.nextInt(names.size() - 1);
          bench.partition(List.of(names.subList(0, at), names.subList(at, names.size())));
        }
        case 4 -> bench.cut.add(anyone().id + ">" + anyone().id);
        case 5 -> bench.cut.clear();
        case 6 -> anyone().crash();
        case 7 -> {
          if (!anyone().isUp()) {
            break;
          }
          anyone().feed(new RingEvent.LeaveRequested());
        }
        case 8 -> anyone().frozenUntil = bench.now.plusMillis(random.nextInt(3_000));
        default -> throw new IllegalStateException();
      }
      if (random.nextInt(3) > 0) {
        bench.nodes.values().stream().filter(n -> !n.isUp()).forEach(RingBench.Node::start);
        bench.loss /= 2;
      }
    }
  }

  @Test
  void promisesHoldUnderFaultsAndAllMeetInTheEnd() {
    var only = Long.getLong("seed");
    var packets = 0L;
    var deliveries = 0L;
    var views = 0L;
    for (long seed = only == null ? 1 : only; seed <= (only == null ? SEEDS : only); seed++) {
      var run = new Run(seed);
      run.bench.recording = only != null;
      try {
        run.run();
      } catch (AssertionError | RuntimeException e) {
        run.bench.script.stream().filter(l -> !l.contains("timer")).forEach(System.out::println);
        throw new AssertionError(
            "seed " + seed + " with " + run.names + " at " + run.bench.now + ": " + e, e);
      }
      packets += run.bench.packets;
      deliveries += run.bench.deliveries;
      views += run.bench.viewCount;
    }
    System.out.println("packets " + packets + ", deliveries " + deliveries + ", views " + views);
  }
}
