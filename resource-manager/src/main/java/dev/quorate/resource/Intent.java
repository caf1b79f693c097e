package dev.quorate.resource;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import java.time.Duration;

/// A committed decision that an action shall be executed: the only thing an executor acts on.
///
/// @param id unique: term and counter of the leader that decided
/// @param term the leader's term; executors refuse older ones than they have obeyed
/// @param executor the node that executes: the action's node, or for fencing the leader
/// @param incarnation the executor's incarnation that may execute it
/// @param position where it stands in the log
public record Intent(
    String id,
    long term,
    long transition,
    Action action,
    NodeId executor,
    Incarnation incarnation,
    Duration timeout,
    LogPosition position) {}
