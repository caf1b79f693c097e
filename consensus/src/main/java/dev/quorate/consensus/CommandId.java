package dev.quorate.consensus;

import dev.quorate.membership.NodeId;

/// Identifies a proposed command, so that it is applied once however often it is proposed.
///
/// @param origin the proposing node
/// @param session the proposer's daemon run ([dev.quorate.membership.Incarnation#run()])
/// @param counter from 1, increasing within the session
public record CommandId(NodeId origin, long session, long counter) {
  @Override
  public String toString() {
    return origin + "/" + session + "/" + counter;
  }
}
