package dev.quorate.benchmark;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.core.CommitToken;
import dev.quorate.membership.core.JoinMessage;
import dev.quorate.membership.core.MulticastMessage;
import dev.quorate.membership.core.MulticastMessage.Content;
import dev.quorate.membership.core.Payload;
import dev.quorate.membership.core.RingPacket;
import dev.quorate.membership.core.Token;
import dev.quorate.membership.core.codec.LinkCodec;
import dev.quorate.membership.core.codec.RingCodec;
import dev.quorate.membership.core.link.LinkReport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Feeds the ring's decoders damaged packets: `RingFuzz [EXECUTIONS [SEED]]`, 10⁸ if not said
/// otherwise. A finding is an exception, a packet that does not survive being written and read
/// again, or a read beyond the datagram; it is printed with its bytes, and the program exits with
/// 1.
public final class RingFuzz {
  private static final int[] EDGES = {0, 1, -1, 127, -128, 2, 64, 65, 32, 33};

  private final RandomGenerator random;
  private final List<byte[]> corpus = new ArrayList<>();
  private final byte[] buffer = new byte[4_096];
  private final ByteBuffer again = ByteBuffer.allocate(RingCodec.MAX_PACKET);
  private long accepted;

  private RingFuzz(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    samples()
        .forEach(packet -> {
          again.clear();
          RingCodec.encode(packet, again);
          corpus.add(Arrays.copyOf(again.array(), again.position()));
        });
    var hearings = List.of(new LinkReport.Hearing(10, 20), new LinkReport.Hearing(1000, 1));
    again.clear();
    LinkCodec.encode(new LinkReport(1, 2, 3, 4, hearings), again);
    corpus.add(Arrays.copyOf(again.array(), again.position()));
  }

  private static List<RingPacket> samples() {
    var a = new Member(new NodeId("n1"), new Incarnation("boot-a", 1));
    var b = new Member(new NodeId("n2"), new Incarnation("boot-b", 7));
    var ring = new RingId(5, a.node());
    var origin = Optional.of(new CommitToken.Origin(ring, 3, 9));
    var fresh = new Content.Fresh(1, 3, Payload.of(new byte[20]));
    return List.of(
        new JoinMessage(a, List.of(a, b), List.of(b), 5),
        new CommitToken(
            ring,
            2,
            List.of(
                new CommitToken.Entry(a, true, origin),
                new CommitToken.Entry(b, false, Optional.empty()))),
        new Token(ring, 9, 7, 6, Optional.of(b.node()), 2, 3, 4, List.of(5L, 6L, 7L)),
        new MulticastMessage(ring, 4, b.node(), fresh),
        new MulticastMessage(ring, 4, b.node(), new Content.Recovered(ring, 3, a.node(), fresh)),
        new RingPacket.MergeDetect(a, ring),
        new RingPacket.HoldCancel(ring),
        new RingPacket.Leave(b, 5));
  }

  /// Runs it.
  public static void main(String[] arguments) {
    var executions = arguments.length > 0 ? Long.parseLong(arguments[0]) : 100_000_000L;
    var seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1L;
    System.out.println(run(executions, seed));
  }

  /// Decodes so many damaged packets.
  ///
  /// @return a line that says how it went
  static String run(long executions, long seed) {
    var fuzz = new RingFuzz(seed);
    var start = System.nanoTime();
    for (long i = 0; i < executions; i++) {
      fuzz.once();
    }
    var seconds = (System.nanoTime() - start) / 1e9;
    return String.format(
        Locale.ROOT,
        "%d executions without finding, %d of them well-formed, %.0f per second, seed %d",
        executions,
        fuzz.accepted,
        executions / seconds,
        seed);
  }

  private void once() {
    var size = damaged();
    var in = ByteBuffer.wrap(buffer, 0, size);
    try {
      if (RingCodec.decode(in) instanceof RingCodec.Decoded.Packet(var packet)) {
        accepted++;
        again.clear();
        RingCodec.encode(packet, again);
        again.flip();
        var back = RingCodec.decode(again.duplicate());
        if (!back.equals(new RingCodec.Decoded.Packet(packet))) {
          throw new IllegalStateException("read back as " + back);
        }
      }
      LinkCodec.decode(ByteBuffer.wrap(buffer, 0, size));
    } catch (RuntimeException e) {
      System.out.println("FINDING " + e + ": " + Arrays.toString(Arrays.copyOf(buffer, size)));
      throw e;
    }
  }

  /// Takes a packet and spoils it: bytes at the edges of what a field can hold, pieces of other
  /// packets, cuts and additions.
  private int damaged() {
    var origin = corpus.get(random.nextInt(corpus.size()));
    System.arraycopy(origin, 0, buffer, 0, origin.length);
    var size = origin.length;
    for (int changes = random.nextInt(4); changes >= 0; changes--) {
      var at = random.nextInt(size);
      switch (random.nextInt(6)) {
        case 0 -> buffer[at] = (byte) random.nextInt();
        case 1 -> buffer[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> buffer[at] = (byte) EDGES[random.nextInt(EDGES.length)];
        case 3 -> {
          var other = corpus.get(random.nextInt(corpus.size()));
          var length = Math.min(Math.min(other.length, size - at), 1 + random.nextInt(16));
          System.arraycopy(other, random.nextInt(other.length - length + 1), buffer, at, length);
        }
        case 4 -> size = Math.max(1, at);
        default -> {
          var more = Math.min(buffer.length - size, random.nextInt(40));
          Arrays.fill(buffer, size, size + more, (byte) random.nextInt());
          size += more;
        }
      }
    }
    return size;
  }
}
