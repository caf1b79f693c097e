package dev.quorate.consensus.core;

import dev.quorate.consensus.CommandId;
import dev.quorate.membership.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A command as it stands in the log: format version, [CommandId], the command's own bytes.
///
/// Invariants: `open(seal(id, c))` gives `id` and `c` back; a version that is not known is refused,
/// never skipped.
public final class CommandEnvelope {
  /// The version that this code writes, and the only one that it reads.
  public static final byte VERSION = 1;

  private final CommandId id;
  private final byte[] command;

  private CommandEnvelope(CommandId id, byte[] command) {
    this.id = id;
    this.command = command;
  }

  /// The bytes to put into the log.
  public static byte[] seal(CommandId id, byte[] command) {
    byte[] origin = id.origin().name().getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(1 + 1 + origin.length + 8 + 8 + command.length);
    out.put(VERSION).put((byte) origin.length).put(origin);
    out.putLong(id.session()).putLong(id.counter()).put(command);
    return out.array();
  }

  /// Reads what [#seal] wrote.
  ///
  /// @throws UnknownFormatException if the version is another one or the bytes are no envelope
  public static CommandEnvelope open(ByteBuffer entry) {
    ByteBuffer in = entry.slice();
    if (in.remaining() < 18) {
      throw new UnknownFormatException("log entry of " + in.remaining() + " bytes is too short");
    }
    byte version = in.get();
    if (version != VERSION) {
      throw new UnknownFormatException(
          "log entry has format " + version + ", this version knows only " + VERSION);
    }
    byte[] origin = new byte[in.get() & 0xff];
    if (in.remaining() < origin.length + 16) {
      throw new UnknownFormatException("log entry ends within its header");
    }
    in.get(origin);
    NodeId node = new NodeId(new String(origin, StandardCharsets.UTF_8));
    CommandId id = new CommandId(node, in.getLong(), in.getLong());
    byte[] command = new byte[in.remaining()];
    in.get(command);
    return new CommandEnvelope(id, command);
  }

  /// Who proposed it, and as which of their commands.
  public CommandId id() {
    return id;
  }

  /// The command, as given to [dev.quorate.consensus.ReplicatedLog#propose].
  public byte[] command() {
    return command.clone();
  }
}
