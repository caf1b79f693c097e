package dev.quorate.membership.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.core.link.LinkState;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// Rings over several links. As long as one link works between any two nodes, no view changes and
/// no message is lost, whatever becomes of the others.
///
/// One seed is replayed by `-Dseed=N`.
class RingLinksPropertyTest {
  private static final int SEEDS = 60;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final List<String> NAMES = List.of("a", "b", "c");

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static RingBench formed(long seed, int links) {
    var bench =
        new RingBench(random(seed), MembershipConfig.defaults(), NAMES.toArray(String[]::new));
    bench.linkCount = links;
    bench.startAll();
    bench.runUntil(SECOND, bench::agree);
    bench.runFor(SECOND);
    return bench;
  }

  @Test
  void oneLinkThatWorksIsEnough() {
    var only = Long.getLong("seed");
    for (long seed = only == null ? 1 : only; seed <= (only == null ? SEEDS : only); seed++) {
      var random = random(seed + 77);
      var links = 2 + random.nextInt(3);
      var bench = formed(seed, links);
      var views = bench.viewCount;
      var said = 0;
      for (int step = 0; step < 40; step++) {
        var whole = random.nextInt(links);
        bench.cut.clear();
        for (int link = 0; link < links; link++) {
          bench.linkLoss[link] = link == whole ? 0 : random.nextDouble() * 0.6;
          for (var cut = random.nextInt(4); cut > 0 && link != whole; cut--) {
            bench.cut.add(
                NAMES.get(random.nextInt(3)) + ">" + NAMES.get(random.nextInt(3)) + "/" + link);
          }
        }
        for (int i = random.nextInt(60); i > 0; i--) {
          bench.node(NAMES.get(random.nextInt(3))).say();
          said++;
          bench.runFor(Duration.ofNanos(random.nextInt(3_000_000)));
        }
        bench.runFor(Duration.ofMillis(random.nextInt(3_000)));
      }
      bench.runFor(SECOND);
      assertEquals(views, bench.viewCount, "seed " + seed + ": a view changed");
      assertEquals(3L * said, bench.deliveries, "seed " + seed + ": a message was lost");
      bench.checkOrder();
    }
  }

  @Test
  void messagesAreDeliveredWithoutDelayWhenTheirLinkIsCut() {
    var bench = formed(1, 2);
    for (var from : NAMES) {
      NAMES.forEach(to -> bench.cut.add(from + ">" + to + "/0"));
    }
    var worst = Duration.ZERO;
    for (int i = 0; i < 50; i++) {
      var before = bench.deliveries;
      bench.node("b").say();
      var took = bench.runUntil(SECOND, () -> bench.deliveries == before + 3);
      worst = took.compareTo(worst) > 0 ? took : worst;
    }
    System.out.println("worst delivery with the first link cut: " + worst);
    assertTrue(worst.toMillis() < 10, "waited " + worst);
  }

  @Test
  void lossAndRoundTripAreMeasuredAndTheBetterLinkIsTaken() {
    var bench = formed(3, 2);
    bench.linkLoss[0] = 0.3;
    bench.runFor(SECOND.multipliedBy(120));
    for (var status : bench.node("a").monitor.status()) {
      var share = status.link() == 0 ? 0.3 : 0;
      assertEquals(share, status.lossIn(), 0.2, status::toString);
      assertEquals(share, status.lossOut(), 0.2, status::toString);
      assertEquals(status.link() == 1, status.preferred(), status::toString);
      assertTrue(status.roundTrip().orElseThrow().toNanos() < 700_000, status::toString);
    }
    bench.linkLoss[0] = 0;
    bench.runFor(SECOND.multipliedBy(120));
    assertTrue(
        bench.node("a").monitor.status().stream().allMatch(s -> s.link() == 0 == s.preferred()));
  }

  @Test
  void aLinkThatIsCutInOneDirectionIsDownOnBothSides() {
    var bench = formed(4, 2);
    bench.cut.add("a>b/0");
    bench.runFor(SECOND.multipliedBy(4));
    for (var name : List.of("a", "b")) {
      var other = bench.node(name.equals("a") ? "b" : "a").id;
      var states =
          bench.node(name).monitor.status().stream().filter(s -> s.peer().equals(other)).toList();
      assertEquals(LinkState.DOWN, states.getFirst().state(), states::toString);
      assertEquals(LinkState.UP, states.getLast().state(), states::toString);
      assertTrue(states.getLast().preferred());
    }
    bench.cut.clear();
    bench.runFor(SECOND.multipliedBy(4));
    assertTrue(
        bench.node("a").monitor.status().stream().noneMatch(s -> s.state() == LinkState.DOWN));
  }

  /// The control of the first test: with no link that works, it would fail.
  @Test
  void withoutAnyLinkThatWorksTheViewBreaks() {
    var bench = formed(5, 2);
    var views = bench.viewCount;
    bench.cut.addAll(List.of("a>b/0", "a>c/0", "a>b/1", "a>c/1"));
    bench.runFor(SECOND.multipliedBy(3));
    assertTrue(bench.viewCount > views);
  }
}
