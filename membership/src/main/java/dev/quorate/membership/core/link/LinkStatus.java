package dev.quorate.membership.core.link;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.Optional;

/// A link to a peer, as it is now.
///
/// @param link its number, from 0
/// @param roundTrip how long there and back takes; empty as long as nothing came back
/// @param lossIn which share of what the peer sends on it does not arrive
/// @param lossOut which share of what is sent on it does not arrive at the peer
/// @param preferred whether messages take this link at present
public record LinkStatus(
    NodeId peer,
    int link,
    LinkState state,
    Optional<Duration> roundTrip,
    double lossIn,
    double lossOut,
    boolean preferred) {}
