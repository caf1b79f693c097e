package dev.quorate.membership.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.aead.Aead;
import dev.quorate.membership.netty.PacketSeal.Opened;
import dev.quorate.membership.netty.RingCounters.Count;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class PacketSealTest {
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);
  private final RingCounters counters = new RingCounters();
  private boolean silent;

  private PacketSeal start(NodeId node, String cluster, int secret) {
    return start(node, "boot", cluster, secret);
  }

  private PacketSeal start(NodeId node, String boot, String cluster, int secret) {
    var key = new byte[32];
    Arrays.fill(key, (byte) secret);
    var self = new Member(node, new Incarnation(boot, 1));
    return new PacketSeal(
        cluster, RingKeys.of(ClusterKey.of(key)), self, random, counters, Aead.best());
  }

  private static ClusterKey key(int secret) {
    var key = new byte[32];
    Arrays.fill(key, (byte) secret);
    return ClusterKey.of(key);
  }

  private PacketSeal.Door door(boolean admits) {
    return new PacketSeal.Door() {
      @Override
      public boolean knows(NodeId node) {
        return node.equals(A) || node.equals(B);
      }

      @Override
      public boolean admits(NodeId node) {
        return admits;
      }

      @Override
      public boolean isSilent(NodeId node) {
        return silent;
      }
    };
  }

  private static ByteBuffer hello(PacketSeal from, NodeId to) {
    var out = ByteBuffer.allocate(512);
    from.hello(to, false, out);
    return out.flip();
  }

  private static ByteBuffer sealed(PacketSeal from, NodeId to, int number) {
    var out = ByteBuffer.allocate(512);
    assertTrue(from.seal(to, ByteBuffer.allocate(4).putInt(number).flip(), out));
    return out.flip();
  }

  private Opened open(PacketSeal at, ByteBuffer datagram) {
    return at.open(datagram.duplicate(), 0, door(true));
  }

  private void greet(PacketSeal a, PacketSeal b) {
    assertEquals(new Opened.HelloDue(A), open(b, hello(a, B)));
    assertEquals(new Opened.Established(B, true), open(a, hello(b, A)));
    assertEquals(new Opened.Established(A, false), open(b, hello(a, B)));
  }

  private static int number(Opened opened) {
    return assertInstanceOf(Opened.Content.class, opened).plain().getInt();
  }

  @Test
  void contentTravelsAfterTheGreeting() {
    var a = start(A, "x", 1);
    var b = start(B, "x", 1);
    assertFalse(a.seal(B, ByteBuffer.allocate(4), ByteBuffer.allocate(512)));
    greet(a, b);
    assertEquals(5, number(open(b, sealed(a, B, 5))));
    assertEquals(6, number(open(a, sealed(b, A, 6))));
  }

  @Test
  void aReplayIsDropped() {
    var a = start(A, "x", 1);
    var b = start(B, "x", 1);
    greet(a, b);
    var first = sealed(a, B, 1);
    var second = sealed(a, B, 2);
    assertEquals(2, number(open(b, second)));
    assertEquals(1, number(open(b, first)));
    assertEquals(new Opened.Nothing(), open(b, first));
    assertEquals(1, counters.get(Count.DROPPED_REPLAYED));
  }

  @Test
  void aReplayIsDroppedAfterARestartOfEitherSide() {
    var a = start(A, "x", 1);
    var b = start(B, "x", 1);
    greet(a, b);
    var toB = sealed(a, B, 1);
    var oldHello = hello(a, B);

    var laterB = start(B, "x", 1);
    assertEquals(new Opened.HelloDue(A), open(laterB, toB), "sealed for an earlier start");

    var laterA = start(A, "x", 1);
    assertEquals(new Opened.HelloDue(A), open(b, hello(laterA, B)));
    assertEquals(new Opened.Established(B, false), open(laterA, hello(b, A)));
    assertEquals(9, number(open(b, sealed(laterA, B, 9))));
    assertEquals(new Opened.Nothing(), open(b, oldHello));
    assertEquals(new Opened.Nothing(), open(b, toB));
    assertEquals(10, number(open(b, sealed(laterA, B, 10))), "the new session stands");
  }

  @Test
  void anotherKeyOrClusterIsDropped() {
    var b = start(B, "x", 1);
    assertEquals(new Opened.Unopened(), open(b, hello(start(A, "x", 2), B)));
    assertEquals(new Opened.Nothing(), open(b, hello(start(A, "y", 1), B)));
    assertEquals(1, counters.get(Count.DROPPED_FOREIGN));
    assertEquals(1, counters.get(Count.DROPPED_UNSEALABLE));
    assertEquals(new Opened.Nothing(), open(b, hello(start(new NodeId("z"), "x", 1), B)));
    assertEquals(1, counters.get(Count.DROPPED_STRANGER));
  }

  @Test
  void noDamagedDatagramOpens() {
    var a = start(A, "x", 1);
    var b = start(B, "x", 1);
    greet(a, b);
    var good = sealed(a, B, 1);
    for (int i = 0; i < good.limit() * 8; i++) {
      var bad = ByteBuffer.allocate(good.limit()).put(good.duplicate()).flip();
      bad.put(i / 8, (byte) (bad.get(i / 8) ^ (1 << (i % 8))));
      assertFalse(open(b, bad) instanceof Opened.Content, "bit " + i);
    }
    for (int i = 0; i < 20_000; i++) {
      var noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      open(b, ByteBuffer.wrap(noise));
      if (noise.length > 30) {
        good.duplicate().get(noise, 0, 16);
        noise[0] = 0x51;
        noise[1] = 3;
        noise[2] = (byte) (1 + random.nextInt(3));
        noise[6] = 1;
        open(b, ByteBuffer.wrap(noise));
      }
    }
    assertEquals(1, number(open(b, good)));
  }

  @Test
  void aCopyByAnotherLinkIsNoReplay() {
    var a = start(A, "x", 1);
    var b = start(B, "x", 1);
    greet(a, b);
    var datagram = sealed(a, B, 1);
    assertEquals(1, number(b.open(datagram.duplicate(), 0, door(true))));
    assertEquals(new Opened.Redundant(A), b.open(datagram.duplicate(), 1, door(true)));
    assertEquals(new Opened.Nothing(), b.open(datagram.duplicate(), 1, door(true)));
    assertEquals(1, counters.get(Count.REDUNDANT));
    assertEquals(1, counters.get(Count.DROPPED_REPLAYED));
  }

  @Test
  void aCopiedHeaderIsNoCopy() {
    var a = start(A, "x", 1);
    var b = start(B, "x", 1);
    greet(a, b);
    var datagram = sealed(a, B, 1);
    assertEquals(1, number(b.open(datagram.duplicate(), 0, door(true))));
    var forged = ByteBuffer.allocate(datagram.limit()).put(datagram.duplicate()).flip();
    forged.put(forged.limit() - 1, (byte) ~forged.get(forged.limit() - 1));
    assertEquals(new Opened.Unopened(), b.open(forged, 1, door(true)));
    assertEquals(
        new Opened.Redundant(A), b.open(datagram, 1, door(true)), "the true copy still counts");
  }

  @Test
  void keysAreExchangedWhileContentFlows() {
    var a = start(A, "x", 1);
    var b = start(B, "x", 1);
    greet(a, b);
    var both = new RingKeys(new TreeMap<>(Map.of(1, key(1), 2, key(2))));
    a.rekey(both);
    assertEquals(1, number(open(b, sealed(a, B, 1))), "b has the old key only");
    assertTrue(a.isBehind(B));
    b.rekey(both);
    open(b, hello(a, B));
    open(a, hello(b, A));
    assertFalse(a.isBehind(B) || b.isBehind(A));
    var withNew = sealed(a, B, 2);
    assertEquals(2, withNew.getInt(3), "the new generation is used");
    assertEquals(2, number(open(b, withNew)));
    var recorded = sealed(start(A, "x", 1), B);
    var second = new RingKeys(new TreeMap<>(Map.of(2, key(2))));
    a.rekey(second);
    assertEquals(3, number(open(b, sealed(a, B, 3))));
    assertEquals(4, number(open(a, sealed(b, A, 4))));
    b.rekey(second);
    assertEquals(5, number(open(b, sealed(a, B, 5))));
    assertEquals(new Opened.Unopened(), open(b, recorded), "the old key opens nothing any more");
  }

  private static ByteBuffer sealed(PacketSeal from, NodeId to) {
    return hello(from, to);
  }

  @Test
  void greetingsAreRationedBeforeAnyKeyIsMade() {
    var a = start(A, "x", 1);
    var b = start(B, "x", 1);
    greet(a, b);
    var stranger = start(A, "x", 1);
    assertEquals(new Opened.Nothing(), b.open(hello(stranger, B), 0, door(false)));
    assertEquals(1, counters.get(Count.DROPPED_RATE));
    assertEquals(7, number(b.open(sealed(a, B, 7), 0, door(false))), "sessions are not rationed");
    var few = new Allowance(10, 20);
    var now = java.time.Instant.EPOCH;
    for (int i = 0; i < 20; i++) {
      assertTrue(few.take(now));
    }
    assertFalse(few.take(now.plusMillis(50)));
    assertTrue(few.take(now.plusMillis(150)));
  }

  @Test
  void theWindowKnowsWhatItSaw() {
    var window = new ReplayWindow();
    assertTrue(window.mark(0));
    assertFalse(window.mark(0));
    assertTrue(window.mark(5_000));
    assertFalse(window.mark(900), "too old");
    assertTrue(window.mark(4_999));
    assertFalse(window.mark(4_999));
    assertTrue(window.mark(1_000_000));
    assertTrue(window.mark(999_999));
    assertFalse(window.mark(5_000));
  }

  @Test
  void aCopyOfAMachineDoesNotTakeItsPlace() {
    var a = start(A, "x", 1);
    var b = start(B, "x", 1);
    greet(a, b);
    var copy = start(A, "another boot", "x", 1);
    for (int i = 0; i < 3; i++) {
      assertEquals(new Opened.Twin(A), open(b, hello(copy, B)));
      assertEquals(i, number(open(b, sealed(a, B, i))), "the first goes on");
      assertEquals(i, number(open(a, sealed(b, A, i))), "and is spoken to");
    }
    assertEquals(3, counters.get(Count.DROPPED_TWIN));
    assertEquals(0, counters.get(Count.DROPPED_REPLAYED));

    // Once nothing is heard of the first, it may have been switched off.
    silent = true;
    assertEquals(new Opened.HelloDue(A), open(b, hello(copy, B)));
    assertEquals(new Opened.Established(B, false), open(copy, hello(b, A)));
    assertEquals(new Opened.Established(A, false), open(b, hello(copy, B)));
    assertEquals(7, number(open(b, sealed(copy, B, 7))));
    silent = false;
    assertEquals(new Opened.Nothing(), open(b, sealed(a, B, 9)), "its time is over");
  }
}
