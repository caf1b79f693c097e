package dev.quorate.membership.core.codec;

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
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Ring packets as bytes: a version, a kind, then the fields in their declared order.
///
/// Numbers are big-endian; texts are one length byte and that many bytes of ASCII; lists are a
/// two-byte count and that many elements. Whatever the bytes are, [#decode] answers with a packet
/// or with what is wrong, and never reads beyond the limits of [MembershipConfig].
public final class RingCodec {
  /// The version of the packet format.
  public static final int VERSION = 2;

  /// No packet is longer, in bytes.
  public static final int MAX_PACKET = 32_768;

  private static final int JOIN = 1;
  private static final int COMMIT = 2;
  private static final int TOKEN = 3;
  private static final int FRESH = 4;
  private static final int RECOVERED = 5;
  private static final int MERGE_DETECT = 6;
  private static final int HOLD_CANCEL = 7;
  private static final int LEAVE = 8;

  private RingCodec() {}

  /// What bytes turn out to be.
  public sealed interface Decoded {
    /// A well-formed packet.
    record Packet(RingPacket packet) implements Decoded {}

    /// Not a packet of ours.
    record Malformed(String reason) implements Decoded {}
  }

  /// Writes a packet.
  ///
  /// @param out has at least [#MAX_PACKET] bytes left
  public static void encode(RingPacket packet, ByteBuffer out) {
    out.put((byte) VERSION);
    switch (packet) {
      case JoinMessage(var sender, var reachable, var failed, var sequence) -> {
        out.put((byte) JOIN);
        put(sender, out);
        putMembers(reachable, out);
        putMembers(failed, out);
        out.putLong(sequence);
      }
      case CommitToken(var ring, var hop, var entries) -> {
        out.put((byte) COMMIT);
        put(ring, out);
        out.putLong(hop).putShort((short) entries.size());
        entries.forEach(entry -> put(entry, out));
      }
      case Token token -> {
        out.put((byte) TOKEN);
        put(token, out);
      }
      case MulticastMessage(var ring, var sequence, var sender, Content.Fresh fresh) -> {
        out.put((byte) FRESH);
        put(ring, out);
        out.putLong(sequence);
        put(sender, out);
        put(fresh, out);
      }
      case MulticastMessage(var ring, var sequence, var sender, Content.Recovered given) -> {
        out.put((byte) RECOVERED);
        put(ring, out);
        out.putLong(sequence);
        put(sender, out);
        put(given.ring(), out);
        out.putLong(given.sequence());
        put(given.sender(), out);
        put(given.original(), out);
      }
      case RingPacket.MergeDetect(var sender, var ring) -> {
        out.put((byte) MERGE_DETECT);
        put(sender, out);
        put(ring, out);
      }
      case RingPacket.HoldCancel(var ring) -> {
        out.put((byte) HOLD_CANCEL);
        put(ring, out);
      }
      case RingPacket.Leave(var sender, var sequence) -> {
        out.put((byte) LEAVE);
        put(sender, out);
        out.putLong(sequence);
      }
    }
  }

  /// Reads a packet that takes up the whole buffer.
  public static Decoded decode(ByteBuffer in) {
    try {
      if (in.remaining() > MAX_PACKET) {
        return new Decoded.Malformed("longer than " + MAX_PACKET + " bytes");
      }
      var version = in.get();
      if (version != VERSION) {
        return new Decoded.Malformed("version " + version + " is unknown");
      }
      var packet = body(in.get(), in);
      return in.hasRemaining()
          ? new Decoded.Malformed(in.remaining() + " bytes left over")
          : new Decoded.Packet(packet);
    } catch (BufferUnderflowException _) {
      return new Decoded.Malformed("too short");
    } catch (IllegalArgumentException e) {
      return new Decoded.Malformed(String.valueOf(e.getMessage()));
    }
  }

  private static RingPacket body(byte kind, ByteBuffer in) {
    return switch (kind) {
      case JOIN -> new JoinMessage(member(in), members(in), members(in), in.getLong());
      case COMMIT -> new CommitToken(ring(in), in.getLong(), entries(in));
      case TOKEN -> token(in);
      case FRESH -> new MulticastMessage(ring(in), in.getLong(), node(in), fresh(in));
      case RECOVERED ->
          new MulticastMessage(
              ring(in),
              in.getLong(),
              node(in),
              new Content.Recovered(ring(in), in.getLong(), node(in), fresh(in)));
      case MERGE_DETECT -> new RingPacket.MergeDetect(member(in), ring(in));
      case HOLD_CANCEL -> new RingPacket.HoldCancel(ring(in));
      case LEAVE -> new RingPacket.Leave(member(in), in.getLong());
      default -> throw new IllegalArgumentException("kind " + kind + " is unknown");
    };
  }

