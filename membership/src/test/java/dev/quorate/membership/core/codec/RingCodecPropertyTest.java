package dev.quorate.membership.core.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.core.CommitToken;
import dev.quorate.membership.core.JoinMessage;
import dev.quorate.membership.core.MulticastMessage;
import dev.quorate.membership.core.MulticastMessage.Content;
import dev.quorate.membership.core.Payload;
import dev.quorate.membership.core.RingPacket;
import dev.quorate.membership.core.Token;
import dev.quorate.membership.core.codec.RingCodec.Decoded;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RingCodecPropertyTest {
  private static final int ROUNDS = 20_000;

  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(Long.getLong("seed", 7L));

  private Member member(int number) {
    var node = new NodeId("node-" + (100 + number));
    return new Member(node, new Incarnation("boot" + random.nextInt(9), 1 + random.nextInt(99)));
  }

  private List<Member> members(int least) {
    var count = random.nextInt(least, MembershipConfig.MAX_MEMBERS + 1);
    return IntStream.range(0, count).mapToObj(this::member).toList();
  }

  private NodeId node() {
    return member(random.nextInt(32)).node();
  }

  private RingId ring() {
    return new RingId(number(), node());
  }

  private long number() {
    return random.nextLong(1, Long.MAX_VALUE / 2);
  }

  private Payload payload() {
    var bytes = new byte[random.nextInt(random.nextInt(MembershipConfig.MAX_FRAGMENT + 1) + 1)];
    random.nextBytes(bytes);
    return Payload.of(bytes);
  }

  private CommitToken.Entry entry(Member member) {
    var origin =
        random.nextBoolean()
            ? Optional.of(new CommitToken.Origin(ring(), number(), number()))
            : Optional.<CommitToken.Origin>empty();
    return new CommitToken.Entry(member, random.nextBoolean(), origin);
  }

  private RingPacket packet() {
    return switch (random.nextInt(8)) {
      case 0 -> new JoinMessage(member(1), members(0), members(0), number());
      case 1 -> new CommitToken(ring(), number(), members(1).stream().map(this::entry).toList());
      case 2 -> {
        var sequence = number();
        var missing = LongStream.range(0, random.nextInt(65)).boxed().toList();
        yield new Token(
            ring(),
            number(),
            sequence,
            random.nextLong(sequence + 1),
            random.nextBoolean() ? Optional.of(node()) : Optional.empty(),
            random.nextInt(33),
            random.nextInt(Integer.MAX_VALUE),
            random.nextInt(Integer.MAX_VALUE),
            missing);
      }
      case 3 -> new MulticastMessage(ring(), number(), node(), fresh());
      case 4 ->
          new MulticastMessage(
              ring(), number(), node(), new Content.Recovered(ring(), number(), node(), fresh()));
      case 5 -> new RingPacket.MergeDetect(member(2), ring());
      case 6 -> new RingPacket.HoldCancel(ring());
      default -> new RingPacket.Leave(member(3), number());
    };
  }

  private Content.Fresh fresh() {
    var parts = 1 + random.nextInt(Content.Fresh.MAX_PARTS);
    return new Content.Fresh(random.nextInt(parts), parts, payload());
  }

  private static ByteBuffer encoded(RingPacket packet) {
    var buffer = ByteBuffer.allocate(RingCodec.MAX_PACKET);
    RingCodec.encode(packet, buffer);
    return buffer.flip();
  }

  @Test
  void everyPacketComesBackAsItWas() {
    for (int i = 0; i < ROUNDS; i++) {
      var packet = packet();
      assertEquals(new Decoded.Packet(packet), RingCodec.decode(encoded(packet)));
    }
  }

  @Test
  void whateverTheBytesAreThereIsAnAnswer() {
    var malformed = 0;
    for (int i = 0; i < ROUNDS; i++) {
      var bytes = encoded(packet());
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes.put(random.nextInt(bytes.limit()), (byte) random.nextInt());
      }
      bytes.limit(random.nextInt(4) == 0 ? random.nextInt(bytes.limit() + 1) : bytes.limit());
      if (RingCodec.decode(bytes) instanceof Decoded.Malformed) {
        malformed++;
      }
    }
    for (int i = 0; i < ROUNDS; i++) {
      var noise = new byte[random.nextInt(100)];
      random.nextBytes(noise);
      if (noise.length > 1) {
        noise[0] = RingCodec.VERSION;
        noise[1] = (byte) random.nextInt(10);
      }
      RingCodec.decode(ByteBuffer.wrap(noise));
    }
    assertTrue(malformed > ROUNDS / 4, "damage is mostly noticed: " + malformed);
  }

  @Test
  void limitsAndVersionsAreChecked() {
    var leave = encoded(new RingPacket.HoldCancel(new RingId(1, new NodeId("a"))));
    var longer = ByteBuffer.allocate(leave.limit() + 1).put(leave.duplicate()).rewind();
    assertInstanceOf(Decoded.Malformed.class, RingCodec.decode(longer));
    leave.put(0, (byte) (RingCodec.VERSION + 1));
    var answer = assertInstanceOf(Decoded.Malformed.class, RingCodec.decode(leave));
    assertEquals("version 3 is unknown", answer.reason());
    var huge = ByteBuffer.allocate(RingCodec.MAX_PACKET + 1);
    assertInstanceOf(Decoded.Malformed.class, RingCodec.decode(huge));
  }

  @Test
  void theLargestPacketsFit() {
    var longName = "n".repeat(60);
    var members =
        IntStream.range(0, MembershipConfig.MAX_MEMBERS)
            .mapToObj(i ->
                new Member(new NodeId(longName + (100 + i)), new Incarnation("b".repeat(64), 1)))
            .toList();
    var ring = new RingId(1, members.getLast().node());
    var join = new JoinMessage(members.getFirst(), members, members, 1);
    assertEquals(new Decoded.Packet(join), RingCodec.decode(encoded(join)));
    var origin = Optional.of(new CommitToken.Origin(ring, 1, 1));
    var commit =
        new CommitToken(
            ring, 1, members.stream().map(m -> new CommitToken.Entry(m, true, origin)).toList());
    assertEquals(new Decoded.Packet(commit), RingCodec.decode(encoded(commit)));
    var payload = Payload.of(new byte[MembershipConfig.MAX_FRAGMENT]);
    var given = new Content.Recovered(ring, 1, ring.representative(), new Content.Fresh(payload));
    var message = new MulticastMessage(ring, 1, ring.representative(), given);
    assertEquals(new Decoded.Packet(message), RingCodec.decode(encoded(message)));
  }
}
