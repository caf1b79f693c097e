package dev.quorate.membership.core.evidence;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.core.Payload;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What members tell each other about facts, in the ring's order.
///
/// As bytes: a version, a kind, then the fields; texts are a two-byte length and that many bytes of
/// UTF-8.
public sealed interface EvidenceMessage {
  /// A fact has another value.
  ///
  /// @param value empty if the fact is gone
  record Changed(NodeId subject, String name, Optional<String> value) implements EvidenceMessage {}

  /// All facts about the sender, as it knew them when it entered a view.
  record Snapshot(RingId view, SortedMap<String, String> facts) implements EvidenceMessage {
    /// Copies the map.
    public Snapshot {
      facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    }
  }

  /// The longest name, in bytes.
  int MAX_NAME = 128;

  /// The longest value, in bytes.
  int MAX_VALUE = 2_048;

  /// The most facts about one node.
  int MAX_FACTS = 256;

  /// As bytes.
  static Payload encode(EvidenceMessage message) {
    return switch (message) {
      case Changed(var subject, var name, var value) -> {
        var out = ByteBuffer.allocate(16 + 64 + MAX_NAME + MAX_VALUE);
        out.put((byte) 1).put((byte) 1);
        put(subject.name(), out);
        put(name, out);
        out.put((byte) (value.isPresent() ? 1 : 0));
        value.ifPresent(v -> put(v, out));
        yield read(out);
      }
      case Snapshot(var view, var facts) -> {
        var out = ByteBuffer.allocate(128 + facts.size() * (8 + MAX_NAME + MAX_VALUE));
        out.put((byte) 1).put((byte) 2).putLong(view.sequence());
        put(view.representative().name(), out);
        out.putShort((short) facts.size());
        facts.forEach((name, value) -> {
          put(name, out);
          put(value, out);
        });
        yield read(out);
      }
    };
  }

  private static Payload read(ByteBuffer out) {
    out.flip();
    return Payload.read(out, out.remaining());
  }

  /// From bytes; empty if they are no message of this kind.
  static Optional<EvidenceMessage> decode(Payload payload) {
    var in = ByteBuffer.wrap(payload.toArray());
    try {
      if (in.get() != 1) {
        return Optional.empty();
      }
      var message = body(in.get(), in);
      return in.hasRemaining() ? Optional.empty() : Optional.of(message);
    } catch (BufferUnderflowException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static EvidenceMessage body(byte kind, ByteBuffer in) {
    return switch (kind) {
      case 1 -> {
        var subject = new NodeId(text(in, MAX_NAME));
        var name = text(in, MAX_NAME);
        yield new Changed(
            subject, name, in.get() == 1 ? Optional.of(text(in, MAX_VALUE)) : Optional.empty());
      }
      case 2 -> {
        var view = new RingId(in.getLong(), new NodeId(text(in, MAX_NAME)));
        var facts = new TreeMap<String, String>();
        for (int count = Short.toUnsignedInt(in.getShort()); count > 0; count--) {
          facts.put(text(in, MAX_NAME), text(in, MAX_VALUE));
        }
        if (facts.size() > MAX_FACTS) {
          throw new IllegalArgumentException("too many facts: " + facts.size());
        }
        yield new Snapshot(view, facts);
      }
      default -> throw new IllegalArgumentException("kind " + kind + " is unknown");
    };
  }

  private static void put(String text, ByteBuffer out) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putShort((short) bytes.length).put(bytes);
  }

  private static String text(ByteBuffer in, int limit) {
    var length = in.getShort();
    if (length < 0 || length > limit) {
      throw new IllegalArgumentException("a text of " + length + " bytes");
    }
    var bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
