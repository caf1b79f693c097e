package dev.quorate.consensus.simulated;

import dev.quorate.consensus.ProposalOutcome;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/// A command on its way.
final class Proposal {
  final ByteBuffer entry;
  final boolean answerLost;
  final CompletableFuture<ProposalOutcome> outcome = new CompletableFuture<>();

  /// How many messages carry it that were not refused; 0 means that it is in no log.
  int inDoubt;

  Proposal(ByteBuffer entry, boolean answerLost) {
    this.entry = entry;
    this.answerLost = answerLost;
  }
}
