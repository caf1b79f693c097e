package dev.quorate.membership.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.core.MulticastMessage.Content.Fresh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LongMessagesTest {
  private static final RingId RING = new RingId(1, new NodeId("a"));
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static RingBench bench(String... names) {
    var bench =
        new RingBench(
            RandomGeneratorFactory.of("L64X128MixRandom").create(1),
            MembershipConfig.defaults(),
            names);
    bench.startAll();
    bench.runUntil(SECOND.multipliedBy(3), bench::agree);
    return bench;
  }

  @Test
  void theLargestMessageArrivesWholeAmongOthersEvenIfPartsAreLost() {
    var bench = bench("a", "b", "c");
    bench.loss = 0.05;
    for (var size : List.of(MembershipConfig.MAX_MESSAGE, 8_192, 8_193, 1, 200_000)) {
      bench.nodes.values().forEach(n -> n.say(size));
    }
    bench.runUntil(SECOND.multipliedBy(60), () -> bench.deliveries == 45);
    var sizes = bench.node("a").delivered.stream().map(Payload::size).sorted().toList();
    assertEquals(MembershipConfig.MAX_MESSAGE, sizes.getLast());
    assertEquals(bench.node("a").delivered, bench.node("b").delivered);
    bench.checkOrder();
  }

  @Test
  void whatIsTooLargeOrTooMuchIsRefused() {
    var bench = bench("a", "b");
    bench.node("a").say(MembershipConfig.MAX_MESSAGE + 1);
    assertEquals(1, bench.node("a").refused);
    bench.cut.addAll(List.of("a>b", "b>a"));
    for (int i = 0; i < 20; i++) {
      bench.node("a").say(MembershipConfig.MAX_MESSAGE);
    }
    assertTrue(bench.node("a").refused > 8, "8 MiB may wait");
    bench.cut.clear();
    bench.runFor(SECOND.multipliedBy(5));
    assertEquals(2L * (21 - bench.node("a").refused), bench.deliveries);
  }

  @Test
  void partsThatDoNotFitAreNotPutTogether() {
    var assembly = new Assembly();
    var part = Payload.of(new byte[MembershipConfig.MAX_FRAGMENT]);
    assertEquals(0, delivered(assembly, new Fresh(1, 2, part)), "no beginning");
    assertEquals(0, delivered(assembly, new Fresh(0, 3, part), new Fresh(2, 3, part)), "a gap");
    assertEquals(0, delivered(assembly, new Fresh(1, 3, part)), "it is forgotten");
    assertEquals(1, delivered(assembly, new Fresh(0, 2, part), new Fresh(1, 2, part)));
    assertEquals(0, delivered(assembly, new Fresh(0, 2, part)));
    assembly.clear();
    assertEquals(0, delivered(assembly, new Fresh(1, 2, part)), "its ring has ended");
    var many = IntStream.range(0, 100).mapToObj(i -> new Fresh(i, 100, part)).toArray(Fresh[]::new);
    assertEquals(0, delivered(assembly, many), "larger than a message may be");
  }

  private static int delivered(Assembly assembly, Fresh... parts) {
    var out = new ArrayList<RingEffect>();
    var messages = new ArrayList<MulticastMessage>();
    for (var part : parts) {
      messages.add(new MulticastMessage(RING, messages.size() + 1L, RING.representative(), part));
    }
    assembly.deliver(RING, messages, out);
    return out.size();
  }

  @Test
  void thirtyTwoNodesFormOneViewAndShareTheTokenFairly() {
    var names = IntStream.range(0, 32).mapToObj(i -> "n" + (10 + i)).toArray(String[]::new);
    var bench =
        new RingBench(
            RandomGeneratorFactory.of("L64X128MixRandom").create(1),
            MembershipConfig.defaults(),
            names);
    bench.throughCodec = false;
    bench.startAll();
    var formed = bench.runUntil(SECOND.multipliedBy(3), bench::agree);
    System.out.println("32 nodes in one view after " + formed + ", packets " + bench.packets);
    for (var node : bench.nodes.values()) {
      IntStream.range(0, 1_000).forEach(_ -> node.say());
    }
    bench.runUntil(SECOND.multipliedBy(60), () -> bench.node("n10").delivered.size() >= 8_000);
    var senders = new java.util.TreeMap<String, Integer>();
    for (var payload : bench.node("n10").delivered) {
      senders.merge(
          new String(payload.toArray(), 0, 3, java.nio.charset.StandardCharsets.US_ASCII),
          1,
          Integer::sum);
    }
    assertEquals(32, senders.size());
    assertTrue(senders.values().stream().allMatch(n -> n > 125), () -> "unfair: " + senders);
  }
}