  private static void put(Token token, ByteBuffer out) {
    put(token.ring(), out);
    out.putLong(token.hop()).putLong(token.sequence()).putLong(token.aru());
    putText(token.aruSetter().map(NodeId::name).orElse(""), out);
    out.putShort((short) token.settled()).putInt(token.load()).putInt(token.backlog());
    out.putShort((short) token.missing().size());
    token.missing().forEach(out::putLong);
  }

  private static Token token(ByteBuffer in) {
    var ring = ring(in);
    var hop = in.getLong();
    var sequence = in.getLong();
    var aru = in.getLong();
    var setter = text(in);
    var settled = in.getShort();
    if (settled < 0) {
      throw new IllegalArgumentException("settled is negative");
    }
    var load = in.getInt();
    var backlog = in.getInt();
    var count = count(in, RingPacket.MAX_MISSING);
    var missing = new ArrayList<Long>(count);
    for (int i = 0; i < count; i++) {
      missing.add(in.getLong());
    }
    var aruSetter = setter.isEmpty() ? Optional.<NodeId>empty() : Optional.of(new NodeId(setter));
    return new Token(ring, hop, sequence, aru, aruSetter, settled, load, backlog, missing);
  }

  private static void put(CommitToken.Entry entry, ByteBuffer out) {
    put(entry.member(), out);
    out.put((byte) ((entry.filled() ? 1 : 0) | (entry.origin().isPresent() ? 2 : 0)));
    entry
        .origin()
        .ifPresent(origin -> {
          put(origin.ring(), out);
          out.putLong(origin.aru()).putLong(origin.high());
        });
  }

  private static List<CommitToken.Entry> entries(ByteBuffer in) {
    var count = count(in, MembershipConfig.MAX_MEMBERS);
    var entries = new ArrayList<CommitToken.Entry>(count);
    for (int i = 0; i < count; i++) {
      var member = member(in);
      var flags = in.get();
      if (flags < 0 || flags > 3) {
        throw new IllegalArgumentException("flags " + flags + " are unknown");
      }
      var origin =
          (flags & 2) == 0
              ? Optional.<CommitToken.Origin>empty()
              : Optional.of(new CommitToken.Origin(ring(in), in.getLong(), in.getLong()));
      entries.add(new CommitToken.Entry(member, (flags & 1) != 0, origin));
    }
    return entries;
  }

  private static void putMembers(List<Member> members, ByteBuffer out) {
    out.putShort((short) members.size());
    members.forEach(member -> put(member, out));
  }

  private static List<Member> members(ByteBuffer in) {
    var count = count(in, MembershipConfig.MAX_MEMBERS);
    var members = new ArrayList<Member>(count);
    for (int i = 0; i < count; i++) {
      members.add(member(in));
    }
    return members;
  }

  private static int count(ByteBuffer in, int limit) {
    var count = in.getShort();
    if (count < 0 || count > limit) {
      throw new IllegalArgumentException("count " + count + " is beyond " + limit);
    }
    return count;
  }

  private static void put(Member member, ByteBuffer out) {
    put(member.node(), out);
    putText(member.incarnation().bootId(), out);
    out.putLong(member.incarnation().run());
  }

  private static Member member(ByteBuffer in) {
    return new Member(node(in), new Incarnation(text(in), in.getLong()));
  }

  private static void put(RingId ring, ByteBuffer out) {
    out.putLong(ring.sequence());
    put(ring.representative(), out);
  }

  private static RingId ring(ByteBuffer in) {
    return new RingId(in.getLong(), node(in));
  }

  private static void put(NodeId node, ByteBuffer out) {
    putText(node.name(), out);
  }

  private static NodeId node(ByteBuffer in) {
    return new NodeId(text(in));
  }

  private static void put(Content.Fresh fresh, ByteBuffer out) {
    out.putShort((short) fresh.part()).putShort((short) fresh.parts());
    out.putShort((short) fresh.size());
    fresh.payload().write(out);
  }

  private static Content.Fresh fresh(ByteBuffer in) {
    var part = in.getShort();
    var parts = in.getShort();
    return new Content.Fresh(
        part, parts, Payload.read(in, count(in, MembershipConfig.MAX_FRAGMENT)));
  }

  private static void putText(String text, ByteBuffer out) {
    var bytes = text.getBytes(StandardCharsets.US_ASCII);
    out.put((byte) bytes.length).put(bytes);
  }

  private static String text(ByteBuffer in) {
    var length = in.get();
    if (length < 0) {
      throw new IllegalArgumentException("text is too long");
    }
    var bytes = new byte[length];
    in.get(bytes);
    for (byte b : bytes) {
      if (b <= 0) {
        throw new IllegalArgumentException("text is not ASCII");
      }
    }
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
