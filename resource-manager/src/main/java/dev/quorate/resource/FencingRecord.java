package dev.quorate.resource;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;

/// One finished attempt at fencing, for history.
///
/// @param device the device that confirmed, or empty
/// @param proof `device-verified`, `watchdog`, `operator-oath`, or empty if it failed
/// @param client who asked: `cluster` or an operator's name
public record FencingRecord(
    NodeId target,
    String bootId,
    boolean reboot,
    boolean confirmed,
    String device,
    String proof,
    String reason,
    NodeId executor,
    String client,
    long wallMillis,
    LogPosition position) {}
