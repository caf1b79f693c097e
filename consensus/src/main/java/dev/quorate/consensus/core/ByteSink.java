package dev.quorate.consensus.core;

import dev.quorate.consensus.LogPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing buffer, big-endian, with the few forms that snapshots and answers need.
final class ByteSink {
  private ByteBuffer buffer = ByteBuffer.allocate(256);

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int wanted = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
      buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), wanted)).position(buffer.position());
    }
    return buffer;
  }

  void putByte(int value) {
    room(1).put((byte) value);
  }

  void putInt(int value) {
    room(4).putInt(value);
  }

  void putLong(long value) {
    room(8).putLong(value);
  }

  void putBytes(byte[] value) {
    putInt(value.length);
    room(value.length).put(value);
  }

  void putString(String value) {
    putBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  void putPosition(LogPosition position) {
    putLong(position.epoch());
    putLong(position.term());
    putLong(position.index());
  }

  byte[] toBytes() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  static byte[] getBytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new UnknownFormatException("length " + length + " of " + in.remaining() + " bytes");
    }
    byte[] value = new byte[length];
    in.get(value);
    return value;
  }

  static String getString(ByteBuffer in) {
    return new String(getBytes(in), StandardCharsets.UTF_8);
  }

  static LogPosition getPosition(ByteBuffer in) {
    return new LogPosition(in.getLong(), in.getLong(), in.getLong());
  }
}
