package dev.quorate.consensus.core;

import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ProposalOutcome;
import java.nio.ByteBuffer;

/// What a proposer is told when its entry was applied.
public sealed interface CommandAnswer {
  /// The command was applied, now or earlier, at this position.
  record Applied(LogPosition position, String answer) implements CommandAnswer {}

  /// The command was not applied now; whether it was earlier is no longer known.
  record Forgotten() implements CommandAnswer {}

  /// The same for a proposer.
  default ProposalOutcome toOutcome() {
    return switch (this) {
      case Applied(var position, var answer) -> new ProposalOutcome.Committed(position, answer);
      case Forgotten() ->
          new ProposalOutcome.Unknown("the command is too old: its answer is no longer kept");
    };
  }

  /// The answer as bytes.
  default byte[] toBytes() {
    ByteSink out = new ByteSink();
    switch (this) {
      case Applied(var position, var answer) -> {
        out.putByte(1);
        out.putPosition(position);
        out.putString(answer);
      }
      case Forgotten() -> out.putByte(2);
    }
    return out.toBytes();
  }

  /// Reads what [#toBytes] wrote.
  ///
  /// @throws UnknownFormatException if it did not
  static CommandAnswer fromBytes(ByteBuffer bytes) {
    ByteBuffer in = bytes.slice();
    byte kind = in.hasRemaining() ? in.get() : 0;
    return switch (kind) {
      case 1 -> new Applied(ByteSink.getPosition(in), ByteSink.getString(in));
      case 2 -> new Forgotten();
      default -> throw new UnknownFormatException("answer of unknown kind " + kind);
    };
  }
}
