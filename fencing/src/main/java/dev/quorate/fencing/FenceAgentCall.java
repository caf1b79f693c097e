package dev.quorate.fencing;

import dev.quorate.membership.NodeId;
import java.time.Duration;

/// One question to one device.
///
/// @param device the device, with its secrets
/// @param action what it shall do
/// @param target the node that it concerns
/// @param timeout after this the agent is killed with its children
public record FenceAgentCall(
    FenceDevice device, FenceAction action, NodeId target, Duration timeout) {}
