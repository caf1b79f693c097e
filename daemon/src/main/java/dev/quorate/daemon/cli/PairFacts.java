package dev.quorate.daemon.cli;

import java.util.Optional;

/// How the arbitration of two voters stands on a node.
///
/// @param standing what the node does, for a human
/// @param waiting whether nothing is decided now
/// @param record what is on its disk: epoch and standing
/// @param unprotected why this node could not go on alone; empty if it could
public record PairFacts(
    String standing, boolean waiting, String record, Optional<String> unprotected) {}
