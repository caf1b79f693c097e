package dev.quorate.consensus.core;

import dev.quorate.consensus.LogPosition;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A snapshot as bytes: magic, version, position, ledger, the state machine's own bytes, checksum.
///
/// Invariants: `decode(encode(p, l, s))` gives all three back; damaged or foreign bytes are refused
/// with an [UnknownFormatException], whatever they are.
public final class SnapshotFormat {
  private static final int MAGIC = 0x51534e50;
  private static final byte VERSION = 1;
  private static final int[] CRC_TABLE = crcTable();

  private final LogPosition position;
  private final CommandLedger ledger;
  private final byte[] state;

  private SnapshotFormat(LogPosition position, CommandLedger ledger, byte[] state) {
    this.position = position;
    this.ledger = ledger;
    this.state = state;
  }

  /// The bytes to store.
  public static byte[] encode(LogPosition position, CommandLedger ledger, byte[] state) {
    ByteSink out = new ByteSink();
    out.putInt(MAGIC);
    out.putByte(VERSION);
    out.putPosition(position);
    ledger.writeTo(out);
    out.putBytes(state);
    out.putInt(checksum(out.toBytes()));
    return out.toBytes();
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws UnknownFormatException if the bytes are not a whole snapshot of a known version
  public static SnapshotFormat decode(byte[] bytes) {
    if (bytes.length < 9) {
      throw new UnknownFormatException("snapshot of " + bytes.length + " bytes is too short");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt() != MAGIC) {
      throw new UnknownFormatException("not a snapshot: wrong first bytes");
    }
    int expected = in.getInt(bytes.length - 4);
    if (checksum(Arrays.copyOf(bytes, bytes.length - 4)) != expected) {
      throw new UnknownFormatException("snapshot is damaged: its checksum does not match");
    }
    byte version = in.get();
    if (version != VERSION) {
      throw new UnknownFormatException(
          "snapshot has format " + version + ", this version knows only " + VERSION);
    }
    try {
      LogPosition position = ByteSink.getPosition(in);
      CommandLedger ledger = CommandLedger.readFrom(in);
      return new SnapshotFormat(position, ledger, ByteSink.getBytes(in));
    } catch (BufferUnderflowException _) {
      throw new UnknownFormatException("snapshot ends too early");
    }
  }

  /// The last position that the snapshot includes.
  public LogPosition position() {
    return position;
  }

  /// The answers known at that position.
  public CommandLedger ledger() {
    return ledger;
  }

  /// The state machine's bytes.
  public byte[] state() {
    return state.clone();
  }

  private static int[] crcTable() {
    int[] table = new int[256];
    for (int i = 0; i < 256; i++) {
      int value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
      }
      table[i] = value;
    }
    return table;
  }

  private static int checksum(byte[] bytes) {
    int crc = ~0;
    for (byte b : bytes) {
      crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ b) & 0xff];
    }
    return ~crc;
  }
}
