package dev.quorate.membership.core;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// The bytes of one ring message, immutable.
public final class Payload {
  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Copies the bytes.
  public static Payload of(byte[] bytes) {
    return new Payload(bytes.clone());
  }

  /// Takes the next bytes of a buffer.
  public static Payload read(ByteBuffer buffer, int size) {
    var bytes = new byte[size];
    buffer.get(bytes);
    return new Payload(bytes);
  }

  /// Joins parts in their order.
  static Payload join(List<Payload> parts) {
    var all = new byte[parts.stream().mapToInt(Payload::size).sum()];
    var at = 0;
    for (var part : parts) {
      System.arraycopy(part.bytes, 0, all, at, part.bytes.length);
      at += part.bytes.length;
    }
    return new Payload(all);
  }

  /// The bytes from one place up to another, or to the end.
  Payload slice(int from, int to) {
    return new Payload(Arrays.copyOfRange(bytes, from, Math.min(to, bytes.length)));
  }

  /// How many bytes there are.
  public int size() {
    return bytes.length;
  }

  /// A copy of the bytes.
  public byte[] toArray() {
    return bytes.clone();
  }

  /// Appends the bytes to a buffer.
  public void write(ByteBuffer buffer) {
    buffer.put(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
